// The blocks of a GPT-2-shaped model on one thread: row by row through all layers, so that what a row needs stays in the
// processor's caches. And what large models pass over memory for, on all threads. Called from the modules beside it.

#include "adam.hpp"
#include "backward.hpp"
#include "decode.hpp"
#include "elementwise.hpp"
#include "few_tiled.hpp"
#include "heads.hpp"
#include "logits.hpp"
#include "picking.hpp"
#include "tiled.hpp"

namespace {

Matrix dense(const float* at, int64_t columns) { return {const_cast<float*>(at), columns, columns}; }

}  // namespace

extern "C" {

int64_t packed_numbers(const Model* model) { return model->layers * Packed::numbers(model->width); }

// Numbers that `forward` keeps of one row for `backward`.
int64_t kept_numbers(const Model* model, const Rows* rows) { return KeptRow::numbers(*model, *rows, true); }

int64_t forward_room(const Model* model, const Rows* rows) {
    Room room{nullptr};
    Forward(*model, rows->time, room);
    return room.used + KeptRow::numbers(*model, *rows, false);
}

int64_t backward_room(const Model* model, const Rows* rows) {
    Room room{nullptr};
    Backward(*model, nullptr, rows->time, room);
    for (int i = 0; i < 2; i++) room.matrix(rows->time, model->width);
    return room.used;
}

int64_t decode_room(const Model* model, const Cache* cache) {
    Room room{nullptr};
    Decode(*model, *cache, room);
    return room.used;
}

// Numbers of Cache.queries for each layer and row.
int64_t query_numbers(const Model* model, const Cache* cache) {
    return model->heads * Held::numbers(model->head(), cache->time);
}

// Numbers of Cache.own for each layer and row.
int64_t own_numbers(const Model* model, const Cache* cache) {
    return cache->candidates * model->heads * Held::numbers(model->head(), cache->length);
}

// packed: packed_numbers, for `forward` and `decode`, or for `backward`.
void pack_weights(const Model* model, bool for_backward, float* packed) {
    for (int64_t l = 0; l < model->layers; l++)
        Packed(packed, model->width, l).fill(model->layer(l), model->width, for_backward);
}

// x: (rows, time, width), embedded. out: (rows, picked, width), normalised hidden states. kept: (rows, kept_numbers) or
// null. queries: Cache.queries to be filled, or null.
void forward(const Model* model, const Rows* rows, const float* packed, const float* x, float* out, float* kept,
             float* queries, float* scratch) {
    Room room{scratch};
    Forward pass(*model, rows->time, room);
    const int64_t size = KeptRow::numbers(*model, *rows, true), width = model->width;
    for (int64_t row = 0; row < rows->rows; row++) {
        const KeptRow here(*model, *rows, kept ? kept + row * size : scratch + room.used, kept);
        copy(dense(x + row * rows->time * width, width), rows->time, here.layer(0).input);
        for (int64_t l = 0; l < model->layers; l++) {
            const bool last = l + 1 == model->layers;
            const Kept now = here.layer(l);
            pass.layer(l, rows->sight(row, last), Packed(packed, width, l), now,
                       last ? here.output : here.layer(l + 1).input);
            if (queries) hold(*model, now.key_value, rows->time, l * rows->rows + row, queries);
        }
        normalize(here.output, rows->picked, model->final(), model->epsilon,
                  dense(out + row * rows->picked * width, width));
    }
}

// gradients: of Model.parameters; added to. grad: (rows, picked, width), of what `forward` gave. for_x: (rows, time, width),
// written.
void backward(const Model* model, float* const* gradients, const Rows* rows, const float* packed, const float* kept,
              const float* grad, float* for_x, float* scratch) {
    Room room{scratch};
    Backward pass(*model, gradients, rows->time, room);
    const int64_t size = KeptRow::numbers(*model, *rows, true), width = model->width;
    Matrix above = room.matrix(rows->time, width), below = room.matrix(rows->time, width);
    float* const* last = gradients + model->layers * PARAMETERS;
    for (int64_t row = 0; row < rows->rows; row++) {
        const KeptRow here(*model, *rows, const_cast<float*>(kept) + row * size, true);
        for (int64_t i = 0; i < rows->picked; i++) std::memset(above[i], 0, width * sizeof(float));
        normalize_backward(here.output, dense(grad + row * rows->picked * width, width), rows->picked, model->final(),
                           model->epsilon, above, {last[0], last[1]});
        for (int64_t l = model->layers - 1; l >= 0; l--) {
            pass.layer(l, rows->sight(row, l + 1 == model->layers), Packed(packed, width, l), here.layer(l), above, below);
            std::swap(above, below);
        }
        copy(above, rows->time, dense(for_x + row * rows->time * width, width));
    }
}

// tokens: (samples,), one more token of each. token_table, position_table: embeddings. positions: (rows,), where each row's
// first token after the query stands. out: (samples, width), the normalised hidden states after it. The caller counts
// Cache.said.
void decode(const Model* model, const Cache* cache, const float* packed, const int64_t* tokens, const int64_t* positions,
            const float* token_table, const float* position_table, float* out, float* scratch) {
    Room room{scratch};
    Decode pass(*model, *cache, room);
    const int64_t width = model->width;
    for (int64_t i = 0; i < pass.samples(); i++)
        add_row(dense(token_table + tokens[i] * width, width),
                position_table + (positions[i / cache->candidates] + cache->said) * width, 1, pass.kept.input.from(i));
    for (int64_t l = 0; l < model->layers; l++) pass.layer(l, Packed(packed, model->width, l), pass.kept.input);
    normalize(pass.kept.input, pass.samples(), model->final(), model->epsilon, dense(out, model->width));
}

int64_t vocabulary_room(const Vocabulary* of, bool backward) {
    Room room{nullptr};
    VocabularyPass(*of, room, backward);
    return room.used;
}

// spreads: room for 3 numbers a row. The rest: (rows,).
void vocabulary_logprobs(const Vocabulary* of, float* spreads, float* logprobs, float* entropies, float* normalizers,
                         float* scratch) {
    Room room{scratch};
    VocabularyPass pass(*of, room, false);
    token_logprobs(pass, reinterpret_cast<Spread*>(spreads), logprobs, entropies, normalizers);
}

void vocabulary_backward(const Vocabulary* of, const float* normalizers, const float* grad, float* for_hidden,
                         float* for_table, float* scratch) {
    Room room{scratch};
    VocabularyPass pass(*of, room, true);
    token_logprobs_backward(pass, normalizers, grad, for_hidden, for_table);
}

int64_t table_numbers(const Picking* of) { return of->panels() * PANEL_TOKENS * of->width; }

int64_t table_room(const Picking* of) {
    Room room{nullptr};
    TablePanel(room, of->width);
    return room.used;
}

// table: (size, width), the output embedding. packed: table_numbers.
void pack_output(const Picking* of, const float* table, float* packed, float* scratch) {
    Room room{scratch};
    pack_table(table, of->size, of->width, packed, room);
}

int64_t picking_room(const Picking* of) {
    Room room{nullptr};
    room.matrix(of->together(), of->width), room.matrix(of->together(), of->panels() * PANEL_TOKENS);
    return room.used + 2 * of->panels() * PANEL_TOKENS / BLOCK_TOKENS;
}

// hidden: (states, width). chance, tokens, logprobs: (states, each).
void pick_tokens(const Picking* of, const float* hidden, const double* chance, int64_t* tokens, float* logprobs,
                 float* scratch) {
    Room room{scratch};
    const Matrix scaled = room.matrix(of->together(), of->width);
    const Matrix logits = room.matrix(of->together(), of->panels() * PANEL_TOKENS);
    double* sums = reinterpret_cast<double*>(scratch + room.used);
    pick(*of, hidden, chance, tokens, logprobs, scaled, logits, sums);
}

// gelu of `count` numbers, bfloat16 if half, else single precision.
void activate(bool half, const void* x, int64_t count, int64_t threads, void* to) {
    if (half) gelu_all<Half>(static_cast<const uint16_t*>(x), count, threads, static_cast<uint16_t*>(to));
    else gelu_all<Single>(static_cast<const float*>(x), count, threads, static_cast<float*>(to));
}

// The gradient of x from that of gelu(x).
void activate_backward(bool half, const void* x, const void* grad, int64_t count, int64_t threads, void* to) {
    if (half)
        gelu_all_backward<Half>(static_cast<const uint16_t*>(x), static_cast<const uint16_t*>(grad), count, threads,
                                static_cast<uint16_t*>(to));
    else
        gelu_all_backward<Single>(static_cast<const float*>(x), static_cast<const float*>(grad), count, threads,
                                  static_cast<float*>(to));
}

// gradient: `count` numbers, bfloat16 if half_gradient, else single precision. weight, first, second: moved. half: written.
void adam_step(const AdamStep* of, bool half_gradient, const void* gradient, float* weight, float* first, float* second,
               uint16_t* half, int64_t count, int64_t threads) {
    if (half_gradient)
        adam_all<Half>(*of, {static_cast<const uint16_t*>(gradient), weight, first, second, half}, count, threads);
    else
        adam_all<Single>(*of, {static_cast<const float*>(gradient), weight, first, second, half}, count, threads);
}

// half: bfloat16, else single precision, all of it.
void few_rows(const FewRows* of, bool half) {
#ifdef TILES
    if (half && tiles::granted()) return tiles::FewRowsPass(*of).run();
#endif
    if (half) FewRowsPass<Half>(*of).run();
    else FewRowsPass<Single>(*of).run();
}

// half: bfloat16, else single precision, all of it. mixed: (rows, queries, heads * width), written.
void attend_heads(const Heads* of, const Rows* rows, const Operand* mixed, bool half) {
    if (half) HeadsPass<Half>{*of, *rows}.forward(*mixed);
    else HeadsPass<Single>{*of, *rows}.forward(*mixed);
}

// mixed: the gradient of what `attend_heads` gave; into: of query, key and value, written.
void attend_heads_backward(const Heads* of, const Rows* rows, const Operand* mixed, const Operand* into, bool half) {
    if (half) HeadsPass<Half>{*of, *rows}.backward(*mixed, into[0], into[1], into[2]);
    else HeadsPass<Single>{*of, *rows}.backward(*mixed, into[0], into[1], into[2]);
}

// half: the logits are bfloat16, else single precision. spreads: room for 3 numbers a row. The rest: (rows,).
void logits_logprobs(const Logits* of, bool half, float* spreads, float* logprobs, float* entropies, float* normalizers) {
    Spread* room = reinterpret_cast<Spread*>(spreads);
    if (half) LogitsPass<Half>{*of}.forward(room, logprobs, entropies, normalizers);
    else LogitsPass<Single>{*of}.forward(room, logprobs, entropies, normalizers);
}

// to: of the logits, as they are.
void logits_backward(const Logits* of, bool half, const float* normalizers, const float* grad, void* to) {
    if (half) LogitsPass<Half>{*of}.backward(normalizers, grad, static_cast<uint16_t*>(to));
    else LogitsPass<Single>{*of}.backward(normalizers, grad, static_cast<float*>(to));
}

// Whether this process has matrix tiles; asks for them.
bool has_tiles() { return tiles::granted(); }

// half: bfloat16, else single precision, all of it.
void tiled_product(const TiledProduct* of, bool half) {
    if (half) tiles::Pass<tiles::Halves>{*of}.run();
    else tiles::Pass<tiles::Bytes>{*of}.run();
}

}  // extern "C"
