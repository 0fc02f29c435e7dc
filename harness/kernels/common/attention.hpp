// Attention of one head of one row, in which no token sees a later one; probabilities are made again going backward.
#pragma once

#include "attention_mask.hpp"
#include "gemm_small.hpp"

// (rows, n) -> (n, to.columns), columns after `rows` of 0. to.columns: a multiple of ALIGNED.
inline void transpose(Matrix from, int64_t rows, Matrix to) {
    const int64_t whole = from.columns / LANES * LANES;
    for (int64_t i = 0; i < to.columns; i += LANES) {
        for (int64_t j = 0; j < whole; j += LANES) {
            vec square[LANES];
            for (int64_t k = 0; k < LANES; k++) square[k] = i + k < rows ? load(from[i + k] + j) : vec{};
            transpose(square);
            for (int64_t k = 0; k < LANES; k++) store(to[j + k] + i, square[k]);
        }
        for (int64_t j = whole; j < from.columns; j++)
            for (int64_t k = 0; k < LANES; k++) to[j][i + k] = i + k < rows ? from[i + k][j] : 0.0f;
    }
}

// Scores of `padded` keys, in place, to probabilities of those that `seen` counts, given the first of a vector of keys: the
// others' are 0, and so are all where none counts.
template <typename Seen> void softmax(float* scores, int64_t padded, float scale, Seen seen) {
    const vec unseen = splat(UNSEEN);
    vec best = unseen;
    for (int64_t s = 0; s < padded; s += LANES) {
        const vec score = seen(s) ? load(scores + s) * scale : unseen;
        store(scores + s, score);
        best = larger(best, score);
    }
    const float highest = largest_of(best);
    vec sum{};
    for (int64_t s = 0; s < padded; s += LANES) {
        const vec score = load(scores + s);
        const vec weight = score > unseen ? exponential(score - highest) : vec{};
        store(scores + s, weight);
        sum += weight;
    }
    const float total = sum_of(sum), share = total > 0.0f ? 1.0f / total : 0.0f;
    for (int64_t s = 0; s < padded; s += LANES) store(scores + s, load(scores + s) * share);
}

// Which of a vector of keys, the first of them s, stand in first..last - 1.
inline ivec among(int64_t s, int64_t first, int64_t last) {
    const ivec key = counting() + static_cast<int32_t>(s);
    return (key >= static_cast<int32_t>(first)) & (key < static_cast<int32_t>(last));
}

// The same where besides `visible` has a byte for every key.
inline ivec among_visible(int64_t s, int64_t last, const uint8_t* visible) {
    if (s + LANES <= last) return __builtin_convertvector(*reinterpret_cast<const bytes*>(visible + s), ivec) != 0;
    ivec found{};
    for (int lane = 0; s + lane < last; lane++) found[lane] = visible[s + lane] ? -1 : 0;
    return found;
}

// One head's operands: (tokens, aligned(width)), and the keys and values also across, (width, aligned(tokens)).
struct Head {
    int64_t width;
    Matrix query, key, value, key_across, value_across;
    Matrix query_workspace, key_workspace, value_workspace;
    float scale;

    Head(Arena& arena, int64_t width, int64_t time) : width(width), scale(1.0f) {
        query_workspace = arena.matrix(time, aligned(width)), key_workspace = arena.matrix(time, aligned(width));
        value_workspace = arena.matrix(time, aligned(width));
        key_across = arena.matrix(width, aligned(time)), value_across = arena.matrix(width, aligned(time));
    }
};

// Probabilities of queries first..last - 1, 0 for the keys they do not see.
inline void probabilities(const Head& head, const AttentionMask& mask, int64_t first, int64_t last, Matrix to) {
    const int64_t padded = aligned(mask.keys(first, last));
    multiply(last - first, head.width, head.query.from(first), head.key_across, to.part(0, padded));
    for (int64_t i = first; i < last; i++) {
        float* scores = to[i - first];
        const int64_t seen = mask.place(i) + 1;
        if (mask.visible) {
            const uint8_t* visible = mask.visible + mask.place(i) * mask.time;
            softmax(scores, padded, head.scale, [=](int64_t s) { return among_visible(s, seen, visible); });
        } else {
            softmax(scores, padded, head.scale, [=](int64_t s) { return among(s, 0, seen); });
        }
        std::memset(scores + padded, 0, (to.columns - padded) * sizeof(float));
    }
}

// probs: workspace of BLOCK_ROWS rows.
inline void attend(const Head& head, const AttentionMask& mask, Matrix probs, Matrix mixed) {
    for (int64_t first = 0; first < mask.queries; first += BLOCK_ROWS) {
        const int64_t last = first + BLOCK_ROWS < mask.queries ? first + BLOCK_ROWS : mask.queries;
        probabilities(head, mask, first, last, probs);
        multiply(last - first, mask.keys(first, last), probs, head.value, mixed.from(first));
    }
}

// Of probabilities p, in place: the gradient of the scores behind them from that of p.
inline void softmax_backward(const float* p, int64_t padded, float scale, float* grad) {
    vec sum{};
    for (int64_t s = 0; s < padded; s += LANES) sum += load(p + s) * load(grad + s);
    const float mean = sum_of(sum);
    for (int64_t s = 0; s < padded; s += LANES) store(grad + s, load(p + s) * (load(grad + s) - mean) * scale);
}

struct HeadGradients {
    Matrix mixed;               // given
    Matrix query, key, value;   // written
    Matrix probs, scores;       // workspace, (queries, aligned(time))

    HeadGradients(Arena& arena, int64_t width, int64_t time) {
        mixed = arena.matrix(time, aligned(width)), query = arena.matrix(time, aligned(width));
        key = arena.matrix(time, aligned(width)), value = arena.matrix(time, aligned(width));
        probs = arena.matrix(time, aligned(time)), scores = arena.matrix(time, aligned(time));
    }
};

inline void attend_backward(const Head& head, const AttentionMask& mask, const HeadGradients& to) {
    for (int64_t first = 0; first < mask.queries; first += BLOCK_ROWS) {
        const int64_t last = first + BLOCK_ROWS < mask.queries ? first + BLOCK_ROWS : mask.queries;
        const int64_t keys = mask.keys(first, last), padded = aligned(keys);
        probabilities(head, mask, first, last, to.probs.from(first));
        multiply(last - first, head.width, to.mixed.from(first), head.value_across, to.scores.from(first).part(0, padded));
        for (int64_t i = first; i < last; i++) {
            softmax_backward(to.probs[i], padded, head.scale, to.scores[i]);
            std::memset(to.scores[i] + padded, 0, (to.scores.columns - padded) * sizeof(float));
        }
        multiply(last - first, keys, to.scores.from(first), head.key, to.query.from(first));
    }
    int64_t from = 0;  // the first query that sees any of these keys
    for (int64_t key = 0; key < mask.time; key += BLOCK_ROWS) {
        const int64_t count = key + BLOCK_ROWS < mask.time ? BLOCK_ROWS : mask.time - key;
        while (from < mask.queries && mask.place(from) < key) from++;
        const int64_t rest = mask.queries - from;
        multiply(count, rest, across(to.scores.from(from).part(key, count)), head.query.from(from), to.key.from(key));
        multiply(count, rest, across(to.probs.from(from).part(key, count)), to.mixed.from(from), to.value.from(key));
    }
}
