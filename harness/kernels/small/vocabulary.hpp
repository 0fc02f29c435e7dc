// Log-probabilities of tokens from hidden states, a panel of the vocabulary at a time: the logits of all tokens are never in
// memory together. Going backward they are made again.
#pragma once

#include <cmath>

#include "../common/gemm_small.hpp"
#include "../common/log_softmax.hpp"

constexpr int64_t PANEL_ROWS = 4 * BLOCK_ROWS;

// hidden: (rows, width), to be divided by the temperature. table: (size, width). tokens: (rows,).
struct Vocabulary {
    int64_t rows, width, size;
    float temperature;
    const float *hidden, *table;
    const int64_t* tokens;
};

// A panel of the output embedding, as it lies and across, both as packed right operands; short panels end with rows of 0.
struct TablePanel {
    int64_t width;
    Matrix rows;
    float *along, *across;

    TablePanel(Arena& arena, int64_t width) : width(width) {
        rows = {arena.take(PANEL_TOKENS * width), width, width};
        along = arena.take(PANEL_TOKENS * width), across = arena.take(PANEL_TOKENS * width);
    }

    void read(const Vocabulary& of, int64_t first) {
        const int64_t count = of.size - first < PANEL_TOKENS ? of.size - first : PANEL_TOKENS;
        std::memcpy(rows.at, of.table + first * width, count * width * sizeof(float));
        std::memset(rows[count], 0, (PANEL_TOKENS - count) * width * sizeof(float));
        pack(rows, PANEL_TOKENS, along);
        pack_across(rows, PANEL_TOKENS, across);
    }
};

struct VocabularyPass {
    const Vocabulary& of;
    Matrix scaled, logits, for_scaled;
    TablePanel panel;

    VocabularyPass(const Vocabulary& of, Arena& arena, bool backward) : of(of), panel(arena, of.width) {
        scaled = arena.matrix(of.rows, of.width), logits = arena.matrix(PANEL_ROWS, PANEL_TOKENS);
        if (backward) for_scaled = arena.matrix(of.rows, of.width);
    }

    void scale() const {
        for (int64_t i = 0; i < of.rows; i++)
            for (int64_t j = 0; j < of.width; j++) scaled[i][j] = of.hidden[i * of.width + j] / of.temperature;
    }

    // each(row, its logits in `count` tokens from `first` on, padded with UNSEEN), and after every block of rows
    // after(first row, rows, first, count).
    template <typename Each, typename After> void panels(Each each, After after) {
        for (int64_t first = 0; first < of.size; first += PANEL_TOKENS) {
            const int64_t count = of.size - first < PANEL_TOKENS ? of.size - first : PANEL_TOKENS;
            panel.read(of, first);
            for (int64_t top = 0; top < of.rows; top += PANEL_ROWS) {
                const int64_t rows = of.rows - top < PANEL_ROWS ? of.rows - top : PANEL_ROWS;
                multiply(rows, of.width, scaled.from(top), Right(panel.across), logits);
                for (int64_t i = 0; i < rows; i++) {
                    for (int64_t v = count; v < PANEL_TOKENS; v++) logits[i][v] = UNSEEN;
                    each(top + i, logits[i], first, count);
                }
                after(top, rows, first, count);
            }
        }
    }
};

// logprobs, entropies, normalizers: (rows,), nats; the last is the logarithm of the sum of e^logit.
inline void token_logprobs(VocabularyPass& pass, Spread* spreads, float* logprobs, float* entropies, float* normalizers) {
    const Vocabulary& of = pass.of;
    for (int64_t i = 0; i < of.rows; i++) spreads[i] = {UNSEEN, 0.0f, 0.0f}, logprobs[i] = NAN;  // of no token
    pass.scale();
    pass.panels(
        [&](int64_t i, const float* logits, int64_t first, int64_t count) {
            spreads[i].add(logits);
            const int64_t at = of.tokens[i] - first;
            if (at >= 0 && at < count) logprobs[i] = logits[at];
        },
        [](int64_t, int64_t, int64_t, int64_t) {});
    for (int64_t i = 0; i < of.rows; i++) spreads[i].finish(logprobs[i], entropies[i], normalizers[i]);
}

// grad: (rows,), of the log-probabilities. for_hidden: (rows, width), written. for_table: (size, width), added to.
inline void token_logprobs_backward(VocabularyPass& pass, const float* normalizers, const float* grad, float* for_hidden,
                                    float* for_table) {
    const Vocabulary& of = pass.of;
    const Matrix logits = pass.logits;
    pass.scale();
    for (int64_t i = 0; i < of.rows; i++) std::memset(pass.for_scaled[i], 0, of.width * sizeof(float));
    pass.panels(
        [&](int64_t i, float* row, int64_t first, int64_t count) {
            spread_backward(row, count, of.tokens[i] - first, normalizers[i], grad[i]);
        },
        [&](int64_t top, int64_t rows, int64_t first, int64_t count) {
            const Matrix scaled = pass.for_scaled.from(top), table{for_table + first * of.width, of.width, of.width};
            multiply(rows, PANEL_TOKENS, logits, Right(pass.panel.along), scaled, scaled);
            multiply(count, rows, across(logits), pass.scaled.from(top), table, table);
        });
    for (int64_t i = 0; i < of.rows; i++)
        for (int64_t j = 0; j < of.width; j++) for_hidden[i * of.width + j] = pass.for_scaled[i][j] / of.temperature;
}
