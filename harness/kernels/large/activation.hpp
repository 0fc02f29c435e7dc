// The activation of large models, on all threads: in single precision, and in bfloat16 with single precision inside.
#pragma once

#include <array>

#include "../common/gelu.hpp"
#include "dtypes.hpp"

// each(in..., out) on whole vectors, and once more on a padded copy of what is left.
template <typename Dtype, int INPUTS, typename Each>
void on_vectors(const std::array<const typename Dtype::number*, INPUTS>& in, typename Dtype::number* out, int64_t first,
                int64_t last, Each each) {
    using number = typename Dtype::number;
    int64_t j = first;
    vec values[INPUTS];
    for (; j + LANES <= last; j += LANES) {
        for (int i = 0; i < INPUTS; i++) values[i] = Dtype::read(in[i] + j);
        Dtype::write(out + j, each(values));
    }
    if (j == last) return;
    number padded[LANES] = {};
    for (int i = 0; i < INPUTS; i++) {
        std::memcpy(padded, in[i] + j, (last - j) * sizeof(number));
        values[i] = Dtype::read(padded);
    }
    Dtype::write(padded, each(values));
    std::memcpy(out + j, padded, (last - j) * sizeof(number));
}

template <typename Dtype>
void gelu_all(const typename Dtype::number* x, int64_t count, int64_t threads, typename Dtype::number* to) {
    in_pieces(count, threads, [=](int64_t first, int64_t last) {
        on_vectors<Dtype, 1>({x}, to, first, last, [](const vec* in) { return in[0] * gelu_share(in[0]); });
    });
}

template <typename Dtype>
void gelu_all_backward(const typename Dtype::number* x, const typename Dtype::number* grad, int64_t count, int64_t threads,
                       typename Dtype::number* to) {
    in_pieces(count, threads, [=](int64_t first, int64_t last) {
        on_vectors<Dtype, 2>({x, grad}, to, first, last, [](const vec* in) { return in[1] * gelu_slope(in[0]); });
    });
}
