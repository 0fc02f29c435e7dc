// AMX: the matrix tiles of some processors, and the vectors that are packed into them. Where there are none, HARNESS_AMX is not
// defined.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <initializer_list>

#include "dtypes.hpp"

#if defined(__linux__) && defined(__AMX_BF16__) && defined(__AMX_INT8__) && defined(__AVX512BF16__)
#define HARNESS_AMX

#include <sys/syscall.h>
#include <unistd.h>

namespace amx {

constexpr int64_t SIDE = 16;           // rows of a tile, and numbers of a row of sums
constexpr int64_t STEP = 32;           // halves of a row: what one instruction adds up
constexpr int64_t TILE = SIDE * STEP;  // halves
constexpr int64_t PANEL = 2 * SIDE;    // columns of halves multiplied at once
constexpr int64_t LINE = STEP * sizeof(uint16_t);  // bytes of a tile's row

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

// Tiles of this thread's, from the first on. Few: while the other hyperthread of a core works, too, the processor has none
// to spare for work ahead, and products with eight in use take twice as long.
struct InUse {
    explicit InUse(std::initializer_list<Shape> all) {
        struct {
            uint8_t palette = 1, start = 0, reserved[14] = {};
            uint16_t bytes[16] = {};
            uint8_t rows[16] = {};
        } shapes;
        int tile = 0;
        for (const Shape& shape : all) shapes.rows[tile] = shape.rows, shapes.bytes[tile++] = shape.bytes;
        _tile_loadconfig(&shapes);
    }
    InUse(const InUse&) = delete;
    ~InUse() { _tile_release(); }
};

// What was written until now is in memory: compilers do not know that tiles are read from there.
inline void settled() { asm volatile("" ::: "memory"); }

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

// Past the caches where that can be: rows that are far apart would push each other out of them.
inline void write_past(float* to, __mmask16 some, __m512 value) {
    if (some == 0xffff && reinterpret_cast<uintptr_t>(to) % LINE == 0) _mm512_stream_ps(to, value);
    else write(to, some, value);
}
inline void write_past(uint16_t* to, __mmask16 some, __m512 value) { write(to, some, value); }

// Two times SIDE halves, as pairs of one of each.
inline __m512i neighbours(__m512i halves) {
    alignas(64) static constexpr uint16_t FROM[STEP] = {0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
                                                        8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
    return _mm512_permutexvar_epi16(_mm512_load_si512(FROM), halves);
}

// Swaps rows and columns of fours of bytes.
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

}  // namespace amx

#else

namespace amx {

inline bool granted() { return false; }

}  // namespace amx

#endif
