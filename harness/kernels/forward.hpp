// One layer of a row, forward.
#pragma once

#include "blocks.hpp"

struct Forward {
    const Model& model;
    Matrix normal, asking, wide, probs, mixed;
    Head head;

    Forward(const Model& model, int64_t time, Room& room) : model(model), head(room, model.head(), time) {
        normal = room.matrix(time, model.width), asking = room.matrix(time, model.width);
        wide = room.matrix(time, 4 * model.width);
        probs = room.matrix(BLOCK_ROWS, aligned(time)), mixed = room.matrix(time, aligned(head.width));
    }

    // kept.input -> out, (queries, width).
    void layer(int64_t index, const Sight& sight, const Packed& packed, const Kept& kept, Matrix out) {
        ask(index, sight, packed, kept);
        head.scale = model.scales[index];
        for (int64_t h = 0; h < model.heads; h++) {
            read_head(head, sight, kept, h, false);
            const Matrix own = kept.mixed.part(h * head.width, head.width), whole = whole_or(own, mixed);
            attend(head, sight, probs, whole);
            if (whole.at != own.at) copy(whole.part(0, head.width), sight.queries, own);
        }
        answer(index, sight, packed, kept, out);
    }

    // kept.input -> kept.query and kept.key_value.
    void ask(int64_t index, const Sight& sight, const Packed& packed, const Kept& kept) {
        float* const* p = model.layer(index);
        normalize(kept.input, sight.time, {p[NORM_1], p[NORM_1_BIAS]}, model.epsilon, normal);
        multiply(sight.queries, model.width, picked(normal, sight, asking), Right(packed.query), kept.query, p[QKV_BIAS]);
        multiply(sight.time, model.width, normal, Right(packed.key_value), kept.key_value, p[QKV_BIAS] + model.width);
    }

    // kept.mixed -> out.
    void answer(int64_t index, const Sight& sight, const Packed& packed, const Kept& kept, Matrix out) {
        float* const* p = model.layer(index);
        const int64_t queries = sight.queries, width = model.width;
        add_row(picked(kept.input, sight, asking), p[PROJECTION_BIAS], queries, kept.middle);
        multiply(queries, width, kept.mixed, Right(packed.projection), kept.middle, kept.middle);
        normalize(kept.middle, queries, {p[NORM_2], p[NORM_2_BIAS]}, model.epsilon, normal);
        multiply(queries, width, normal, Right(packed.widen), kept.wide, p[WIDEN_BIAS]);
        gelu(kept.wide, queries, wide);
        add_row(kept.middle, p[NARROW_BIAS], queries, out);
        multiply(queries, 4 * width, wide, Right(packed.narrow), out, out);
    }
};
