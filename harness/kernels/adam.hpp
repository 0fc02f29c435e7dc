// A step of Adam on single-precision weights, and their rounding where they are computed with in bfloat16, in one pass over
// memory.
#pragma once

#include "elementwise.hpp"

// rate: over the first moment's bias correction. correction: 1 over the root of the second's. keep: 1 - rate * weight decay,
// with the rate as it was given. gradient: bfloat16 if half_gradient. half: the weights in bfloat16, written, or null.
struct AdamStep {
    float rate, keep, first_decay, second_decay, correction, epsilon;
    bool half_gradient;
    int64_t count;
    const void* gradient;
    float *weight, *first, *second;
    uint16_t* half;
};

template <typename Gradient> void adam_vector(const AdamStep& of, int64_t j) {
    const vec g = Gradient::read(static_cast<const typename Gradient::number*>(of.gradient) + j), before = load(of.first + j);
    const vec m = before + (1.0f - of.first_decay) * (g - before);
    const vec v = of.second_decay * load(of.second + j) + (1.0f - of.second_decay) * g * g;
    const vec w = of.keep * load(of.weight + j) - of.rate * m / (root(v) * of.correction + of.epsilon);
    store(of.first + j, m);
    store(of.second + j, v);
    store(of.weight + j, w);
    if (of.half) Half::write(of.half + j, w);
}

// What is left of the last vector, on copies of a whole one.
template <typename Gradient> void adam_rest(const AdamStep& of, int64_t j) {
    using number = typename Gradient::number;
    number gradient[LANES] = {};
    float weight[LANES] = {}, first[LANES] = {}, second[LANES] = {};
    uint16_t half[LANES];
    const auto copied = [&](auto* to, const auto* from) { std::memcpy(to, from, (of.count - j) * sizeof *to); };
    AdamStep padded = of;
    padded.gradient = gradient, padded.weight = weight, padded.first = first, padded.second = second;
    padded.half = of.half ? half : nullptr;
    copied(gradient, static_cast<const number*>(of.gradient) + j), copied(weight, of.weight + j);
    copied(first, of.first + j), copied(second, of.second + j);
    adam_vector<Gradient>(padded, 0);
    copied(of.weight + j, weight), copied(of.first + j, first), copied(of.second + j, second);
    if (of.half) copied(of.half + j, half);
}

template <typename Gradient> void adam_all(const AdamStep& of, int64_t threads) {
    in_pieces(of.count, threads, [&](int64_t from, int64_t to) {
        int64_t j = from;
        for (; j + LANES <= to; j += LANES) adam_vector<Gradient>(of, j);
        if (j < to) adam_rest<Gradient>(of, j);
    });
}
