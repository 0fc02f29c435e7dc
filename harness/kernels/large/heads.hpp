// The attention of all heads of one layer of a large model, on all threads, in single precision from either dtype.
// Each head of each row is added up in one order whatever is beside it.
#pragma once

#include <vector>

#include "../common/attention.hpp"
#include "dtypes.hpp"

// (rows, positions, heads * width) in memory. row, position: numbers from one to the next.
struct Operand {
    void* at;
    int64_t row, position;
};

// The same fields, in the same order, as heads.NativeHeads. width: of a head, a multiple of ALIGNED. picks: whether the queries
// stand at Rows.picks, or are all positions.
struct Heads {
    int64_t heads, width, threads;
    float scale;
    bool picks;
    Operand query, key, value;
};

template <typename Dtype> struct HeadsPass {
    using number = typename Dtype::number;
    static constexpr int64_t AHEAD = 8;  // positions: they lie too far apart for the processor to see them coming
    const Heads& of;
    const Rows& rows;

    number* columns(const Operand& from, int64_t row, int64_t head, int64_t position) const {
        return static_cast<number*>(from.at) + row * from.row + position * from.position + head * of.width;
    }

    void read(const Operand& from, int64_t row, int64_t head, int64_t positions, Matrix to) const {
        for (int64_t i = 0; i < positions; i++)
            for (int64_t j = 0; j < of.width; j += LANES) {
                __builtin_prefetch(columns(from, row, head, i + AHEAD) + j);
                store(to[i] + j, Dtype::read(columns(from, row, head, i) + j));
            }
    }

    void write(Matrix from, const Operand& to, int64_t row, int64_t head, int64_t positions) const {
        for (int64_t i = 0; i < positions; i++)
            for (int64_t j = 0; j < of.width; j += LANES) Dtype::write(columns(to, row, head, i) + j, load(from[i] + j));
    }

    void read_head(Head& head, const AttentionMask& mask, int64_t row, int64_t index) const {
        head.query = head.query_workspace, head.key = head.key_workspace, head.value = head.value_workspace;
        read(of.query, row, index, mask.queries, head.query);
        read(of.key, row, index, mask.time, head.key);
        read(of.value, row, index, mask.time, head.value);
        transpose(head.key, mask.time, head.key_across);
    }

    // work(workspace, head, mask, row, index) for every head of every row; `needs` takes the workspace from an arena.
    template <typename Needs, typename Work> void each(Needs needs, Work work) const {
        Arena counting{nullptr};
        Head(counting, of.width, rows.time), needs(counting);
#pragma omp parallel num_threads(of.threads) if (of.threads > 1)
        {
            std::vector<float> memory(counting.used);
#pragma omp for collapse(2) schedule(dynamic)
            for (int64_t row = 0; row < rows.rows; row++)
                for (int64_t index = 0; index < of.heads; index++) {
                    Arena arena{memory.data()};
                    Head head(arena, of.width, rows.time);
                    head.scale = of.scale;
                    const AttentionMask mask = rows.mask(row, of.picks);
                    read_head(head, mask, row, index);
                    work(needs(arena), head, mask, row, index);
                }
        }
    }

    struct Mixing {
        Matrix probs, mixed;
    };

    void forward(const Operand& mixed) const {
        const auto needs = [&](Arena& arena) {
            return Mixing{arena.matrix(BLOCK_ROWS, aligned(rows.time)), arena.matrix(rows.time, of.width)};
        };
        each(needs, [&](const Mixing& at, const Head& head, const AttentionMask& mask, int64_t row, int64_t index) {
            attend(head, mask, at.probs, at.mixed);
            write(at.mixed, mixed, row, index, mask.queries);
        });
    }

    // mixed: the gradient that is given; the others are written.
    void backward(const Operand& mixed, const Operand& query, const Operand& key, const Operand& value) const {
        const auto needs = [&](Arena& arena) { return HeadGradients(arena, of.width, rows.time); };
        each(needs, [&](const HeadGradients& to, const Head& head, const AttentionMask& mask, int64_t row, int64_t index) {
            read(mixed, row, index, mask.queries, to.mixed);
            transpose(head.value, mask.time, head.value_across);
            attend_backward(head, mask, to);
            write(to.query, query, row, index, mask.queries);
            write(to.key, key, row, index, mask.time);
            write(to.value, value, row, index, mask.time);
        });
    }
};
