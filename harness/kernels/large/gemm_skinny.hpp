// Products of a few rows with a large matrix, as when a large model decodes: what counts is how fast the matrix is read.
// Each number is added up in the same order whatever the rows beside it and the threads.
#pragma once

#include <vector>

#include "dtypes.hpp"

constexpr int64_t SKINNY_ROWS = 8;
constexpr int64_t STRIP = 384;  // columns whose sums stay in the first cache
constexpr int64_t UNROLL = 8;  // rows of the matrix read side by side, and how far ahead they are asked for

// x: (rows, inner). The matrix is (inner, columns) if by_columns, or (columns, inner) and taken across; stride: from one
// row of it to the next. bias: (columns,) or null. out: (rows, columns).
struct GemmSkinny {
    int64_t rows, inner, columns, stride, threads;
    bool by_columns;
    const void *x, *matrix, *bias;
    void* out;
};

// The sums of some columns of a row, with the bias.
template <typename Dtype> void write_skinny(const GemmSkinny& of, int64_t row, int64_t column, vec sum, int64_t count = LANES) {
    using number = typename Dtype::number;
    number padded[LANES] = {};
    if (of.bias) {
        std::memcpy(padded, static_cast<const number*>(of.bias) + column, count * sizeof(number));
        sum += Dtype::read(padded);
    }
    Dtype::write(padded, sum);
    std::memcpy(static_cast<number*>(of.out) + row * of.columns + column, padded, count * sizeof(number));
}

template <typename Dtype> struct GemmSkinnyPass {
    using number = typename Dtype::number;
    static constexpr int64_t PAIR = 2 * LANES;
    const GemmSkinny& of;
    std::vector<float> x;  // (SKINNY_ROWS, inner), with rows of zeros at the end

    explicit GemmSkinnyPass(const GemmSkinny& of) : of(of), x(SKINNY_ROWS * of.inner) {
        const number* from = static_cast<const number*>(of.x);
        for (int64_t i = 0; i < of.rows * of.inner; i += LANES) store(&x[i], Dtype::read(from + i));
    }

    const number* matrix(int64_t row) const { return static_cast<const number*>(of.matrix) + row * of.stride; }

    // A piece of the columns for each thread, of a whole number of vectors; by rows of the matrix, of LANES columns.
    void run() const {
        const int64_t groups = (of.columns + PAIR - 1) / PAIR;
#pragma omp parallel for num_threads(of.threads) if (of.threads > 1)
        for (int64_t piece = 0; piece < of.threads; piece++) {
            const int64_t first = piece * groups / of.threads * PAIR, end = (piece + 1) * groups / of.threads * PAIR;
            if (of.by_columns)
                for (int64_t j = first; j < end; j += STRIP) strip(j, j + STRIP < end ? j + STRIP : end);
            else
                for (int64_t j = first; j < end && j < of.columns; j += LANES) across(j);
        }
    }

    // Columns first to last - 1.
    void strip(int64_t first, int64_t last) const {
        float sums[SKINNY_ROWS][STRIP] = {};
        for (int64_t k = 0; k < of.inner; k += UNROLL)
            for (int64_t j = first; j < last; j += PAIR) add(k, j, &sums[0][j - first]);
        for (int64_t i = 0; i < of.rows; i++)
            for (int64_t j = first; j < last; j += LANES) write_skinny<Dtype>(of, i, j, load(&sums[i][j - first]));
    }

    // Adds UNROLL products to a pair of vectors of each row's sums.
    void add(int64_t k, int64_t column, float* sums) const {
        vec left[UNROLL], right[UNROLL];
        for (int u = 0; u < UNROLL; u++) {
            const number* here = matrix(k + u) + column;
            left[u] = Dtype::read(here), right[u] = Dtype::read(here + LANES);
            const number* ahead = matrix(k + u + UNROLL) + column;
            __builtin_prefetch(ahead, 0, 2), __builtin_prefetch(ahead + LANES, 0, 2);
        }
        for (int64_t i = 0; i < of.rows; i++) {
            const float* row = &x[i * of.inner + k];
            float* to = sums + i * STRIP;
            vec on_left = row[0] * left[0], on_right = row[0] * right[0];
            for (int u = 1; u < UNROLL; u++) on_left += row[u] * left[u], on_right += row[u] * right[u];
            store(to, load(to) + on_left), store(to + LANES, load(to + LANES) + on_right);
        }
    }

    // LANES rows of the matrix, fewer at its end, some of them side by side.
    void across(int64_t first) const {
        constexpr int TOGETHER = LANES / SKINNY_ROWS;
        const int64_t count = first + LANES <= of.columns ? LANES : of.columns - first;
        float sums[SKINNY_ROWS][LANES] = {};
        for (int64_t j = 0; j < count; j += TOGETHER) {
            const number* rows[TOGETHER];
            for (int u = 0; u < TOGETHER; u++) rows[u] = matrix(first + (j + u < count ? j + u : j));
            vec parts[LANES] = {};
            for (int64_t k = 0; k < of.inner; k += LANES) {
                vec here[TOGETHER];
                for (int u = 0; u < TOGETHER; u++) {
                    here[u] = Dtype::read(rows[u] + k);
                    __builtin_prefetch(rows[u] + k + TOGETHER * of.stride, 0, 2);
                }
#pragma GCC unroll 8
                for (int i = 0; i < SKINNY_ROWS; i++) {
                    const vec row = load(&x[i * of.inner + k]);
#pragma GCC unroll 2
                    for (int u = 0; u < TOGETHER; u++) parts[u * SKINNY_ROWS + i] += row * here[u];
                }
            }
            const vec all = sums_of(parts);
            for (int u = 0; u < TOGETHER; u++)
                for (int i = 0; i < SKINNY_ROWS; i++) sums[i][j + u] = all[u * SKINNY_ROWS + i];
        }
        for (int64_t i = 0; i < of.rows; i++) write_skinny<Dtype>(of, i, first, load(sums[i]), count);
    }
};
