// Products of large bfloat16 matrices on the processor's matrix tiles, added up in single precision. Each number is added
// up in the same order whatever the rows beside it and the threads.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "kinds.hpp"

// In memory by rows, or across: by columns. stride: from one row to the next, or from one column to the next.
struct HalfMatrix {
    const uint16_t* at;
    int64_t stride;
    bool across;
};

// out = left @ right + bias. left: (rows, inner); right: (inner, columns); bias: (columns,) or null; out: (rows, columns).
struct HalfProduct {
    int64_t rows, inner, columns, threads;
    HalfMatrix left, right;
    const uint16_t* bias;
    uint16_t* out;
};

#if defined(__AMX_BF16__) && defined(__AVX512BF16__)

#include <sys/syscall.h>
#include <unistd.h>

namespace tiles {

// The system gives tiles to a process that asks for them.
inline bool granted() {
    constexpr int REQUEST = 0x1023, TILE_DATA = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
}

constexpr int64_t SIDE = 16;           // rows of a tile, and numbers of a row of sums
constexpr int64_t STEP = 32;           // what one instruction adds up
constexpr int64_t TILE = SIDE * STEP;  // halves
constexpr int64_t PANEL = 2 * SIDE;    // columns multiplied at once
constexpr int64_t DEPTH = 768;         // what is added up over tiles kept ready in the second cache
constexpr int64_t PART = 12;           // steps of it whose part of a panel, 24 kB, stays in the first cache
constexpr int64_t BLOCK = 704;         // rows kept ready in the second cache

// Swaps rows and columns.
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

inline __mmask32 first_lanes(int64_t count) { return count >= STEP ? ~0u : count > 0 ? (1u << count) - 1 : 0; }

// One side of a product, cut into tiles. A tile holds pairs of neighbours in what is added up: of the left side, for each
// row one after the other; of the right side, for each pair of every column. Past the matrix there are zeros.
struct Side {
    const HalfMatrix& of;
    int64_t lines, inner;  // lines: rows of the left side, columns of the right one
    bool is_left;
    int64_t ahead;         // lines until those that are wanted next

    void pack(int64_t line, int64_t from, uint16_t* tile) const {
        const bool along = of.across != is_left;  // what is added up lies side by side in memory
        __m512i all[SIDE];
        if (along) read_along(line, from, all);
        else read_over(line, from, all);
        if (along != is_left) transpose(all);
        for (int i = 0; i < SIDE; i++) _mm512_store_si512(tile + i * STEP, all[i]);
    }

    void read_along(int64_t line, int64_t from, __m512i (&all)[SIDE]) const {
        const __mmask32 some = first_lanes(inner - from);
        for (int i = 0; i < SIDE; i++) {
            const uint16_t* here = of.at + (line + i) * of.stride + from;
            all[i] = _mm512_maskz_loadu_epi16(line + i < lines ? some : 0, here);
            _mm_prefetch(here + ahead * of.stride, _MM_HINT_T1);
        }
    }

    void read_over(int64_t line, int64_t from, __m512i (&all)[SIDE]) const {
        const __mmask16 some = first_lanes(lines - line);
        for (int i = 0; i < SIDE; i++) {
            const int64_t k = from + 2 * i;
            const auto read = [&](int64_t k) {
                const uint16_t* here = of.at + k * of.stride + line;
                _mm_prefetch(here + ahead, _MM_HINT_T1);
                return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(k < inner ? some : 0, here));
            };
            all[i] = read(k) | _mm512_slli_epi32(read(k + 1), 16);
        }
    }
};

// sums: (SIDE, PANEL). left: a tile a step; right: two. Four tiles are in use and no more: while the other hyperthread of
// a core works, the processor has none to spare for work ahead, and with eight this takes twice as long.
inline void multiply(const uint16_t* left, const uint16_t* right, int64_t steps, bool first, float* sums) {
    constexpr int64_t LINE = STEP * sizeof(uint16_t), SUMS = PANEL * sizeof(float);
    if (first) {
        _tile_zero(0);
        _tile_zero(1);
    } else {
        _tile_loadd(0, sums, SUMS);
        _tile_loadd(1, sums + SIDE, SUMS);
    }
    for (int64_t step = 0; step < steps; step++, left += TILE, right += 2 * TILE) {
        _tile_loadd(2, left, LINE);
        _tile_loadd(3, right, LINE);
        _tile_dpbf16ps(0, 2, 3);
        _tile_loadd(3, right + TILE, LINE);
        _tile_dpbf16ps(1, 2, 3);
    }
    _tile_stored(0, sums, SUMS);
    _tile_stored(1, sums + SIDE, SUMS);
}

