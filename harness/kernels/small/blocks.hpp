// A GPT-2-shaped model, its weights ready for products, and what is kept of a row that went through it.
//
// Weights are (in, out), as GPT-2 keeps them.
#pragma once

#include "../common/attention.hpp"
#include "layers.hpp"

enum Parameter {
    NORM_1, NORM_1_BIAS, QKV, QKV_BIAS, PROJECTION, PROJECTION_BIAS,
    NORM_2, NORM_2_BIAS, WIDEN, WIDEN_BIAS, NARROW, NARROW_BIAS, PARAMETERS
};

// The same fields, in the same order, as blocks.NativeModel. parameters: (layers * PARAMETERS + 2) addresses, layer by layer,
// the last two of the final normalisation. scales: one a layer, of the attention scores.
struct Model {
    int64_t layers, width, heads;
    float epsilon;
    float** parameters;
    const float* scales;

    float* const* layer(int64_t index) const { return parameters + index * PARAMETERS; }
    Norm final() const { return {layer(layers)[0], layer(layers)[1]}; }
    int64_t head() const { return width / heads; }
};

// The weights of one layer as packed right operands, as they are or (backward) across.
struct Packed {
    float *query, *key_value, *projection, *widen, *narrow;

    Packed(const float* all, int64_t width, int64_t index) {
        Arena arena{const_cast<float*>(all) + index * numbers(width)};
        const int64_t square = width * width;
        query = arena.take(square), key_value = arena.take(2 * square), projection = arena.take(square);
        widen = arena.take(4 * square), narrow = arena.take(4 * square);
    }

    static int64_t numbers(int64_t width) { return 12 * width * width; }

    void fill(float* const* parameters, int64_t width, bool backward) const {
        const auto one = [=](Matrix weight, int64_t in, float* to) {
            if (backward) pack_across(weight, in, to);
            else pack(weight, in, to);
        };
        const Matrix qkv{parameters[QKV], 3 * width, 3 * width};
        one(qkv.part(0, width), width, query);
        one(qkv.part(width, 2 * width), width, key_value);
        one({parameters[PROJECTION], width, width}, width, projection);
        one({parameters[WIDEN], 4 * width, 4 * width}, width, widen);
        one({parameters[NARROW], width, width}, 4 * width, narrow);
    }
};

// What the backward pass needs of one layer of one row. input: (time, width). key_value: keys beside values. middle: after
// the attention. wide: before the activation.
struct Kept {
    Matrix input, query, key_value, mixed, middle, wide;

    Kept(Arena& arena, int64_t width, int64_t time, int64_t queries) {
        input = arena.matrix(time, width), query = arena.matrix(queries, width);
        key_value = arena.matrix(time, 2 * width), mixed = arena.matrix(queries, width);
        middle = arena.matrix(queries, width), wide = arena.matrix(queries, 4 * width);
    }

    static int64_t numbers(int64_t width, int64_t time, int64_t queries) {
        Arena arena{nullptr};
        Kept(arena, width, time, queries);
        return arena.used;
    }
};

// What is kept of one row: its last hidden states, not normalised, and each layer's numbers. Where it need not be kept, a
// layer takes the place of the last but one before it.
struct KeptRow {
    const Model& model;
    const Rows& rows;
    float* at;
    bool all;
    Matrix output;

    KeptRow(const Model& model, const Rows& rows, float* at, bool all) : model(model), rows(rows), at(at), all(all) {
        Arena arena{at};
        output = arena.matrix(rows.picked, model.width);
    }

    Kept layer(int64_t index) const {
        const int64_t each = Kept::numbers(model.width, rows.time, rows.time);
        Arena arena{at};
        arena.matrix(rows.picked, model.width);
        arena.used += (all ? index : index % 2) * each;
        return {arena, model.width, rows.time, index + 1 == model.layers ? rows.picked : rows.time};
    }

    static int64_t numbers(const Model& model, const Rows& rows, bool all) {
        Arena arena{nullptr};
        arena.matrix(rows.picked, model.width);
        const int64_t each = Kept::numbers(model.width, rows.time, rows.time);
        const int64_t last = Kept::numbers(model.width, rows.time, rows.picked);
        return arena.used + (all ? (model.layers - 1) * each + last : 2 * each);
    }
};

// The rows of a matrix, with as many 0 after them as those of `to` are longer.
inline void copy_wider(Matrix from, int64_t rows, Matrix to) {
    for (int64_t i = 0; i < rows; i++) {
        copy_row(from[i], from.columns, to[i]);
        for (int64_t j = from.columns; j < to.columns; j++) to[i][j] = 0.0f;
    }
}

// A head's columns where its width is a whole number of vectors, else the workspace set aside for them.
inline Matrix whole_or(Matrix columns, Matrix workspace) { return columns.columns % ALIGNED ? workspace : columns; }

inline Matrix widened(Matrix columns, int64_t rows, Matrix workspace) {
    const Matrix whole = whole_or(columns, workspace);
    if (whole.at != columns.at) copy_wider(columns, rows, workspace);
    return whole;
}

// One head of a kept layer into its operands.
inline void read_head(Head& head, const AttentionMask& mask, const Kept& kept, int64_t index, bool backward) {
    const int64_t first = index * head.width;
    const Matrix key = kept.key_value.part(first, head.width);
    const Matrix value = kept.key_value.part(kept.query.columns + first, head.width);
    head.query = widened(kept.query.part(first, head.width), mask.queries, head.query_workspace);
    head.value = widened(value, mask.time, head.value_workspace);
    transpose(key, mask.time, head.key_across);
    if (!backward) return;
    head.key = widened(key, mask.time, head.key_workspace);
    transpose(value, mask.time, head.value_across);
}

// Rows of a matrix at the places of a row's queries; the matrix itself where those are all.
inline Matrix picked(Matrix from, const AttentionMask& mask, Matrix workspace) {
    if (!mask.picks) return from;
    for (int64_t i = 0; i < mask.queries; i++)
        copy_row(from[mask.picks[i]], from.columns, workspace[i]);
    return workspace;
}
