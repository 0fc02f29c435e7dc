// One layer of a row, backward.
#pragma once

#include "blocks.hpp"

struct Backward {
    const Model& model;
    float* const* gradients;  // of model.parameters
    Matrix normal, at_queries, for_normal, wide, for_wide, for_middle, for_mixed, for_query, for_key_value;
    Head head;
    HeadGradients head_gradients;

    Backward(const Model& model, float* const* gradients, int64_t time, Arena& arena)
        : model(model), gradients(gradients), head(arena, model.head(), time), head_gradients(arena, model.head(), time) {
        for (Matrix* one : {&normal, &at_queries, &for_normal, &for_middle, &for_mixed, &for_query})
            *one = arena.matrix(time, model.width);
        wide = arena.matrix(time, 4 * model.width), for_wide = arena.matrix(time, 4 * model.width);
        for_key_value = arena.matrix(time, 2 * model.width);
    }

    // grad: (queries, width), of the layer's output. for_input: (time, width), written.
    void layer(int64_t index, const AttentionMask& mask, const Packed& weights_across, const Kept& kept, Matrix grad,
               Matrix for_input) {
        float *const *p = model.layer(index), *const *g = gradients + index * PARAMETERS;
        feed_forward(p, g, mask.queries, weights_across, kept, grad);
        attention(p, g, model.scales[index], mask, weights_across, kept);
        if (mask.picks) {
            for (int64_t t = 0; t < mask.time; t++) std::memset(for_input[t], 0, model.width * sizeof(float));
            add_at_picks(for_middle, mask, for_input);
        } else {
            copy(for_middle, mask.time, for_input);
        }
        normalize_backward(kept.input, for_normal, mask.time, {p[NORM_1], p[NORM_1_BIAS]}, model.epsilon, for_input,
                           {g[NORM_1], g[NORM_1_BIAS]});
    }

    // The other way round of `picked`.
    static void add_at_picks(Matrix from, const AttentionMask& mask, Matrix to) {
        for (int64_t i = 0; i < mask.queries; i++)
            for (int64_t j = 0; j < from.columns; j++) to[mask.picks[i]][j] += from[i][j];
    }

    // Of in · weight + bias: adds to the gradients of both.
    static void weight(Matrix in, Matrix grad, int64_t rows, Matrix for_weight, float* for_bias) {
        multiply(in.columns, rows, across(in), grad, for_weight, for_weight);
        add_column_sums(grad, rows, for_bias);
    }

    // -> for_middle.
    void feed_forward(float* const* p, float* const* g, int64_t rows, const Packed& weights_across, const Kept& kept,
                      Matrix grad) {
        const int64_t width = model.width;
        multiply(rows, width, grad, Right(weights_across.narrow), for_wide);
        gelu_backward(kept.wide, rows, wide, for_wide);
        weight(wide, grad, rows, {g[NARROW], width, width}, g[NARROW_BIAS]);
        normalize(kept.middle, rows, {p[NORM_2], p[NORM_2_BIAS]}, model.epsilon, normal);
        weight(normal, for_wide, rows, {g[WIDEN], 4 * width, 4 * width}, g[WIDEN_BIAS]);
        multiply(rows, 4 * width, for_wide, Right(weights_across.widen), for_normal);
        copy(grad, rows, for_middle);
        normalize_backward(kept.middle, for_normal, rows, {p[NORM_2], p[NORM_2_BIAS]}, model.epsilon, for_middle,
                           {g[NORM_2], g[NORM_2_BIAS]});
    }

    // for_middle -> for_normal, the gradient of the normalised input, (time, width).
    void attention(float* const* p, float* const* g, float scale, const AttentionMask& mask, const Packed& weights_across,
                   const Kept& kept) {
        const int64_t width = model.width;
        weight(kept.mixed, for_middle, mask.queries, {g[PROJECTION], width, width}, g[PROJECTION_BIAS]);
        multiply(mask.queries, width, for_middle, Right(weights_across.projection), for_mixed);
        head.scale = scale;
        for (int64_t h = 0; h < model.heads; h++) heads_backward(h, mask, kept);
        normalize(kept.input, mask.time, {p[NORM_1], p[NORM_1_BIAS]}, model.epsilon, normal);
        const Matrix for_qkv{g[QKV], 3 * width, 3 * width};
        weight(picked(normal, mask, at_queries), for_query, mask.queries, for_qkv.part(0, width), g[QKV_BIAS]);
        weight(normal, for_key_value, mask.time, for_qkv.part(width, 2 * width), g[QKV_BIAS] + width);
        multiply(mask.time, 2 * width, for_key_value, Right(weights_across.key_value), for_normal);
        if (!mask.picks) {
            multiply(mask.time, width, for_query, Right(weights_across.query), for_normal, for_normal);
            return;
        }
        multiply(mask.queries, width, for_query, Right(weights_across.query), at_queries);
        add_at_picks(at_queries, mask, for_normal);
    }

    void heads_backward(int64_t index, const AttentionMask& mask, const Kept& kept) {
        const int64_t first = index * head.width;
        const auto own = [&](Matrix of, int64_t from) { return of.part(from + first, head.width); };
        read_head(head, mask, kept, index, true);
        const Matrix query = own(for_query, 0), key = own(for_key_value, 0), value = own(for_key_value, model.width);
        HeadGradients to = head_gradients;
        to.mixed = widened(own(for_mixed, 0), mask.queries, to.mixed);
        to.query = whole_or(query, to.query), to.key = whole_or(key, to.key), to.value = whole_or(value, to.value);
        attend_backward(head, mask, to);
        if (to.query.at == query.at) return;
        copy(to.query.part(0, head.width), mask.queries, query);
        copy(to.key.part(0, head.width), mask.time, key);
        copy(to.value.part(0, head.width), mask.time, value);
    }
};
