// What a block of GPT-2 does beside its matrix products, forward and backward. Widths are multiples of ALIGNED.
#pragma once

#include <cmath>

#include "../common/gelu.hpp"
#include "../common/matrix.hpp"

// to = x + row, for every row of x.
inline void add_row(Matrix x, const float* row, int64_t rows, Matrix to) {
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < to.columns; j += LANES) store(to[i] + j, load(x[i] + j) + load(row + j));
}

template <int VECS> inline void add_sums(Matrix from, int64_t rows, float* to) {
    vec sum[VECS];
    for (int j = 0; j < VECS; j++) sum[j] = load(to + j * LANES);
    for (int64_t i = 0; i < rows; i++)
        for (int j = 0; j < VECS; j++) sum[j] += load(from[i] + j * LANES);
    for (int j = 0; j < VECS; j++) store(to + j * LANES, sum[j]);
}

// Adds the sum of the rows to `to`: a bias's gradient. Several vectors at a time, as each waits for its last addition.
inline void add_column_sums(Matrix from, int64_t rows, float* to) {
    int64_t j = 0;
    for (; j + 4 * LANES <= from.columns; j += 4 * LANES) add_sums<4>(from.part(j, 4 * LANES), rows, to + j);
    for (; j < from.columns; j += LANES) add_sums<1>(from.part(j, LANES), rows, to + j);
}

// A layer normalisation's parameters, or the gradients of them.
struct Norm {
    float *weight, *bias;
};

struct Moments {
    float mean, inverse;
};

inline Moments moments(const float* x, int64_t width, float epsilon) {
    vec sum{}, squares{};
    for (int64_t j = 0; j < width; j += LANES) sum += load(x + j);
    const float mean = sum_of(sum) / width;
    for (int64_t j = 0; j < width; j += LANES) {
        const vec centred = load(x + j) - mean;
        squares += centred * centred;
    }
    return {mean, 1.0f / std::sqrt(sum_of(squares) / width + epsilon)};
}

inline void normalize(Matrix x, int64_t rows, Norm norm, float epsilon, Matrix to) {
    for (int64_t i = 0; i < rows; i++) {
        const Moments m = moments(x[i], x.columns, epsilon);
        for (int64_t j = 0; j < x.columns; j += LANES)
            store(to[i] + j, (load(x[i] + j) - m.mean) * m.inverse * load(norm.weight + j) + load(norm.bias + j));
    }
}

inline void normalize_row_backward(const float* x, const float* grad, int64_t width, Norm norm, float epsilon, float* for_x,
                                   Norm for_norm) {
    const Moments m = moments(x, width, epsilon);
    vec sum{}, along{};
    for (int64_t j = 0; j < width; j += LANES) {
        const vec g = load(grad + j), standard = (load(x + j) - m.mean) * m.inverse, weighted = g * load(norm.weight + j);
        sum += weighted;
        along += weighted * standard;
        store(for_norm.weight + j, load(for_norm.weight + j) + g * standard);
        store(for_norm.bias + j, load(for_norm.bias + j) + g);
    }
    const float mean = sum_of(sum) / width, slope = sum_of(along) / width;
    for (int64_t j = 0; j < width; j += LANES) {
        const vec standard = (load(x + j) - m.mean) * m.inverse;
        const vec through = (load(grad + j) * load(norm.weight + j) - mean - standard * slope) * m.inverse;
        store(for_x + j, load(for_x + j) + through);
    }
}

// Adds to `for_x` what comes through the normalisation of x, and to the gradients of its weight and bias.
inline void normalize_backward(Matrix x, Matrix grad, int64_t rows, Norm norm, float epsilon, Matrix for_x,
                               Norm for_norm) {
    for (int64_t i = 0; i < rows; i++)
        normalize_row_backward(x[i], grad[i], x.columns, norm, epsilon, for_x[i], for_norm);
}

inline void gelu(Matrix x, int64_t rows, Matrix to) {
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < x.columns; j += LANES) store(to[i] + j, load(x[i] + j) * gelu_share(load(x[i] + j)));
}

// The activation once more, and `grad` times its slope in place.
inline void gelu_backward(Matrix x, int64_t rows, Matrix again, Matrix grad) {
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < x.columns; j += LANES) {
            const vec u = load(x[i] + j), share = gelu_share(u);
            store(again[i] + j, u * share);
            store(grad[i] + j, load(grad[i] + j) * gelu_slope(u, share));
        }
}
