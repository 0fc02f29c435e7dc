// Which positions of a row a query sees.
#pragma once

#include <cstdint>

// What the queries of one row see of it. picks: where each stands, or null where query i stands at i. visible: (time, time)
// bytes, which of those up to itself a token sees, or null for all.
struct AttentionMask {
    int64_t queries, time;
    const int64_t* picks;
    const uint8_t* visible;

    int64_t place(int64_t query) const { return picks ? picks[query] : query; }
    // Of queries first..last - 1, how many keys the one that sees most of them sees.
    int64_t keys(int64_t first, int64_t last) const {
        int64_t most = 0;
        for (int64_t i = first; i < last; i++) most = place(i) + 1 > most ? place(i) + 1 : most;
        return most;
    }
};

// The same fields, in the same order, as rows.NativeRows. Rows of `time` positions, of which the last layer is computed at
// picks, (rows, picked). visible: (1 or rows, time, time) bytes, or null where every token sees all before it.
struct Rows {
    int64_t rows, time, picked;
    const int64_t* picks;
    const uint8_t* visible;
    int64_t visible_row;

    AttentionMask mask(int64_t row, bool last) const {
        return {last ? picked : time, time, last ? picks + row * picked : nullptr,
                visible ? visible + row * visible_row : nullptr};
    }
};
