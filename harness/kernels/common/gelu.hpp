// The activation of GPT-2 and its slope, on one vector.
#pragma once

#include "vector.hpp"

// GPT-2's activation, gelu in its tanh form, written x·σ(x·(SLOPE + CUBIC·x²)).
constexpr float SLOPE = 1.5957691216f;  // 2 √(2/π)
constexpr float CUBIC = 0.044715f * SLOPE;

inline vec gelu_share(vec x) { return reciprocal(1.0f + exponential(-x * (x * x * CUBIC + SLOPE))); }

inline vec gelu_slope(vec x, vec share) {
    return share + x * share * (1.0f - share) * (x * x * (3.0f * CUBIC) + SLOPE);
}

inline vec gelu_slope(vec x) { return gelu_slope(x, gelu_share(x)); }
