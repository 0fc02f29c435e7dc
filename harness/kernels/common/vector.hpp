// Vectors of single-precision numbers, as wide as the processor's, in the compiler's own notation.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>
constexpr int LANES = 16;
constexpr int REGISTERS = 32;
#else
constexpr int LANES = 8;
constexpr int REGISTERS = 16;
#endif

constexpr int64_t ALIGNED = 16;  // every row of scratch is a multiple of this, whatever the processor

constexpr float UNSEEN = -1e30f;  // a score that does not count: its probability is 0

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint8_t bytes __attribute__((vector_size(LANES), aligned(1), may_alias));

inline vec load(const float* from) { return *reinterpret_cast<const vec*>(from); }
inline void store(float* to, vec value) { *reinterpret_cast<vec*>(to) = value; }
inline vec splat(float value) { return value - vec{}; }
inline vec larger(vec a, vec b) { return a > b ? a : b; }
inline vec smaller(vec a, vec b) { return a < b ? a : b; }

// 1 / x to one unit in the last place. The processor's own division takes as long as all the rest of an activation.
inline vec reciprocal(vec x) {
#if defined(__AVX512F__)
    const vec guess = reinterpret_cast<vec>(_mm512_maskz_rcp14_ps(0xffff, reinterpret_cast<__m512>(x)));
    return guess * (2.0f - x * guess);
#else
    return 1.0f / x;
#endif
}

inline vec root(vec x) {
#if defined(__AVX512F__)
    return reinterpret_cast<vec>(_mm512_maskz_sqrt_ps(0xffff, reinterpret_cast<__m512>(x)));
#else
    for (int lane = 0; lane < LANES; lane++) x[lane] = __builtin_sqrtf(x[lane]);
    return x;
#endif
}

inline ivec counting() {
    ivec lanes{};
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = lane;
    return lanes;
}

template <typename Pair> inline float reduced(vec value, Pair pair) {
    for (int distance = LANES / 2; distance > 0; distance /= 2)
        value = pair(value, __builtin_shuffle(value, counting() ^ distance));
    return value[0];
}

inline float sum_of(vec value) {
    return reduced(value, [](vec a, vec b) { return a + b; });
}

// The sum of each of as many vectors as a vector has lanes; they are overwritten.
inline vec sums_of(vec (&all)[LANES]) {
    const ivec lanes = counting();
    for (int distance = 1, count = LANES / 2; count > 0; distance *= 2, count /= 2)
        for (int i = 0; i < count; i++) {
            // Lanes without this bit are of the first of two vectors, lanes with it of the second.
            const ivec second = (lanes & distance) != 0 ? lanes + LANES : lanes;
            const vec a = all[2 * i], b = all[2 * i + 1];
            all[i] = __builtin_shuffle(a, b, second) + __builtin_shuffle(a, b, second ^ distance);
        }
    return all[0];
}

// Swaps rows and columns.
inline void transpose(vec (&all)[LANES]) {
    const ivec lanes = counting();
#pragma GCC unroll 4
    for (int distance = 1; distance < LANES; distance *= 2)
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            if (i & distance) continue;
            // Of two rows, the lanes without this bit side by side, and those with it.
            const ivec of_second = (lanes & distance) != 0;
            const vec a = all[i], b = all[i + distance];
            all[i] = __builtin_shuffle(a, b, of_second ? lanes + (LANES - distance) : lanes);
            all[i + distance] = __builtin_shuffle(a, b, of_second ? lanes + LANES : lanes + distance);
        }
}

inline float largest_of(vec value) { return reduced(value, larger); }

// e^x to two units in the last place; 0 is never reached: below -87 it stays at e^-87.
inline vec exponential(vec x) {
    x = smaller(larger(x, splat(-87.0f)), splat(88.0f));
    const float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves whole numbers
    const vec n = (x * 1.44269504f + round) - round;
    const vec r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts
    vec p = splat(1.0f / 5040.0f);
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const ivec exponent = (__builtin_convertvector(n, ivec) + 127) << 23;
    return p * reinterpret_cast<const vec&>(exponent);
}
