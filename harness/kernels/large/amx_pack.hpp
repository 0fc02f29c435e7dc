// How both sides of a product are packed into AMX tiles: bfloat16 as it is, single precision as bytes.
#pragma once

#include <cmath>

#include "amx.hpp"

// In memory by rows, or across: by columns. stride: from one row to the next, or from one column to the next.
struct AmxMatrix {
    const void* at;
    int64_t stride;
    bool across;
};

#ifdef HARNESS_AMX

namespace amx {

// One side of a product. lines: rows of the left one, columns of the right one. ahead: lines until those wanted next.
template <typename Number> struct Side {
    const AmxMatrix& of;
    int64_t lines, inner;
    bool is_left;
    int64_t ahead;

    // Whether what is added up lies side by side in memory.
    bool along() const { return of.across != is_left; }
    const Number* at(int64_t line, int64_t k) const {
        return static_cast<const Number*>(of.at) + (along() ? line * of.stride + k : k * of.stride + line);
    }
    int64_t next() const { return along() ? ahead * of.stride : ahead; }
};

// Tiles are packed in the order in which they are multiplied: the processor sees the next ones coming, and to ask for them
// ahead would take as many of its loads as a tile does.

// SIDE lines as they are written into tiles, once for each piece of a number. From memory they come by lines, or by groups
// of neighbours in what is added up; the left side wants the former, the right one the latter.
template <typename Number> inline void place(const Side<Number>& side, __m512i (&all)[SIDE], uint8_t* to) {
    if (side.along() != side.is_left) transpose(all);
    for (int64_t i = 0; i < SIDE; i++) _mm512_store_si512(to + i * LINE, all[i]);
}

// bfloat16: tiles of pairs of neighbours.
struct PackBFloat16 {
    using number = uint16_t;
    static constexpr int64_t BYTES = SIDE * LINE;      // of a tile
    static constexpr int64_t NEIGHBOURS = STEP;        // what one instruction adds up
    static constexpr int64_t PART = 12;                // steps of a panel that stay in the first cache
    static constexpr int64_t BLOCK = 704;              // rows kept ready in the second
    static constexpr int64_t LINES = SIDE;             // packed at once
    static constexpr int64_t COLUMNS = PANEL;          // multiplied at once

    static InUse in_use() { return InUse{WHOLE, WHOLE, WHOLE, WHOLE}; }

    // PackFloat32 of SIDE lines, some steps long.
    static constexpr int64_t size(int64_t steps) { return steps * BYTES; }

    static void pack(const Side<number>& side, int64_t line, int64_t from, int64_t steps, uint8_t* to) {
        for (int64_t step = 0; step < steps; step++, from += STEP, to += BYTES) {
            __m512i all[SIDE];
            for (int64_t i = 0; i < SIDE; i++) {
                const int64_t k = from + 2 * i;
                const number* first = side.along() ? side.at(line + i, from) : side.at(line, k);
                const number* second = first + (side.along() ? SIDE : side.of.stride);
                const int64_t count = side.along() ? line + i < side.lines ? side.inner - from : 0 : side.lines - line;
                const __mmask32 some = first_lanes(count);
                const __mmask16 in_first = side.along() || k < side.inner ? some : 0;
                const __mmask16 in_second = side.along() ? some >> SIDE : k + 1 < side.inner ? some : 0;
                _mm_prefetch(first + side.next(), _MM_HINT_T1);
                _mm_prefetch(second + side.next(), _MM_HINT_T1);
                const __m512i one = _mm512_castsi256_si512(read(first, in_first));
                const __m512i both = _mm512_inserti64x4(one, read(second, in_second), 1);
                all[i] = side.along() ? both : neighbours(both);
            }
            place(side, all, to);
        }
    }

    // left: tiles times SIDE lines, right: COLUMNS, as packed. sums: (SIDE, COLUMNS) each, made or, if not first, added to.
    static void multiply(const uint8_t* left, int64_t tiles, const uint8_t* right, int64_t steps, bool first, float* sums) {
        constexpr int64_t SUMS = COLUMNS * sizeof(float);
        settled();
        for (int64_t i = 0; i < tiles; i++, sums += SIDE * COLUMNS) {
            if (first) {
                _tile_zero(0);
                _tile_zero(1);
            } else {
                _tile_loadd(0, sums, SUMS);
                _tile_loadd(1, sums + SIDE, SUMS);
            }
            for (int64_t step = 0; step < steps; step++, left += BYTES) {
                _tile_loadd(2, left, LINE);
                _tile_loadd(3, right + step * BYTES, LINE);
                _tile_dpbf16ps(0, 2, 3);
                _tile_loadd(3, right + size(steps) + step * BYTES, LINE);
                _tile_dpbf16ps(1, 2, 3);
            }
            _tile_stored(0, sums, SUMS);
            _tile_stored(1, sums + SIDE, SUMS);
        }
    }
};

// Float32 precision, as whole numbers. In a part of a line, up to PART steps long, all numbers are multiples of a unit of that
// part's, the largest is 127 * 2^16 units, and a number is three bytes that each have a sign. Of the nine products of two
// numbers' bytes the six largest count; they are added up without any error (Ozaki's scheme, in which Ootomo, Ozaki and
// Yokota 2024 have the bytes). A number under half a unit, less than 2^-23 of the part's largest, counts as zero. The error
// is under 2^-24 of the product of both lines' norms: that of single precision throughout where no number stands out, and
// up to four times as large beside one that does. What is infinite or no number makes its line none.
struct PackFloat32 {
    using number = float;
    static constexpr int64_t PIECES = 3;
    static constexpr int64_t BYTES = SIDE * LINE;
    static constexpr int64_t NEIGHBOURS = LINE;
    static constexpr int64_t PART = 6;
    static constexpr int64_t BLOCK = 704;
    static constexpr int64_t GROUPS = 4;  // of lines, packed at once: where they lie across, a row is read that far in one go
    static constexpr int64_t LINES = GROUPS * SIDE;
    static constexpr int64_t COLUMNS = LINES;

