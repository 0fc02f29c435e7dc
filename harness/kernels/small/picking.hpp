// One token from each distribution, by its chance, as harness/models/picking.py finds it.
#pragma once

#include "vocabulary.hpp"

constexpr int64_t BLOCK_TOKENS = 64;

// states: hidden states; each: tokens from every one of them. size: of the vocabulary.
struct Picking {
    int64_t states, each, width, size;
    float temperature;
    const float* table;  // pack_table's

    int64_t panels() const { return (size + PANEL_TOKENS - 1) / PANEL_TOKENS; }
    // States whose logits are made together: half a mebibyte of them, which stays in the cache, or a block.
    int64_t together() const {
        const int64_t fit = (int64_t{1} << 17) / (panels() * PANEL_TOKENS);
        return fit > BLOCK_ROWS ? fit : BLOCK_ROWS;
    }
};

// The output embedding, (size, width), across, panel by panel.
inline void pack_table(const float* table, int64_t size, int64_t width, float* to, Arena& arena) {
    const Vocabulary of{0, width, size, 1.0f, nullptr, table, nullptr};
    TablePanel panel(arena, width);
    for (int64_t first = 0; first < size; first += PANEL_TOKENS) {
        panel.read(of, first);
        std::memcpy(to + first * width, panel.across, PANEL_TOKENS * width * sizeof(float));
    }
}

// A distribution as weights that are not yet divided by their sum, which is taken in single precision over blocks and in
// double over their sums.
struct Distribution {
    const float* weights;
    double* sums;  // of blocks
    int64_t blocks;
    double total;
    float single;

    Distribution(float* logits, int64_t padded, double* sums) : weights(logits), sums(sums) {
        vec best = splat(UNSEEN), all{};
        for (int64_t v = 0; v < padded; v += LANES) best = larger(best, load(logits + v));
        const float highest = largest_of(best);
        blocks = padded / BLOCK_TOKENS, total = 0.0;
        for (int64_t block = 0; block < blocks; block++) {
            vec sum{};
            for (int64_t v = block * BLOCK_TOKENS; v < (block + 1) * BLOCK_TOKENS; v += LANES) {
                const vec logit = load(logits + v), weight = logit > splat(UNSEEN) ? exponential(logit - highest) : vec{};
                store(logits + v, weight);
                sum += weight;
            }
            all += sum;
            total += sums[block] = sum_of(sum);
        }
        single = sum_of(all);
    }

    // The token at which the cumulative distribution passes the chance: one of weight 0 never is. Of logits that are no
    // numbers the first, whose log-probability is none, either.
    int64_t at(double chance) const {
        if (!(total > 0.0)) return 0;
        const double threshold = chance * total;
        double before = 0.0;
        int64_t block = 0;
        while (block + 1 < blocks && before + sums[block] <= threshold) before += sums[block++];
        while (sums[block] == 0.0) block--;
        int64_t last = block * BLOCK_TOKENS;
        for (int64_t v = last; v < (block + 1) * BLOCK_TOKENS; v++) {
            if (weights[v] == 0.0f) continue;
            last = v;
            before += weights[v];
            if (before > threshold) break;
        }
        return last;
    }
};

// hidden: (states, width). chance, tokens, logprobs: (states, each).
inline void pick(const Picking& of, const float* hidden, const double* chance, int64_t* tokens, float* logprobs,
                 Matrix scaled, Matrix logits, double* sums) {
    for (int64_t top = 0; top < of.states; top += of.together()) {
        const int64_t rows = of.states - top < of.together() ? of.states - top : of.together();
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < of.width; j++) scaled[i][j] = hidden[(top + i) * of.width + j] / of.temperature;
        for (int64_t first = 0; first < logits.columns; first += PANEL_TOKENS)
            multiply(rows, of.width, scaled, Right(of.table + first * of.width), logits.part(first, PANEL_TOKENS));
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t v = of.size; v < logits.columns; v++) logits[i][v] = UNSEEN;
            const Distribution here(logits[i], logits.columns, sums);
            for (int64_t c = (top + i) * of.each; c < (top + i + 1) * of.each; c++) {
                tokens[c] = here.at(chance[c]);
                logprobs[c] = std::log(here.weights[tokens[c]] / here.single);
            }
        }
    }
}
