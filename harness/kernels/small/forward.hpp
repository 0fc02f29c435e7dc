// One layer of a row, forward.
#pragma once

#include "blocks.hpp"

struct Forward {
    const Model& model;
    Matrix normal, at_queries, wide, probs, mixed;
    Head head;

    Forward(const Model& model, int64_t time, Arena& arena) : model(model), head(arena, model.head(), time) {
        normal = arena.matrix(time, model.width), at_queries = arena.matrix(time, model.width);
        wide = arena.matrix(time, 4 * model.width);
        probs = arena.matrix(BLOCK_ROWS, aligned(time)), mixed = arena.matrix(time, aligned(head.width));
    }

    // kept.input -> out, (queries, width).
    void layer(int64_t index, const AttentionMask& mask, const Packed& packed, const Kept& kept, Matrix out) {
        before_attention(index, mask, packed, kept);
        head.scale = model.scales[index];
        for (int64_t h = 0; h < model.heads; h++) {
            read_head(head, mask, kept, h, false);
            const Matrix own = kept.mixed.part(h * head.width, head.width), whole = whole_or(own, mixed);
            attend(head, mask, probs, whole);
            if (whole.at != own.at) copy(whole.part(0, head.width), mask.queries, own);
        }
        after_attention(index, mask, packed, kept, out);
    }

    // kept.input -> kept.query and kept.key_value.
    void before_attention(int64_t index, const AttentionMask& mask, const Packed& packed, const Kept& kept) {
        float* const* p = model.layer(index);
        normalize(kept.input, mask.time, {p[NORM_1], p[NORM_1_BIAS]}, model.epsilon, normal);
        multiply(mask.queries, model.width, picked(normal, mask, at_queries), Right(packed.query), kept.query, p[QKV_BIAS]);
        multiply(mask.time, model.width, normal, Right(packed.key_value), kept.key_value, p[QKV_BIAS] + model.width);
    }

    // kept.mixed -> out.
    void after_attention(int64_t index, const AttentionMask& mask, const Packed& packed, const Kept& kept, Matrix out) {
        float* const* p = model.layer(index);
        const int64_t queries = mask.queries, width = model.width;
        add_row(picked(kept.input, mask, at_queries), p[PROJECTION_BIAS], queries, kept.middle);
        multiply(queries, width, kept.mixed, Right(packed.projection), kept.middle, kept.middle);
        normalize(kept.middle, queries, {p[NORM_2], p[NORM_2_BIAS]}, model.epsilon, normal);
        multiply(queries, width, normal, Right(packed.widen), kept.wide, p[WIDEN_BIAS]);
        gelu(kept.wide, queries, wide);
        add_row(kept.middle, p[NARROW_BIAS], queries, out);
        multiply(queries, 4 * width, wide, Right(packed.narrow), out, out);
    }
};
