// Matrices of single-precision numbers, row by row, in memory that an arena hands out.
#pragma once

#include "vector.hpp"

inline int64_t aligned(int64_t count) { return (count + ALIGNED - 1) / ALIGNED * ALIGNED; }

struct Matrix {
    float* at;
    int64_t columns, row;  // row: from one row to the next

    float* operator[](int64_t i) const { return at + i * row; }
    Matrix from(int64_t i) const { return {at + i * row, columns, row}; }
    Matrix part(int64_t first, int64_t count) const { return {at + first, count, row}; }
};

// Short rows: a call of the library's function for each would cost more than the copying.
inline void copy_row(const float* from, int64_t count, float* to) {
    int64_t j = 0;
    for (; j + LANES <= count; j += LANES) store(to + j, load(from + j));
    for (; j < count; j++) to[j] = from[j];
}

inline void copy(Matrix from, int64_t rows, Matrix to) {
    for (int64_t i = 0; i < rows; i++) copy_row(from[i], from.columns, to[i]);
}

// Memory handed out piece by piece; without a base it only counts.
struct Arena {
    float* base;
    int64_t used = 0;

    float* take(int64_t count) {
        float* here = base ? base + used : nullptr;
        used += aligned(count);
        return here;
    }
    // Rows stand a vector apart: rows of a power of two would all fall on the same few lines of the cache.
    Matrix matrix(int64_t rows, int64_t columns) {
        const int64_t row = aligned(columns) + ALIGNED;
        return {take(rows * row), columns, row};
    }
};
