// Products of small matrices on one thread. Each number is one chain of fused multiply-adds in a fixed order, so a row's
// result does not depend on how many rows are beside it.
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include "matrix.hpp"

// A matrix as the left operand: its element (i, k) is at[i * row + k * column].
struct Left {
    const float* at;
    int64_t row, column;

    Left(Matrix matrix) : at(matrix.at), row(matrix.row), column(1) {}
    Left(const float* at, int64_t row, int64_t column) : at(at), row(row), column(column) {}
};

inline Left across(Matrix matrix) { return {matrix.at, 1, matrix.row}; }

// A tile of sums and a row of the right operand fill the registers, but for one number of the left operand. The nearer a tile
// is to a square, the fewer numbers are read for each product.
constexpr int WIDEST = REGISTERS == 32 ? 4 : 2;  // vectors
constexpr int MOST_ROWS = 14;
constexpr int PANEL = WIDEST * LANES;

constexpr int tile_rows(int vecs) { return std::min((REGISTERS - 1 - vecs) / vecs, MOST_ROWS); }

// Rows that are made together where a product is made in parts: whole tiles.
constexpr int BLOCK_ROWS = 2 * tile_rows(WIDEST);

// A matrix as the right operand, its columns a multiple of ALIGNED: as it lies, or (row 0) packed in panels of PANEL columns.
struct Right {
    const float* at;
    int64_t row;

    Right(Matrix matrix) : at(matrix.at), row(matrix.row) {}
    explicit Right(const float* packed) : at(packed), row(0) {}
};

// What a product is added to: rows of numbers (row 0: one for all), or null for nothing.
struct Start {
    const float* at;
    int64_t row;

    Start() : at(nullptr), row(0) {}
    Start(Matrix matrix) : at(matrix.at), row(matrix.row) {}
    Start(const float* one) : at(one), row(0) {}
};

template <int ROWS, int VECS>
void tile(Left a, const float* b, int64_t b_row, int64_t depth, Start start, float* c, int64_t c_row) {
    vec sum[ROWS][VECS];
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 4
        for (int j = 0; j < VECS; j++) sum[i][j] = start.at ? load(start.at + i * start.row + j * LANES) : vec{};
    for (int64_t k = 0; k < depth; k++) {
        vec right[VECS];
#pragma GCC unroll 4
        for (int j = 0; j < VECS; j++) right[j] = load(b + k * b_row + j * LANES);
#pragma GCC unroll 16
        for (int i = 0; i < ROWS; i++) {
            const vec left = splat(a.at[i * a.row + k * a.column]);
#pragma GCC unroll 4
            for (int j = 0; j < VECS; j++) sum[i][j] += left * right[j];
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 4
        for (int j = 0; j < VECS; j++) store(c + i * c_row + j * LANES, sum[i][j]);
}

using Tile = void (*)(Left, const float*, int64_t, int64_t, Start, float*, int64_t);

template <int VECS, int... ROWS> constexpr auto tiles_of(std::integer_sequence<int, ROWS...>) {
    return std::array<Tile, MOST_ROWS>{tile<ROWS + 1, VECS>...};
}

template <int... VECS> constexpr auto all_tiles(std::integer_sequence<int, VECS...>) {
    return std::array<std::array<Tile, MOST_ROWS>, WIDEST>{
        tiles_of<VECS + 1>(std::make_integer_sequence<int, tile_rows(VECS + 1)>{})...};
}

// By vectors and rows, each less one.
constexpr auto TILES = all_tiles(std::make_integer_sequence<int, WIDEST>{});

// The first `rows` of c become start + a · b, where start may be c itself; depth: a's columns and b's rows.
inline void multiply(int64_t rows, int64_t depth, Left a, Right b, Matrix c, Start start = {}) {
    for (int64_t column = 0; column < c.columns; column += PANEL) {
        const int64_t width = std::min<int64_t>(PANEL, c.columns - column), vecs = width / LANES;
        const int64_t most = tile_rows(vecs), blocks = (rows + most - 1) / most;
        const int64_t fewer = rows / (blocks > 0 ? blocks : 1), more = rows - fewer * blocks;
        const float* panel = b.at + (b.row ? column : depth * column);
        for (int64_t block = 0, first = 0, count; block < blocks; block++, first += count) {
            count = block < more ? fewer + 1 : fewer;
            const Left left{a.at + first * a.row, a.row, a.column};
            Start from = start;
            if (from.at) from.at += first * from.row + column;
            TILES[vecs - 1][count - 1](left, panel, b.row ? b.row : width, depth, from, c[first] + column, c.row);
        }
    }
}

// A matrix (depth, columns) as a packed right operand.
inline void pack(Matrix b, int64_t depth, float* to) {
    for (int64_t column = 0; column < b.columns; column += PANEL) {
        const int64_t width = std::min<int64_t>(PANEL, b.columns - column);
        for (int64_t k = 0; k < depth; k++, to += width) std::memcpy(to, b[k] + column, width * sizeof(float));
    }
}

// The same of the transpose of b, (columns, depth). Squares of it at a time, by a copy: its rows may all fall on the same
// few lines of the cache.
inline void pack_across(Matrix b, int64_t columns, float* to) {
    float square[ALIGNED][ALIGNED];
    for (int64_t column = 0; column < columns; column += PANEL) {
        const int64_t width = std::min<int64_t>(PANEL, columns - column);
        for (int64_t k = 0; k < b.columns; k += ALIGNED)
            for (int64_t j = 0; j < width; j += ALIGNED) {
                for (int64_t i = 0; i < ALIGNED; i++) std::memcpy(square[i], b[column + j + i] + k, sizeof square[i]);
                for (int64_t l = 0; l < ALIGNED; l++)
                    for (int64_t i = 0; i < ALIGNED; i++) to[(k + l) * width + j + i] = square[i][l];
            }
        to += b.columns * width;
    }
}
