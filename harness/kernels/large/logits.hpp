// Log-probabilities of tokens from logits that are in memory, as large models have them; rows on all threads.
#pragma once

#include "../common/log_softmax.hpp"
#include "dtypes.hpp"

// logits: (rows, size). tokens: (rows,).
struct Logits {
    int64_t rows, size, threads;
    const void* logits;
    const int64_t* tokens;
};

template <typename Dtype> struct LogitsPass {
    using number = typename Dtype::number;
    const Logits& of;

    // each(row, first, count, logits of `count` tokens from `first` on, padded with UNSEEN).
    template <typename Each> void panels(Each each) const {
#pragma omp parallel for num_threads(of.threads) if (of.threads > 1)
        for (int64_t i = 0; i < of.rows; i++)
            for (int64_t first = 0; first < of.size; first += PANEL_TOKENS) {
                const int64_t count = of.size - first < PANEL_TOKENS ? of.size - first : PANEL_TOKENS;
                number numbers[PANEL_TOKENS] = {};
                std::memcpy(numbers, static_cast<const number*>(of.logits) + i * of.size + first, count * sizeof(number));
                float logits[PANEL_TOKENS];
                for (int64_t v = 0; v < PANEL_TOKENS; v += LANES) store(logits + v, Dtype::read(numbers + v));
                for (int64_t v = count; v < PANEL_TOKENS; v++) logits[v] = UNSEEN;
                each(i, first, count, logits);
            }
    }

    // spreads: workspace. The rest: (rows,), nats; normalizers: the logarithm of the sum of e^logit.
    void forward(Spread* spreads, float* logprobs, float* entropies, float* normalizers) const {
        panels([=](int64_t i, int64_t first, int64_t count, const float* logits) {
            if (first == 0) spreads[i] = {UNSEEN, 0.0f, 0.0f}, logprobs[i] = NAN;  // of no token
            spreads[i].add(logits);
            const int64_t at = of.tokens[i] - first;
            if (at >= 0 && at < count) logprobs[i] = logits[at];
        });
        for (int64_t i = 0; i < of.rows; i++) spreads[i].finish(logprobs[i], entropies[i], normalizers[i]);
    }

    // grad: (rows,), of the log-probabilities. to: (rows, size), of the logits.
    void backward(const float* normalizers, const float* grad, number* to) const {
        panels([=](int64_t i, int64_t first, int64_t count, float* logits) {
            spread_backward(logits, count, of.tokens[i] - first, normalizers[i], grad[i]);
            number numbers[PANEL_TOKENS];
            for (int64_t v = 0; v < PANEL_TOKENS; v += LANES) Dtype::write(numbers + v, load(logits + v));
            std::memcpy(to + i * of.size + first, numbers, count * sizeof(number));
        });
    }
};