    static InUse in_use() { return InUse{WHOLE, WHOLE, WHOLE, WHOLE, WHOLE}; }

    // The bytes, and behind them the lines' units in 2^16.
    static constexpr int64_t size(int64_t steps) { return steps * PIECES * BYTES + LINE; }

    static void pack(const Side<number>& side, int64_t line, int64_t from, int64_t steps, uint8_t* to) {
        const int64_t count = steps * NEIGHBOURS;
        alignas(64) number near[LINES * PART * NEIGHBOURS];
        __m512i largest[GROUPS] = {};
        const int64_t groups = std::min(GROUPS, (side.lines - line + SIDE - 1) / SIDE);
        if (side.along()) {
            for (int64_t i = 0; i < groups; i++)
                largest[i] = copy(side, line + i * SIDE, from, count, near + i * SIDE * count);
        } else {
            copy_across(side, line, groups, from, count, near, largest);
        }
        for (int64_t i = 0; i < groups; i++) cut(side, near + i * SIDE * count, largest[i], steps, to + i * size(steps));
    }

    // A number without its sign, as bits: infinity is larger than any other, and what is not a number larger still.
    static __m512i larger(__m512i than, __m512 value) {
        return _mm512_max_epi32(than, _mm512_and_si512(_mm512_castps_si512(value), _mm512_set1_epi32(0x7fffffff)));
    }

    // SIDE lines one after the other, with zeros past the matrix. Gives the largest number of each.
    static __m512i copy(const Side<number>& side, int64_t line, int64_t from, int64_t count, number* to) {
        alignas(64) int32_t largest[SIDE];
        for (int64_t i = 0; i < SIDE; i++) {
            __m512i here = _mm512_setzero_si512();
            const int64_t end = line + i < side.lines ? side.inner : 0;
            for (int64_t k = from; k < from + count; k += SIDE, to += SIDE) {
                const number* at = side.at(line + i, k);
                _mm_prefetch(at + side.next(), _MM_HINT_T1);
                const __m512 value = read(at, first_lanes(end - k));
                _mm512_store_ps(to, value);
                here = larger(here, value);
            }
            largest[i] = _mm512_reduce_max_epi32(here);
        }
        return _mm512_load_si512(largest);
    }

    // Groups of SIDE lines, each place by place. What lies far apart in memory stays in no cache: it is read once.
    static void copy_across(const Side<number>& side, int64_t line, int64_t groups, int64_t from, int64_t count,
                            number* to, __m512i* largest) {
        for (int64_t k = 0; k < count; k++, to += SIDE)
            for (int64_t i = 0; i < groups; i++) {
                const number* at = side.at(line + i * SIDE, from + k);
                _mm_prefetch(at + 8 * side.of.stride, _MM_HINT_T0);  // more of them would push each other out
                const __m512 value = read(at, first_lanes(from + k < side.inner ? side.lines - line - i * SIDE : 0));
                _mm512_store_ps(to + i * SIDE * count, value);
                largest[i] = larger(largest[i], value);
            }
    }

    static void cut(const Side<number>& side, const number* near, __m512i largest, int64_t steps, uint8_t* to) {
        const __m512 bound = _mm512_max_ps(_mm512_castsi512_ps(largest), _mm512_set1_ps(1e-30f));
        const __m512 scale = _mm512_set1_ps(127 * 65536) / bound;
        const __mmask16 endless = _mm512_cmpge_epi32_mask(largest, _mm512_set1_epi32(0x7f800000));  // or not a number
        const __m512 unit = _mm512_mask_blend_ps(endless, bound / _mm512_set1_ps(127), _mm512_set1_ps(NAN));
        alignas(64) float scales[SIDE];
        _mm512_store_ps(scales, scale);
        // A step is four times SIDE neighbours: the i-th of each lie side by side in a tile.
        const int64_t next = side.along() ? steps * NEIGHBOURS : SIDE, fourth = side.along() ? SIDE : SIDE * SIDE;
        for (int64_t step = 0; step < steps; step++) {
            const number* here = near + step * 4 * fourth;
            __m512i all[PIECES][SIDE];
            for (int64_t i = 0; i < SIDE; i++, here += next) {
                const __m512 times = side.along() ? _mm512_set1_ps(scales[i]) : scale;
                const auto whole = [&](int64_t j) {
                    return _mm512_cvtps_epi32(_mm512_load_ps(here + j * fourth) * times);
                };
                bytes(whole(0), whole(1), whole(2), whole(3), all[0][i], all[1][i], all[2][i]);
            }
            for (auto& piece : all) place(side, piece, to), to += BYTES;
        }
        _mm512_store_ps(to, unit);
    }

