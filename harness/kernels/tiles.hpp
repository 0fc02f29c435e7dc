// The processor's matrix tiles, and the vectors that fill them. Where there are none, TILES is not defined.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "kinds.hpp"

#if defined(__linux__) && defined(__AMX_BF16__) && defined(__AVX512BF16__)
#define TILES

#include <sys/syscall.h>
#include <unistd.h>

namespace tiles {

constexpr int64_t SIDE = 16;           // rows of a tile, and numbers of a row of sums
constexpr int64_t STEP = 32;           // what one instruction adds up
constexpr int64_t TILE = SIDE * STEP;  // halves
constexpr int64_t PANEL = 2 * SIDE;    // columns multiplied at once
constexpr int64_t LINE = STEP * sizeof(uint16_t);  // bytes of a tile's row

// In how many halves a number is exact.
template <typename Number> constexpr int64_t PIECES = 1;
template <> constexpr int64_t PIECES<float> = 3;

template <typename Number> struct Scratch {
    Number* const at;
    explicit Scratch(int64_t count)
        : at(static_cast<Number*>(std::aligned_alloc(64, (count * sizeof(Number) + 63) / 64 * 64))) {}
    Scratch(const Scratch&) = delete;
    ~Scratch() { std::free(at); }
};

// The system gives tiles to a process that asks for them, once.
inline bool granted() {
    constexpr int REQUEST = 0x1023, TILE_DATA = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    static const bool given = syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
    return given;
}

struct Shape {
    int64_t rows, bytes;
};

constexpr Shape WHOLE{SIDE, LINE};

// Four tiles of this thread's. No more: while the other hyperthread of a core works, too, the processor has none to spare
// for work ahead, and products with eight in use take twice as long.
struct InUse {
    explicit InUse(Shape a = WHOLE, Shape b = WHOLE, Shape c = WHOLE, Shape d = WHOLE) {
        struct {
            uint8_t palette = 1, start = 0, reserved[14] = {};
            uint16_t bytes[16] = {};
            uint8_t rows[16] = {};
        } shapes;
        int tile = 0;
        for (const Shape& shape : {a, b, c, d}) shapes.rows[tile] = shape.rows, shapes.bytes[tile++] = shape.bytes;
        _tile_loadconfig(&shapes);
    }
    InUse(const InUse&) = delete;
    ~InUse() { _tile_release(); }
};

// What was written until now is in memory: compilers do not know that tiles are read from there.
inline void settled() { asm volatile("" ::: "memory"); }

// A tile of the next step's, out of the second cache: the processor does not see it coming.
inline void ask_for(const uint16_t* tile) {
#pragma GCC unroll 16
    for (int64_t i = 0; i < SIDE; i++) _mm_prefetch(tile + i * STEP, _MM_HINT_T0);
}

// left: a tile a step, right: two, each in its pieces. sums: (SIDE, PANEL), made or, if not first, added to.
template <int64_t pieces>
inline void multiply(const uint16_t* left, const uint16_t* right, int64_t steps, bool first, float* sums) {
    constexpr int64_t SUMS = PANEL * sizeof(float);
    settled();
    if (first) {
        _tile_zero(0);
        _tile_zero(1);
    } else {
        _tile_loadd(0, sums, SUMS);
        _tile_loadd(1, sums + SIDE, SUMS);
    }
    for (int64_t step = 0; step < steps; step++, left += pieces * TILE, right += 2 * pieces * TILE)
#pragma GCC unroll 3
        for (int64_t i = 0; i < pieces; i++) {
            _tile_loadd(2, left + i * TILE, LINE);
            ask_for(left + (pieces + i) * TILE);
#pragma GCC unroll 3
            for (int64_t j = 0; j < pieces - i; j++) {
                _tile_loadd(3, right + j * TILE, LINE);
                _tile_dpbf16ps(0, 2, 3);
                _tile_loadd(3, right + (pieces + j) * TILE, LINE);
                _tile_dpbf16ps(1, 2, 3);
            }
        }
    _tile_stored(0, sums, SUMS);
    _tile_stored(1, sums + SIDE, SUMS);
}

inline __mmask32 first_lanes(int64_t count) { return count >= STEP ? ~0u : count > 0 ? (1u << count) - 1 : 0; }

inline __m512 read(const float* from, __mmask16 some) { return _mm512_maskz_loadu_ps(some, from); }
inline __m256i read(const uint16_t* from, __mmask16 some) { return _mm256_maskz_loadu_epi16(some, from); }

inline __m512 widened(__m512 single) { return single; }
inline __m512 widened(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

inline void write(float* to, __mmask16 some, __m512 value) { _mm512_mask_storeu_ps(to, some, value); }
inline void write(uint16_t* to, __mmask16 some, __m512 value) {
    _mm256_mask_storeu_epi16(to, some, (__m256i)_mm512_cvtneps_pbh(value));
}

// take(piece, halves): SIDE numbers of each, one after the other.
template <typename Take> inline void split(__m256i first, __m256i second, Take take) {
    take(0, _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1));
}
template <typename Take> inline void split(__m512 first, __m512 second, Take take) {
    for (int piece = 0; piece < PIECES<float>; piece++) {
        const __m512i halves = (__m512i)_mm512_cvtne2ps_pbh(second, first);
        take(piece, halves);
        first -= widened(_mm512_castsi512_si256(halves)), second -= widened(_mm512_extracti64x4_epi64(halves, 1));
    }
}

// Two times SIDE halves, as pairs of one of each.
inline __m512i neighbours(__m512i halves) {
    alignas(64) static constexpr uint16_t FROM[STEP] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return _mm512_permutexvar_epi16(_mm512_load_si512(FROM), halves);
}

// Swaps rows and columns of pairs.
inline void transpose(__m512i (&all)[SIDE]) {
    __m512i fours[SIDE];
    for (int i = 0; i < SIDE; i += 4)
        for (int j = 0; j < 2; j++) {
            const auto pairs = [&](int k) {
                return j ? _mm512_unpackhi_epi32(all[i + k], all[i + k + 1]) : _mm512_unpacklo_epi32(all[i + k], all[i + k + 1]);
            };
            fours[i + 2 * j] = _mm512_unpacklo_epi64(pairs(0), pairs(2));
            fours[i + 2 * j + 1] = _mm512_unpackhi_epi64(pairs(0), pairs(2));
        }
    // fours[4 * i + j]: of rows 4 * i to 4 * i + 3, columns j, j + 4, j + 8, j + 12.
    for (int j = 0; j < 4; j++) {
        const auto quarters = [&](int i, bool odd) {
            return odd ? _mm512_shuffle_i32x4(fours[i + j], fours[i + 4 + j], 0xdd)
                       : _mm512_shuffle_i32x4(fours[i + j], fours[i + 4 + j], 0x88);
        };
        for (int odd = 0; odd < 2; odd++) {
            all[4 * odd + j] = _mm512_shuffle_i32x4(quarters(0, odd), quarters(8, odd), 0x88);
            all[4 * odd + j + 8] = _mm512_shuffle_i32x4(quarters(0, odd), quarters(8, odd), 0xdd);
        }
    }
}

}  // namespace tiles

#else

namespace tiles {

inline bool granted() { return false; }

}  // namespace tiles

#endif
