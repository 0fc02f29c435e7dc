// A GPT-2-shaped model, its weights ready for products, and what is kept of a row that went through it.
//
// Weights are (in, out), as GPT-2 keeps them.
#pragma once

#include "attention.hpp"
#include "layers.hpp"

enum Parameter {
    NORM_1, NORM_1_BIAS, QKV, QKV_BIAS, PROJECTION, PROJECTION_BIAS,
    NORM_2, NORM_2_BIAS, WIDEN, WIDEN_BIAS, NARROW, NARROW_BIAS, PARAMETERS
};

// The same fields, in the same order, as blocks._Model. parameters: (layers * PARAMETERS + 2) addresses, layer by layer, the
// last two of the final normalisation. scales: one a layer, of the attention scores.
struct Model {
    int64_t layers, width, heads;
    float epsilon;
    float** parameters;
    const float* scales;

    float* const* layer(int64_t index) const { return parameters + index * PARAMETERS; }
    Norm final() const { return {layer(layers)[0], layer(layers)[1]}; }
    int64_t head() const { return width / heads; }
};

// blocks._Rows: rows of `time` positions, of which the last layer is computed at `picked`, (rows, picked). visible: (1 or
// rows, time, time) bytes, or null where every token sees all before it.
struct Rows {
    int64_t rows, time, picked;
    const int64_t* picks;
    const uint8_t* visible;
    int64_t visible_row;

    Sight sight(int64_t row, bool last) const {
        return {last ? picked : time, time, last ? picks + row * picked : nullptr,
                visible ? visible + row * visible_row : nullptr};
    }
};

// The weights of one layer as packed right operands, as they are or (backward) across.
struct Packed {
    float *query, *key_value, *projection, *widen, *narrow;

    Packed(const float* all, int64_t width, int64_t index) {
        Room room{const_cast<float*>(all) + index * numbers(width)};
        const int64_t square = width * width;
        query = room.take(square), key_value = room.take(2 * square), projection = room.take(square);
        widen = room.take(4 * square), narrow = room.take(4 * square);
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

    Kept(Room& room, int64_t width, int64_t time, int64_t queries) {
        input = room.matrix(time, width), query = room.matrix(queries, width);
        key_value = room.matrix(time, 2 * width), mixed = room.matrix(queries, width);
        middle = room.matrix(queries, width), wide = room.matrix(queries, 4 * width);
    }

    static int64_t numbers(int64_t width, int64_t time, int64_t queries) {
        Room room{nullptr};
        Kept(room, width, time, queries);
        return room.used;
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
        Room room{at};
        output = room.matrix(rows.picked, model.width);
    }

    Kept layer(int64_t index) const {
        const int64_t each = Kept::numbers(model.width, rows.time, rows.time);
        Room room{at};
        room.matrix(rows.picked, model.width);
        room.used += (all ? index : index % 2) * each;
        return {room, model.width, rows.time, index + 1 == model.layers ? rows.picked : rows.time};
    }

    static int64_t numbers(const Model& model, const Rows& rows, bool all) {
        Room room{nullptr};
        room.matrix(rows.picked, model.width);
        const int64_t each = Kept::numbers(model.width, rows.time, rows.time);
        const int64_t last = Kept::numbers(model.width, rows.time, rows.picked);
        return room.used + (all ? (model.layers - 1) * each + last : 2 * each);
    }
};

// One head of a kept layer into its operands.
inline void read_head(Head& head, const Sight& sight, const Kept& kept, int64_t index, bool backward) {
    const int64_t first = index * head.width;
    const Matrix key = kept.key_value.part(first, head.width);
    const Matrix value = kept.key_value.part(kept.query.columns + first, head.width);
    head.query = widened(kept.query.part(first, head.width), sight.queries, head.query_room);
    head.value = widened(value, sight.time, head.value_room);
    transpose(key, sight.time, head.key_across);
    if (!backward) return;
    head.key = widened(key, sight.time, head.key_room);
    transpose(value, sight.time, head.value_across);
}

// Rows of a matrix at the places of a row's queries; the matrix itself where those are all.
inline Matrix picked(Matrix from, const Sight& sight, Matrix room) {
    if (!sight.picks) return from;
    for (int64_t i = 0; i < sight.queries; i++)
        copy_row(from[sight.picks[i]], from.columns, room[i]);
    return room;
}