    // Of four vectors of whole numbers the upper, middle and lower bytes, the four of a place side by side. PackFloat32 have a
    // sign: halfway is added so that what a lower one takes is given to the one above.
    static void bytes(__m512i a, __m512i b, __m512i c, __m512i d, __m512i& upper, __m512i& middle, __m512i& lower) {
        const __m512i even = _mm512_set1_epi16(0xff), halfway = _mm512_set1_epi32(0x8080), sign = _mm512_set1_epi8(-128);
        for (__m512i* x : {&a, &b, &c, &d}) *x = _mm512_add_epi32(*x, halfway);
        const auto bytes_of = [&](__m512i x, __m512i y) { return _mm512_ternarylogic_epi32(even, x, y, 0xca); };
        const auto words_of = [](__m512i x, __m512i y) { return _mm512_mask_blend_epi16(0xaaaaaaaa, x, y); };
        const __m512i outer_ab = bytes_of(a, _mm512_slli_epi32(b, 8)), inner_ab = bytes_of(_mm512_srli_epi32(a, 8), b);
        const __m512i outer_cd = bytes_of(c, _mm512_slli_epi32(d, 8)), inner_cd = bytes_of(_mm512_srli_epi32(c, 8), d);
        upper = words_of(_mm512_srli_epi32(outer_ab, 16), outer_cd);
        middle = words_of(inner_ab, _mm512_slli_epi32(inner_cd, 16)) ^ sign;
        lower = words_of(outer_ab, _mm512_slli_epi32(outer_cd, 16)) ^ sign;
    }

    using Whole = int32_t[PIECES][SIDE * SIDE];  // by the place of the two bytes

    // As PackBFloat16 have it.
    static void multiply(const uint8_t* left, int64_t tiles, const uint8_t* right, int64_t steps, bool first, float* sums) {
        alignas(64) Whole whole[2];
        const int64_t size = PackFloat32::size(steps);
        for (int64_t j = 0; j < COLUMNS; j += SIDE, right += size) {
            const auto add_up = [&](int64_t i) {
                const uint8_t *rows = left + (i + 1) * size - LINE, *columns = right + size - LINE;  // their units
                add(whole[i % 2], rows, columns, first, sums + i * SIDE * COLUMNS + j);
            };
            for (int64_t i = 0; i < tiles; i++) {
                make(left + i * size, right, steps, whole[i % 2]);
                if (i > 0) add_up(i - 1);  // what was made just now is not there yet
            }
            add_up(tiles - 1);
        }
    }

    static void make(const uint8_t* left, const uint8_t* right, int64_t steps, Whole& whole) {
        settled();
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        // One new tile for each product, but for the first.
        for (int64_t step = 0; step < steps; step++, left += PIECES * BYTES, right += PIECES * BYTES) {
            _tile_loadd(3, left, LINE);
            _tile_loadd(4, right + 2 * BYTES, LINE);
            _tile_dpbssd(2, 3, 4);
            _tile_loadd(4, right + BYTES, LINE);
            _tile_dpbssd(1, 3, 4);
            _tile_loadd(3, left + BYTES, LINE);
            _tile_dpbssd(2, 3, 4);
            _tile_loadd(4, right, LINE);
            _tile_dpbssd(1, 3, 4);
            _tile_loadd(3, left, LINE);
            _tile_dpbssd(0, 3, 4);
            _tile_loadd(3, left + 2 * BYTES, LINE);
            _tile_dpbssd(2, 3, 4);
        }
        _tile_stored(0, whole[0], LINE);
        _tile_stored(1, whole[1], LINE);
        _tile_stored(2, whole[2], LINE);
    }

    static void add(const Whole& whole, const uint8_t* rows, const uint8_t* columns, bool first, float* sums) {
        const auto of = [&](int place, int64_t i) {
            return _mm512_cvtepi32_ps(_mm512_load_si512(whole[place] + i * SIDE));
        };
        const __m512 smaller = _mm512_set1_ps(0x1p-8f), units = _mm512_load_ps(columns);
        const float* unit = reinterpret_cast<const float*>(rows);
        for (int64_t i = 0; i < SIDE; i++, sums += COLUMNS) {
            const __m512 sum = _mm512_fmadd_ps(_mm512_fmadd_ps(of(2, i), smaller, of(1, i)), smaller, of(0, i));
            const __m512 before = first ? _mm512_setzero_ps() : _mm512_load_ps(sums);
            _mm512_store_ps(sums, _mm512_fmadd_ps(sum, units * _mm512_set1_ps(unit[i]), before));
        }
    }
};

}  // namespace amx

#endif
