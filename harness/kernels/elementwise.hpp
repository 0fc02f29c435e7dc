// The activation of large models, on all threads: in single precision, and in bfloat16 with single precision inside.
#pragma once

#include <array>

#include "layers.hpp"

typedef uint16_t halves __attribute__((vector_size(2 * LANES), aligned(2), may_alias));
typedef uint32_t uvec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

struct Single {
    using number = float;
    static vec read(const number* from) { return load(from); }
    static void write(number* to, vec value) { store(to, value); }
};

struct Half {
    using number = uint16_t;
    static vec read(const number* from) {
        const uvec bits = __builtin_convertvector(*reinterpret_cast<const halves*>(from), uvec) << 16;
        return reinterpret_cast<const vec&>(bits);
    }
    // To the nearest, ties to even; what is not a number stays one.
    static void write(number* to, vec value) {
        const uvec bits = reinterpret_cast<const uvec&>(value);
        const uvec rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
        const uvec kept = value == value ? rounded : (bits >> 16) | 0x40;
        *reinterpret_cast<halves*>(to) = __builtin_convertvector(kept, halves);
    }
};

constexpr int64_t CHUNK = 1 << 12;

// work(first, last) on pieces of 0..count - 1, all but the last a whole number of vectors.
template <typename Work> void in_pieces(int64_t count, int64_t threads, Work work) {
    const int64_t pieces = (count + CHUNK - 1) / CHUNK;
#pragma omp parallel for num_threads(threads) if (threads > 1 && pieces > 1)
    for (int64_t piece = 0; piece < pieces; piece++) {
        const int64_t first = piece * CHUNK;
        work(first, first + CHUNK < count ? first + CHUNK : count);
    }
}

// each(in..., out) on whole vectors, and once more on a padded copy of what is left.
template <typename Kind, int INPUTS, typename Each>
void on_vectors(const std::array<const typename Kind::number*, INPUTS>& in, typename Kind::number* out, int64_t first,
                int64_t last, Each each) {
    using number = typename Kind::number;
    int64_t j = first;
    vec values[INPUTS];
    for (; j + LANES <= last; j += LANES) {
        for (int i = 0; i < INPUTS; i++) values[i] = Kind::read(in[i] + j);
        Kind::write(out + j, each(values));
    }
    if (j == last) return;
    number padded[LANES] = {};
    for (int i = 0; i < INPUTS; i++) {
        std::memcpy(padded, in[i] + j, (last - j) * sizeof(number));
        values[i] = Kind::read(padded);
    }
    Kind::write(padded, each(values));
    std::memcpy(out + j, padded, (last - j) * sizeof(number));
}

template <typename Kind>
void gelu_all(const typename Kind::number* x, int64_t count, int64_t threads, typename Kind::number* to) {
    in_pieces(count, threads, [=](int64_t first, int64_t last) {
        on_vectors<Kind, 1>({x}, to, first, last, [](const vec* in) { return in[0] * gelu_share(in[0]); });
    });
}

template <typename Kind>
void gelu_all_backward(const typename Kind::number* x, const typename Kind::number* grad, int64_t count, int64_t threads,
                       typename Kind::number* to) {
    in_pieces(count, threads, [=](int64_t first, int64_t last) {
        on_vectors<Kind, 2>({x, grad}, to, first, last, [](const vec* in) { return in[1] * gelu_slope(in[0]); });
    });
}
