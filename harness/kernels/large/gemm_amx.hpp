// Products of large matrices in AMX, the matrix tiles of some processors.
// Each number is added up in the same order whatever the rows beside it and the threads.
#pragma once

#include "amx_pack.hpp"

// out = left @ right + bias. left: (rows, inner); right: (inner, columns); bias: (columns,) or null; out: (rows, columns).
struct GemmAmx {
    int64_t rows, inner, columns, threads;
    AmxMatrix left, right;
    const void* bias;
    void* out;
};

namespace amx {

#ifdef HARNESS_AMX

template <typename Pack> struct Pass {
    using number = typename Pack::number;
    static constexpr int64_t COLUMNS = Pack::COLUMNS, LINES = Pack::LINES;
    static constexpr int64_t NEIGHBOURS = Pack::NEIGHBOURS, PART = Pack::PART;
    static constexpr int64_t FULL = Pack::size(PART);  // bytes of SIDE lines in a whole part
    static constexpr int64_t DEPTH = 768;                 // of what is added up
    static constexpr int64_t GROUP = 3072;                // columns kept ready if the rows are several blocks

    const GemmAmx& of;
    const Side<number> left{of.left, of.rows, of.inner, true, SIDE};
    const Side<number> right{of.right, of.columns, of.inner, false, COLUMNS * of.threads};
    const int64_t all_tiles = up(of.rows, SIDE), blocks = up(of.rows, Pack::BLOCK);
    const int64_t block = whole(up(all_tiles, blocks), LINES / SIDE);  // tiles
    const int64_t group = std::min(GROUP, whole(of.columns, COLUMNS));
    const int64_t depth = std::min(DEPTH, whole(of.inner, NEIGHBOURS));
    const int64_t parts = up(depth, PART * NEIGHBOURS);
    const Scratch<uint8_t> rows{block * parts * FULL};
    const Scratch<uint8_t> columns{blocks > 1 ? group / SIDE * parts * FULL : 0};
    const Scratch<float> sums{of.inner > depth ? all_tiles * SIDE * group : 0};  // between depths

    static int64_t up(int64_t count, int64_t size) { return (count + size - 1) / size; }
    static int64_t whole(int64_t count, int64_t size) { return up(count, size) * size; }

    void run() const {
#pragma omp parallel num_threads(of.threads) if (of.threads > 1)
        {
            const InUse tiles = Pack::in_use();
            const Scratch<float> now(block * SIDE * COLUMNS);
            const Scratch<uint8_t> panel(COLUMNS / SIDE * FULL);
            for (int64_t column = 0; column < of.columns; column += group)
                for (int64_t from = 0; from < of.inner; from += depth)
                    for (int64_t tile = 0; tile < all_tiles; tile += block) together(tile, column, from, now.at, panel.at);
            _mm_sfence();  // what was written past the caches is there for all
        }
    }

    // A block of rows, from a tile on, times a group of columns, as deep as is kept ready. Called by every thread.
    // now: workspace for the sums of a panel; panel: for a part of it.
    void together(int64_t tile, int64_t column, int64_t from, float* now, uint8_t* panel) const {
        const int64_t tiles = std::min(block, all_tiles - tile);
        const int64_t steps = up(std::min(depth, of.inner - from), NEIGHBOURS);
        const auto length = [&](int64_t part) { return std::min(PART, steps - part); };
        // A part of all rows, then the next: in the order in which they are wanted.
        const auto row = [&](int64_t i, int64_t part) {
            return rows.at + part / PART * tiles * FULL + i * Pack::size(length(part));
        };
#pragma omp for schedule(static)
        for (int64_t i = 0; i < tiles; i += LINES / SIDE)
            for (int64_t part = 0; part < steps; part += PART)
                Pack::pack(left, (tile + i) * SIDE, from + part * NEIGHBOURS, length(part), row(i, part));
        const int64_t panels = up(std::min(group, of.columns - column), COLUMNS);
        // A core that somebody else uses, too, takes fewer.
#pragma omp for schedule(dynamic)
        for (int64_t j = 0; j < panels; j++) {
            for (int64_t part = 0; part < steps; part += PART) {
                uint8_t* here = blocks > 1 ? columns.at + (j * parts + part / PART) * COLUMNS / SIDE * FULL : panel;
                for (int64_t k = 0; tile == 0 && k < COLUMNS; k += LINES)
                    Pack::pack(right, column + j * COLUMNS + k, from + part * NEIGHBOURS, length(part),
                                  here + k / SIDE * Pack::size(length(part)));
                Pack::multiply(row(0, part), tiles, here, length(part), part == 0, now);
            }
            for (int64_t i = 0; i < tiles; i++)
                finish(tile + i, column + j * COLUMNS, sums.at + (j * all_tiles + tile + i) * SIDE * COLUMNS, from,
                       now + i * SIDE * COLUMNS);
        }
    }

    // What is added up from `from` on joins what was before, and goes out with the last of it.
    void finish(int64_t tile, int64_t column, float* before, int64_t from, const float* now) const {
        const bool first = from == 0, last = from + depth >= of.inner;
        if (!last) {
            for (int64_t i = 0; i < SIDE * COLUMNS; i += SIDE) {
                const __m512 sum = _mm512_load_ps(now + i);
                _mm512_store_ps(before + i, first ? sum : sum + _mm512_load_ps(before + i));
            }
            return;
        }
        const number* bias = static_cast<const number*>(of.bias) + column;
        for (int64_t i = 0; i < SIDE && tile * SIDE + i < of.rows; i++, before += COLUMNS, now += COLUMNS) {
            number* to = static_cast<number*>(of.out) + (tile * SIDE + i) * of.columns + column;
            const int64_t end = std::min(COLUMNS, of.columns - column);
            // Whole lines of the memory where that can be.
            for (int64_t j = 0, next; j < end; j = next) {
                next = std::min(end, j + SIDE - int64_t(reinterpret_cast<uintptr_t>(to + j) / sizeof(number) % SIDE));
                const __mmask16 some = first_lanes(next - j);
                __m512 sum = read(now + j, some);
                if (of.bias) sum += widened(read(bias + j, some));
                if (!first) sum += read(before + j, some);
                write_past(to + j, some, sum);
            }
        }
    }
};

#else

struct PackBFloat16 {};
struct PackFloat32 {};

template <typename Pack> struct Pass {
    const GemmAmx& of;
    void run() const {}
};

#endif

}  // namespace amx
