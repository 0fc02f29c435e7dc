// What gemm_skinny.hpp does, in bfloat16, on AMX tiles.
// Each number is added up in the same order whatever the rows beside it and the threads.
#pragma once

#include "gemm_skinny.hpp"
#include "amx.hpp"

#ifdef HARNESS_AMX

namespace amx {

struct GemmSkinnyPass {
    static constexpr int64_t SMALL = SKINNY_ROWS * STEP;  // halves of a tile of x
    static constexpr Shape FEW{SKINNY_ROWS, LINE}, NARROW{SIDE, SKINNY_ROWS * sizeof(float)};
    const GemmSkinny& of;
    const int64_t steps = of.inner / STEP;
    // A tile a step: of SKINNY_ROWS lines; taken across, of a line for each pair.
    const Scratch<uint16_t> x{SKINNY_ROWS * of.inner};

    explicit GemmSkinnyPass(const GemmSkinny& of) : of(of) {
        const uint16_t* from = static_cast<const uint16_t*>(of.x);
        std::memset(x.at, 0, SKINNY_ROWS * of.inner * sizeof(uint16_t));
        for (int64_t i = 0; i < of.rows; i++)
            for (int64_t k = 0; k < of.inner; k += 2) {
                const int64_t line = of.by_columns ? i * STEP + k % STEP : k % STEP * SKINNY_ROWS + 2 * i;
                std::memcpy(x.at + k / STEP * SMALL + line, from + i * of.inner + k, 2 * sizeof(uint16_t));
            }
    }

    const uint16_t* matrix(int64_t row) const { return static_cast<const uint16_t*>(of.matrix) + row * of.stride; }

    // A piece of the columns for each thread, of a whole number of panels.
    void run() const {
        const int64_t panels = (of.columns + PANEL - 1) / PANEL;
#pragma omp parallel for num_threads(of.threads) if (of.threads > 1)
        for (int64_t piece = 0; piece < of.threads; piece++) {
            const int64_t first = piece * panels / of.threads * PANEL;
            const int64_t end = std::min((piece + 1) * panels / of.threads * PANEL, of.columns);
            if (of.by_columns) {
                const InUse tiles{FEW, FEW, FEW, WHOLE};
                for (int64_t j = first; j < end; j += STRIP) strip(j, std::min(j + STRIP, end));
            } else {
                const InUse tiles{NARROW, WHOLE, NARROW};
                for (int64_t j = first; j < end; j += SIDE) across(j);
            }
        }
    }

    // Columns first to last - 1, whole panels.
    void strip(int64_t first, int64_t last) const {
        alignas(64) float sums[STRIP * SKINNY_ROWS] = {};  // panel by panel
        alignas(64) uint16_t ready[STRIP * STEP];       // two tiles a panel
        for (int64_t step = 0; step < steps; step++) {
            for (int64_t pair = 0; pair < SIDE; pair++)
                for (int64_t j = first; j < last; j += PANEL)
                    interleave(matrix(step * STEP + 2 * pair) + j, ready + (j - first) * STEP + pair * STEP);
            settled();
            _tile_loadd(2, x.at + step * SMALL, LINE);
            for (int64_t j = 0; j < last - first; j += PANEL) add(ready + j * STEP, sums + j * SKINNY_ROWS);
        }
        for (int64_t j = first; j < last; j += LANES)
            for (int64_t i = 0; i < of.rows; i++) {
                const int64_t panel = (j - first) / PANEL * PANEL;
                write_skinny<BFloat16>(of, i, j, load(sums + panel * SKINNY_ROWS + i * PANEL + j - first - panel));
            }
    }

    // A panel's columns of two rows, as pairs.
    void interleave(const uint16_t* row, uint16_t* to) const {
        const __m512i upper = _mm512_loadu_si512(row), lower = _mm512_loadu_si512(row + of.stride);
        _mm_prefetch(row + STEP * of.stride, _MM_HINT_T1);
        _mm_prefetch(row + (STEP + 1) * of.stride, _MM_HINT_T1);
        _mm512_store_si512(to, neighbours(_mm512_inserti64x4(upper, _mm512_castsi512_si256(lower), 1)));
        _mm512_store_si512(to + TILE, neighbours(_mm512_shuffle_i64x2(upper, lower, 0xee)));
    }

    // Tile 2 times a panel.
    static void add(const uint16_t* panel, float* sums) {
        constexpr int64_t SUMS = PANEL * sizeof(float);
        _tile_loadd(0, sums, SUMS);
        _tile_loadd(1, sums + SIDE, SUMS);
        _tile_loadd(3, panel, LINE);
        _tile_dpbf16ps(0, 2, 3);
        _tile_loadd(3, panel + TILE, LINE);
        _tile_dpbf16ps(1, 2, 3);
        _tile_stored(0, sums, SUMS);
        _tile_stored(1, sums + SIDE, SUMS);
    }

    // SIDE rows of the matrix, as they lie in memory; fewer at its end.
    void across(int64_t first) const {
        const int64_t count = std::min(SIDE, of.columns - first);
        alignas(64) float sums[SIDE][SKINNY_ROWS];
        alignas(64) uint16_t last[TILE] = {};
        _tile_zero(0);
        for (int64_t step = 0; step < steps; step++) {
            const uint16_t* here = matrix(first) + step * STEP;
            for (int64_t i = 0; i < SIDE; i++) _mm_prefetch(here + (SIDE + i) * of.stride, _MM_HINT_T1);
            if (count < SIDE)
                for (int64_t i = 0; i < count; i++) std::memcpy(last + i * STEP, here + i * of.stride, LINE);
            settled();
            if (count < SIDE) _tile_loadd(1, last, LINE);
            else _tile_loadd(1, here, of.stride * sizeof(uint16_t));
            _tile_loadd(2, x.at + step * SMALL, NARROW.bytes);
            _tile_dpbf16ps(0, 1, 2);
        }
        _tile_stored(0, sums, NARROW.bytes);
        for (int64_t i = 0; i < of.rows; i++) {
            vec sum{};
            for (int64_t j = 0; j < count; j++) sum[j] = sums[j][i];
            write_skinny<BFloat16>(of, i, first, sum, count);
        }
    }
};

}  // namespace amx

#endif