template <typename Number> struct Scratch {
    Number* at;
    explicit Scratch(int64_t count) : at(static_cast<Number*>(std::aligned_alloc(64, (count * sizeof(Number) + 63) / 64 * 64))) {}
    ~Scratch() { std::free(at); }
};

struct Pass {
    const HalfProduct& of;
    const Side left{of.left, of.rows, of.inner, true, SIDE}, right{of.right, of.columns, of.inner, false, PANEL * of.threads};
    const int64_t panels = (of.columns + PANEL - 1) / PANEL, block = std::min(BLOCK, (of.rows + SIDE - 1) / SIDE * SIDE);
    const bool at_once = of.inner <= DEPTH;
    const Scratch<uint16_t> rows{block * DEPTH};
    const Scratch<float> sums{at_once ? 0 : panels * block * PANEL};  // (panels, block, PANEL), between blocks of DEPTH

    void run() const {
#pragma omp parallel num_threads(of.threads) if (of.threads > 1)
        {
            constexpr struct {
                uint8_t palette = 1, start = 0, reserved[14] = {};
                uint16_t bytes[16] = {64, 64, 64, 64};
                uint8_t rows[16] = {SIDE, SIDE, SIDE, SIDE};
            } shapes;
            _tile_loadconfig(&shapes);
            const Scratch<uint16_t> panel(2 * TILE * PART);
            const Scratch<float> own(at_once ? block * PANEL : 0);
            for (int64_t row = 0; row < of.rows; row += block)
                for (int64_t from = 0; from < of.inner; from += DEPTH) together(row, from, panel.at, own.at);
            _tile_release();
        }
    }

    // A block of rows, from row on, times all columns, DEPTH of what is added up. Called by every thread.
    void together(int64_t row, int64_t from, uint16_t* panel, float* own) const {
        const int64_t tiles = (std::min(block, of.rows - row) + SIDE - 1) / SIDE;
        const int64_t steps = (std::min(DEPTH, of.inner - from) + STEP - 1) / STEP;
#pragma omp for schedule(static)
        for (int64_t i = 0; i < tiles; i++)
            for (int64_t k = 0; k < steps; k++) left.pack(row + i * SIDE, from + k * STEP, rows.at + (i * steps + k) * TILE);
        // A core that somebody else uses, too, takes fewer.
#pragma omp for schedule(dynamic)
        for (int64_t j = 0; j < panels; j++) {
            float* here = at_once ? own : sums.at + j * block * PANEL;
            const int64_t apart = of.inner <= PART * STEP ? 0 : SIDE * PANEL;
            for (int64_t part = 0; part < steps; part += PART) {
                const int64_t count = std::min(PART, steps - part);
                for (int64_t k = 0; k < 2 * count; k++)
                    right.pack(j * PANEL + k % 2 * SIDE, from + (part + k / 2) * STEP, panel + k * TILE);
                const bool first = from + part == 0, last = from + (part + count) * STEP >= of.inner;
                for (int64_t i = 0; i < tiles; i++) {
                    multiply(rows.at + (i * steps + part) * TILE, panel, count, first, here + i * apart);
                    if (last) write(row + i * SIDE, j * PANEL, here + i * apart);
                }
            }
        }
    }

    void write(int64_t row, int64_t column, const float* from) const {
        const __mmask32 some = first_lanes(of.columns - column);
        __m512 low = _mm512_setzero_ps(), high = low;
        if (of.bias) {
            const __m512i bias = _mm512_maskz_loadu_epi16(some, of.bias + column);
            low = _mm512_cvtpbh_ps((__m256bh)_mm512_castsi512_si256(bias));
            high = _mm512_cvtpbh_ps((__m256bh)_mm512_extracti64x4_epi64(bias, 1));
        }
        for (int64_t i = 0; i < SIDE && row + i < of.rows; i++, from += PANEL) {
            const __m512bh rounded = _mm512_cvtne2ps_pbh(_mm512_load_ps(from + SIDE) + high, _mm512_load_ps(from) + low);
            _mm512_mask_storeu_epi16(of.out + (row + i) * of.columns + column, some, (__m512i)rounded);
        }
    }
};

}  // namespace tiles

#else

namespace tiles {

inline bool granted() { return false; }

struct Pass {
    const HalfProduct& of;
    void run() const {}
};

}  // namespace tiles

#endif
