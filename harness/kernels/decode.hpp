// One layer of one more token of every sample, beside the keys and values of what was read before.
#pragma once

#include "forward.hpp"

// blocks.Cache: keys and values of `rows` queries of `time` tokens, of which those from `first` on count (null: all), kept
// once for all their candidates, and of what each candidate has said: `said` of `length` tokens.
struct Cache {
    int64_t rows, candidates, time, length, said;
    const int64_t* first;
    float *queries, *own;
};

// Where a cache keeps one head: its keys across, (width, aligned(tokens)), and its values, (tokens, aligned(width)).
struct Held {
    Matrix keys, values;

    Held(float* cache, int64_t index, int64_t width, int64_t tokens) {
        float* at = cache ? cache + index * numbers(width, tokens) : nullptr;
        keys = {at, aligned(tokens), aligned(tokens)};
        values = {at + width * keys.row, aligned(width), aligned(width)};
    }

    static int64_t numbers(int64_t width, int64_t tokens) { return width * aligned(tokens) + tokens * aligned(width); }
};

// One row of one layer into the cache of the queries; index: layer * rows + row.
inline void hold(const Model& model, Matrix key_value, int64_t time, int64_t index, float* queries) {
    for (int64_t h = 0; h < model.heads; h++) {
        const Held held(queries, index * model.heads + h, model.head(), time);
        transpose(key_value.part(h * model.head(), model.head()), time, held.keys);
        copy_wider(key_value.part(model.width + h * model.head(), model.head()), time, held.values);
    }
}

struct Decode {
    const Model& model;
    const Cache& cache;
    Forward forward;
    Kept kept;
    Matrix scores, mixed;

    Decode(const Model& model, const Cache& cache, Room& room)
        : model(model), cache(cache), forward(model, samples(), room), kept(room, model.width, samples(), samples()) {
        scores = room.matrix(cache.candidates, aligned(cache.time) + aligned(cache.length));
        mixed = room.matrix(cache.candidates, aligned(model.head()));
    }

    int64_t samples() const { return cache.rows * cache.candidates; }

    // kept.input -> out, (samples, width).
    void layer(int64_t index, const Packed& packed, Matrix out) {
        const Sight all{samples(), samples(), nullptr, nullptr};
        forward.ask(index, all, packed, kept);
        for (int64_t row = 0; row < cache.rows; row++)
            for (int64_t h = 0; h < model.heads; h++) attend_cached(index, row, h);
        forward.answer(index, all, packed, kept, out);
    }

    // One head of the candidates of one row.
    void attend_cached(int64_t index, int64_t row, int64_t h) {
        const int64_t width = model.head(), k = cache.candidates, now = cache.said + 1, rows = index * cache.rows + row;
        const Held query(cache.queries, rows * model.heads + h, width, cache.time);
        const Matrix asking = kept.query.from(row * k).part(h * width, width);
        multiply(k, width, asking, query.keys, scores.part(0, query.keys.columns));
        for (int64_t c = 0; c < k; c++) remember(own(rows, c, h), kept.key_value[row * k + c] + h * width);
        for (int64_t c = 0; c < k; c++)
            multiply(1, width, asking.from(c), own(rows, c, h).keys,
                     scores.from(c).part(query.keys.columns, aligned(now)));
        const int64_t first = cache.first ? cache.first[row] : 0, between = query.keys.columns;
        for (int64_t c = 0; c < k; c++)
            softmax(scores[c], between + aligned(now), model.scales[index], [&](int64_t s) {
                return s < between ? among(s, first, cache.time) : among(s - between, 0, now);
            });
        multiply(k, cache.time, scores, query.values, mixed);
        for (int64_t c = 0; c < k; c++)
            multiply(1, now, scores.from(c).part(between, now), own(rows, c, h).values, mixed.from(c), mixed.from(c));
        copy(mixed.part(0, width), k, kept.mixed.from(row * k).part(h * width, width));
    }

    Held own(int64_t rows, int64_t candidate, int64_t h) const {
        const int64_t sample = rows * cache.candidates + candidate;
        return {cache.own, sample * model.heads + h, model.head(), cache.length};
    }

    // A new token's key, and a model's width after it its value.
    void remember(const Held& own, const float* key) const {
        for (int64_t j = 0; j < model.head(); j++) own.keys[j][cache.said] = key[j];
        const Matrix value{const_cast<float*>(key) + model.width, model.head(), 0};
        copy_wider(value, 1, own.values.from(cache.said));
    }
};
