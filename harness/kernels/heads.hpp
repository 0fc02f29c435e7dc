// The heads of one layer of a large model: attention alone, on all threads, in single precision from either kind of numbers.
// Each head of each row is added up in one order whatever is beside it.
#pragma once

#include <vector>

#include "blocks.hpp"
#include "kinds.hpp"

// (rows, positions, heads * width) in memory. row, position: numbers from one to the next.
struct Operand {
    void* at;
    int64_t row, position;
};

// The same fields, in the same order, as heads._Heads. width: of a head, a multiple of ALIGNED. picks: whether the queries
// stand at Rows.picks, or are all positions.
struct Heads {
    int64_t heads, width, threads;
    float scale;
    bool picks;
    Operand query, key, value;
};

template <typename Kind> struct HeadsPass {
    using number = typename Kind::number;
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
                store(to[i] + j, Kind::read(columns(from, row, head, i) + j));
            }
    }

    void write(Matrix from, const Operand& to, int64_t row, int64_t head, int64_t positions) const {
        for (int64_t i = 0; i < positions; i++)
            for (int64_t j = 0; j < of.width; j += LANES) Kind::write(columns(to, row, head, i) + j, load(from[i] + j));
    }

    void read_head(Head& head, const Sight& sight, int64_t row, int64_t index) const {
        head.query = head.query_room, head.key = head.key_room, head.value = head.value_room;
        read(of.query, row, index, sight.queries, head.query);
        read(of.key, row, index, sight.time, head.key);
        read(of.value, row, index, sight.time, head.value);
        transpose(head.key, sight.time, head.key_across);
    }

    // work(room, head, row, index) for every head of every row, with room for what `needs` takes besides.
    template <typename Needs, typename Work> void each(Needs needs, Work work) const {
        Room counting{nullptr};
        Head(counting, of.width, rows.time), needs(counting);
#pragma omp parallel num_threads(of.threads) if (of.threads > 1)
        {
            std::vector<float> memory(counting.used);
#pragma omp for collapse(2) schedule(dynamic)
            for (int64_t row = 0; row < rows.rows; row++)
                for (int64_t index = 0; index < of.heads; index++) {
                    Room room{memory.data()};
                    Head head(room, of.width, rows.time);
                    head.scale = of.scale;
                    const Sight sight = rows.sight(row, of.picks);
                    read_head(head, sight, row, index);
                    work(needs(room), head, sight, row, index);
                }
        }
    }

    struct Mixing {
        Matrix probs, mixed;
    };

    void forward(const Operand& mixed) const {
        const auto needs = [&](Room& room) {
            return Mixing{room.matrix(BLOCK_ROWS, aligned(rows.time)), room.matrix(rows.time, of.width)};
        };
        each(needs, [&](const Mixing& at, const Head& head, const Sight& sight, int64_t row, int64_t index) {
            attend(head, sight, at.probs, at.mixed);
            write(at.mixed, mixed, row, index, sight.queries);
        });
    }

    // mixed: the gradient that is given; the others are written.
    void backward(const Operand& mixed, const Operand& query, const Operand& key, const Operand& value) const {
        const auto needs = [&](Room& room) { return HeadGradients(room, of.width, rows.time); };
        each(needs, [&](const HeadGradients& to, const Head& head, const Sight& sight, int64_t row, int64_t index) {
            read(mixed, row, index, sight.queries, to.mixed);
            transpose(head.value, sight.time, head.value_across);
            attend_backward(head, sight, to);
            write(to.query, query, row, index, sight.queries);
            write(to.key, key, row, index, sight.time);
            write(to.value, value, row, index, sight.time);
        });
    }
};
