// The logarithm of a softmax, taken a panel of the vocabulary at a time.
#pragma once

#include <cmath>

#include "vector.hpp"

constexpr int64_t PANEL_TOKENS = 256;

// What is known of a row's logits so far: the largest, and of all, as seen from there, the sum of e^logit and the sum of
// e^logit · logit.
struct Spread {
    float highest, total, weighted;

    void add(const float* logits) {
        vec best = splat(highest);
        for (int64_t v = 0; v < PANEL_TOKENS; v += LANES) best = larger(best, load(logits + v));
        const float now = largest_of(best);
        vec sum{}, products{};
        for (int64_t v = 0; v < PANEL_TOKENS; v += LANES) {
            const vec logit = load(logits + v), weight = logit > splat(UNSEEN) ? exponential(logit - now) : vec{};
            sum += weight;
            products += weight * (logit - now);
        }
        const float faded = std::exp(highest - now);
        // (logit - now) = (logit - highest) + (highest - now), for what was added before.
        weighted = faded * (total > 0.0f ? weighted + total * (highest - now) : 0.0f) + sum_of(products);
        total = faded * total + sum_of(sum);
        highest = now;
    }

    // logprob: the token's logit, made its log-probability.
    void finish(float& logprob, float& entropy, float& normalizer) const {
        const float log_total = std::log(total);
        entropy = log_total - weighted / total;
        normalizer = highest + log_total;
        logprob = (logprob - highest) - log_total;
    }
};

// Logits of `count` tokens, in place: their gradients from that of the log-probability of one, `at` if it is among them.
inline void spread_backward(float* logits, int64_t count, int64_t at, float normalizer, float grad) {
    for (int64_t v = 0; v < PANEL_TOKENS; v += LANES)
        store(logits + v, exponential(load(logits + v) - normalizer) * -grad);
    std::memset(logits + count, 0, (PANEL_TOKENS - count) * sizeof(float));
    if (at >= 0 && at < count) logits[at] += grad;
}
