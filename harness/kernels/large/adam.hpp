// A step of Adam on single-precision weights behind bfloat16 ones, in one pass over memory.
#pragma once

#include "dtypes.hpp"

// What a step has for all weights. rate: over the first moment's bias correction. correction: 1 over the root of the
// second's. keep: 1 - rate * weight decay, with the rate as it was given.
struct AdamStep {
    float rate, keep, first, second, correction, epsilon;
};

// Where a piece of the weights stands. half: the bfloat16 ones, written.
template <typename Gradient> struct AdamPiece {
    const typename Gradient::number* gradient;
    float *weight, *first, *second;
    uint16_t* half;

    void step(const AdamStep& of, int64_t j) const {
        const vec g = Gradient::read(gradient + j), before = load(first + j);
        const vec m = before + (1.0f - of.first) * (g - before);
        const vec v = of.second * load(second + j) + (1.0f - of.second) * g * g;
        const vec w = of.keep * load(weight + j) - of.rate * m / (root(v) * of.correction + of.epsilon);
        store(first + j, m);
        store(second + j, v);
        store(weight + j, w);
        BFloat16::write(half + j, w);
    }
};

template <typename Gradient> void adam_all(const AdamStep& of, const AdamPiece<Gradient>& all, int64_t count, int64_t threads) {
    in_pieces(count, threads, [&](int64_t from, int64_t to) {
        int64_t j = from;
        for (; j + LANES <= to; j += LANES) all.step(of, j);
        if (j == to) return;
        typename Gradient::number gradient[LANES] = {};
        float weight[LANES] = {}, first[LANES] = {}, second[LANES] = {};
        uint16_t half[LANES];
        const AdamPiece<Gradient> padded{gradient, weight, first, second, half};
        const auto move = [&](auto* here, auto* there) { std::memcpy(here, there, (to - j) * sizeof *here); };
        move(gradient, all.gradient + j), move(weight, all.weight + j);
        move(first, all.first + j), move(second, all.second + j);
        padded.step(of, 0);
        move(all.weight + j, weight), move(all.first + j, first), move(all.second + j, second), move(all.half + j, half);
    });
}
