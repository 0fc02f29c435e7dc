// One layer of one more token of every sample, beside the KV caches of what was read before.
#pragma once

#include "forward.hpp"

// The same fields, in the same order, as blocks.KVCaches: keys and values of `rows` queries of `time` tokens, of which those
// from `first` on count (null: all), kept once for all their candidates, and of each candidate's own tokens: `decoded` of
// `length`.
struct KVCaches {
    int64_t rows, candidates, time, length, decoded;
    const int64_t* first;
    float *queries, *own;
};

// One head's keys across, (width, aligned(tokens)), and its values, (tokens, aligned(width)).
struct KVCache {
    Matrix keys, values;

    KVCache(float* all, int64_t index, int64_t width, int64_t tokens) {
        float* at = all ? all + index * numbers(width, tokens) : nullptr;
        keys = {at, aligned(tokens), aligned(tokens)};
        values = {at + width * keys.row, aligned(width), aligned(width)};
    }

    static int64_t numbers(int64_t width, int64_t tokens) { return width * aligned(tokens) + tokens * aligned(width); }
};

// Keys and values of one row of one layer into the queries' caches; index: layer * rows + row.
inline void fill_caches(const Model& model, Matrix key_value, int64_t time, int64_t index, float* queries) {
    for (int64_t h = 0; h < model.heads; h++) {
        const KVCache cache(queries, index * model.heads + h, model.head(), time);
        transpose(key_value.part(h * model.head(), model.head()), time, cache.keys);
        copy_wider(key_value.part(model.width + h * model.head(), model.head()), time, cache.values);
    }
}

struct Decode {
    const Model& model;
    const KVCaches& caches;
    Forward forward;
    Kept kept;
    Matrix scores, mixed;

    Decode(const Model& model, const KVCaches& caches, Arena& arena)
        : model(model), caches(caches), forward(model, samples(), arena), kept(arena, model.width, samples(), samples()) {
        scores = arena.matrix(caches.candidates, aligned(caches.time) + aligned(caches.length));
        mixed = arena.matrix(caches.candidates, aligned(model.head()));
    }

    int64_t samples() const { return caches.rows * caches.candidates; }

    // kept.input -> out, (samples, width).
    void layer(int64_t index, const Packed& packed, Matrix out) {
        const AttentionMask all{samples(), samples(), nullptr, nullptr};
        forward.before_attention(index, all, packed, kept);
        for (int64_t row = 0; row < caches.rows; row++)
            for (int64_t h = 0; h < model.heads; h++) attend_cached(index, row, h);
        forward.after_attention(index, all, packed, kept, out);
    }

    // One head of the candidates of one row.
    void attend_cached(int64_t index, int64_t row, int64_t h) {
        const int64_t width = model.head(), k = caches.candidates, now = caches.decoded + 1, rows = index * caches.rows + row;
        const KVCache query(caches.queries, rows * model.heads + h, width, caches.time);
        const Matrix queries = kept.query.from(row * k).part(h * width, width);
        multiply(k, width, queries, query.keys, scores.part(0, query.keys.columns));
        for (int64_t c = 0; c < k; c++) append(own(rows, c, h), kept.key_value[row * k + c] + h * width);
        for (int64_t c = 0; c < k; c++)
            multiply(1, width, queries.from(c), own(rows, c, h).keys,
                     scores.from(c).part(query.keys.columns, aligned(now)));
        const int64_t first = caches.first ? caches.first[row] : 0, between = query.keys.columns;
        for (int64_t c = 0; c < k; c++)
            softmax(scores[c], between + aligned(now), model.scales[index], [&](int64_t s) {
                return s < between ? among(s, first, caches.time) : among(s - between, 0, now);
            });
        multiply(k, caches.time, scores, query.values, mixed);
        for (int64_t c = 0; c < k; c++)
            multiply(1, now, scores.from(c).part(between, now), own(rows, c, h).values, mixed.from(c), mixed.from(c));
        copy(mixed.part(0, width), k, kept.mixed.from(row * k).part(h * width, width));
    }

    KVCache own(int64_t rows, int64_t candidate, int64_t h) const {
        const int64_t sample = rows * caches.candidates + candidate;
        return {caches.own, sample * model.heads + h, model.head(), caches.length};
    }

    // A new token's key, and a model's width after it its value.
    void append(const KVCache& own, const float* key) const {
        for (int64_t j = 0; j < model.head(); j++) own.keys[j][caches.decoded] = key[j];
        const Matrix value{const_cast<float*>(key) + model.width, model.head(), 0};
        copy_wider(value, 1, own.values.from(caches.decoded));
    }
};
