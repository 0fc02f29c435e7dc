// The numbers that large models have, single precision and bfloat16, read and written as vectors of the first; and their
// division among threads.
#pragma once

#include "../common/vector.hpp"

typedef uint16_t halves __attribute__((vector_size(2 * LANES), aligned(2), may_alias));
typedef uint32_t uvec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

struct Float32 {
    using number = float;
    static vec read(const number* from) { return load(from); }
    static void write(number* to, vec value) { store(to, value); }
};

struct BFloat16 {
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
