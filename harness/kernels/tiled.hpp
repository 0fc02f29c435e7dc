// Products of large matrices on the processor's matrix tiles, which multiply bfloat16 and add up in single precision.
// A number in single precision is three in bfloat16; of their nine products six count, the other three are below the last
// bit (Henry, Tang and Heinecke 2019). Infinite numbers come out as none.
// Each number is added up in the same order whatever the rows beside it and the threads.
#pragma once

#include "tiles.hpp"

// In memory by rows, or across: by columns. stride: from one row to the next, or from one column to the next.
struct TiledMatrix {
    const void* at;
    int64_t stride;
    bool across;
};

// out = left @ right + bias. left: (rows, inner); right: (inner, columns); bias: (columns,) or null; out: (rows, columns).
struct TiledProduct {
    int64_t rows, inner, columns, threads;
    TiledMatrix left, right;
    const void* bias;
    void* out;
};

namespace tiles {

#ifdef TILES

// One side of a product, cut into tiles of pairs of neighbours in what is added up: of the left side, for each row one
// after the other; of the right side, for each pair of every column. Past the matrix there are zeros.
template <typename Kind> struct Side {
    using number = typename Kind::number;
    const TiledMatrix& of;
    int64_t lines, inner;  // lines: rows of the left side, columns of the right one
    bool is_left;
    int64_t ahead;         // lines until those that are wanted next

    // PIECES tiles.
    void pack(int64_t line, int64_t from, uint16_t* to) const {
        const bool along = of.across != is_left;  // what is added up lies side by side in memory
        const int64_t next = along ? ahead * of.stride : ahead;
        __m512i all[PIECES<number>][SIDE];
        for (int64_t i = 0; i < SIDE; i++) {
            const number* first = static_cast<const number*>(of.at)
                                  + (along ? (line + i) * of.stride + from : (from + 2 * i) * of.stride + line);
            const number* second = first + (along ? SIDE : of.stride);
            const __mmask32 some = along ? first_lanes(line + i < lines ? inner - from : 0) : first_lanes(lines - line);
            const __mmask16 in_first = along || from + 2 * i < inner ? some : 0;
            const __mmask16 in_second = along ? some >> SIDE : from + 2 * i + 1 < inner ? some : 0;
            _mm_prefetch(first + next, _MM_HINT_T1);
            _mm_prefetch(second + next, _MM_HINT_T1);
            split(read(first, in_first), read(second, in_second), [&](int piece, __m512i halves) {
                all[piece][i] = along ? halves : neighbours(halves);
            });
        }
        for (auto& piece : all) {
            if (along != is_left) transpose(piece);
            for (int i = 0; i < SIDE; i++) _mm512_store_si512(to + i * STEP, piece[i]);
            to += TILE;
        }
    }
};

template <typename Kind> struct Pass {
    using number = typename Kind::number;
    static constexpr int64_t SIZE = PIECES<number> * TILE;             // of a tile, in all its pieces
    static constexpr int64_t BLOCK = PIECES<number> == 1 ? 704 : 240;  // rows kept ready in the second cache
    static constexpr int64_t DEPTH = 768;                              // of what is added up
    static constexpr int64_t PART = 12 / PIECES<number>;               // steps of a panel that stay in the first cache
    static constexpr int64_t GROUP = 3072;                             // columns kept ready if the rows are several blocks

    const TiledProduct& of;
    const Side<Kind> left{of.left, of.rows, of.inner, true, SIDE};
    const Side<Kind> right{of.right, of.columns, of.inner, false, PANEL * of.threads};
    const int64_t all_tiles = up(of.rows, SIDE), blocks = up(of.rows, BLOCK), block = up(all_tiles, blocks);
    const int64_t group = std::min(GROUP, up(of.columns, PANEL) * PANEL);
    const int64_t depth = std::min(DEPTH, up(of.inner, STEP) * STEP);
    const Scratch<uint16_t> rows{block * SIDE * depth * PIECES<number>};
    const Scratch<uint16_t> columns{blocks > 1 ? group * depth * PIECES<number> : 0};
    const Scratch<float> sums{of.inner > depth ? all_tiles * SIDE * group : 0};  // between depths

    static int64_t up(int64_t count, int64_t size) { return (count + size - 1) / size; }

    void run() const {
#pragma omp parallel num_threads(of.threads) if (of.threads > 1)
        {
            const InUse tiles;
            const Scratch<float> now(block * SIDE * PANEL);
            const Scratch<uint16_t> panel(2 * PART * SIZE);
            for (int64_t column = 0; column < of.columns; column += group)
                for (int64_t from = 0; from < of.inner; from += depth)
                    for (int64_t tile = 0; tile < all_tiles; tile += block) together(tile, column, from, now.at, panel.at);
        }
    }

    // A block of rows, from a tile on, times a group of columns, as deep as is kept ready. Called by every thread.
    // now: room for the sums of a panel; panel: for a part of it.
    void together(int64_t tile, int64_t column, int64_t from, float* now, uint16_t* panel) const {
        const int64_t tiles = std::min(block, all_tiles - tile), steps = up(std::min(depth, of.inner - from), STEP);
#pragma omp for schedule(static)
        for (int64_t i = 0; i < tiles; i++)
            for (int64_t k = 0; k < steps; k++)
                left.pack((tile + i) * SIDE, from + k * STEP, rows.at + (i * steps + k) * SIZE);
        const int64_t panels = up(std::min(group, of.columns - column), PANEL);
        // A core that somebody else uses, too, takes fewer.
#pragma omp for schedule(dynamic)
        for (int64_t j = 0; j < panels; j++) {
            const int64_t apart = steps > PART ? SIDE * PANEL : 0;
            for (int64_t part = 0; part < steps; part += PART) {
                const int64_t count = std::min(PART, steps - part);
                uint16_t* here = blocks > 1 ? columns.at + (j * steps + part) * 2 * SIZE : panel;
                for (int64_t k = 0; tile == 0 && k < 2 * count; k++)
                    right.pack(column + j * PANEL + k % 2 * SIDE, from + (part + k / 2) * STEP, here + k * SIZE);
                for (int64_t i = 0; i < tiles; i++) {
                    float* these = now + i * apart;
                    multiply<PIECES<number>>(rows.at + (i * steps + part) * SIZE, here, count, part == 0, these);
                    if (part + count < steps) continue;
                    finish(tile + i, column + j * PANEL, sums.at + (j * all_tiles + tile + i) * SIDE * PANEL, from, these);
                }
            }
        }
    }

    // What is added up from `from` on joins what was before, and goes out with the last of it.
    void finish(int64_t tile, int64_t column, float* before, int64_t from, const float* now) const {
        const bool first = from == 0, last = from + depth >= of.inner;
        const __mmask32 some = first_lanes(of.columns - column);
        __m512 low = _mm512_setzero_ps(), high = low;
        if (of.bias && last) {
            const number* bias = static_cast<const number*>(of.bias) + column;
            low = widened(read(bias, some)), high = widened(read(bias + SIDE, some >> SIDE));
        }
        number* to = static_cast<number*>(of.out) + tile * SIDE * of.columns + column;
        for (int64_t i = 0; i < SIDE; i++, to += of.columns, before += PANEL, now += PANEL) {
            __m512 a = _mm512_load_ps(now) + low, b = _mm512_load_ps(now + SIDE) + high;
            if (!first) a += _mm512_load_ps(before), b += _mm512_load_ps(before + SIDE);
            if (!last) {
                _mm512_store_ps(before, a), _mm512_store_ps(before + SIDE, b);
            } else if (tile * SIDE + i < of.rows) {
                write(to, some, a), write(to + SIDE, some >> SIDE, b);
            }
        }
    }
};

#else

template <typename Kind> struct Pass {
    const TiledProduct& of;
    void run() const {}
};

#endif

}  // namespace tiles
