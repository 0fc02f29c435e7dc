// The blocks of a small GPT-2-shaped model on one thread: row by row through all layers, so that what a row needs stays in
// the processor's caches. Called from the Python modules beside it.

#include "backward.hpp"
#include "decode.hpp"
#include "picking.hpp"

namespace {

Matrix dense(const float* at, int64_t columns) { return {const_cast<float*>(at), columns, columns}; }

}  // namespace

extern "C" {

int64_t packed_size(const Model* model) { return model->layers * Packed::numbers(model->width); }

// How many numbers `forward` keeps of one row for `backward`.
int64_t kept_size(const Model* model, const Rows* rows) { return KeptRow::numbers(*model, *rows, true); }

int64_t forward_workspace(const Model* model, const Rows* rows) {
    Arena arena{nullptr};
    Forward(*model, rows->time, arena);
    return arena.used + KeptRow::numbers(*model, *rows, false);
}

int64_t backward_workspace(const Model* model, const Rows* rows) {
    Arena arena{nullptr};
    Backward(*model, nullptr, rows->time, arena);
    for (int i = 0; i < 2; i++) arena.matrix(rows->time, model->width);
    return arena.used;
}

int64_t decode_workspace(const Model* model, const KVCaches* caches) {
    Arena arena{nullptr};
    Decode(*model, *caches, arena);
    return arena.used;
}

// How many numbers of KVCaches.queries for each layer and row.
int64_t query_cache_size(const Model* model, const KVCaches* caches) {
    return model->heads * KVCache::numbers(model->head(), caches->time);
}

// How many numbers of KVCaches.own for each layer and row.
int64_t own_cache_size(const Model* model, const KVCaches* caches) {
    return caches->candidates * model->heads * KVCache::numbers(model->head(), caches->length);
}

// packed: packed_size, for `forward` and `decode`, or for `backward`.
void pack_weights(const Model* model, bool for_backward, float* packed) {
    for (int64_t l = 0; l < model->layers; l++)
        Packed(packed, model->width, l).fill(model->layer(l), model->width, for_backward);
}

// x: (rows, time, width), embedded. out: (rows, picked, width), normalised hidden states. kept: (rows, kept_size) or
// null. queries: KVCaches.queries to be filled, or null.
void forward(const Model* model, const Rows* rows, const float* packed, const float* x, float* out, float* kept,
             float* queries, float* scratch) {
    Arena arena{scratch};
    Forward pass(*model, rows->time, arena);
    const int64_t size = KeptRow::numbers(*model, *rows, true), width = model->width;
    for (int64_t row = 0; row < rows->rows; row++) {
        const KeptRow here(*model, *rows, kept ? kept + row * size : scratch + arena.used, kept);
        copy(dense(x + row * rows->time * width, width), rows->time, here.layer(0).input);
        for (int64_t l = 0; l < model->layers; l++) {
            const bool last = l + 1 == model->layers;
            const Kept now = here.layer(l);
            pass.layer(l, rows->mask(row, last), Packed(packed, width, l), now,
                       last ? here.output : here.layer(l + 1).input);
            if (queries) fill_caches(*model, now.key_value, rows->time, l * rows->rows + row, queries);
        }
        normalize(here.output, rows->picked, model->final(), model->epsilon,
                  dense(out + row * rows->picked * width, width));
    }
}

// gradients: of Model.parameters; added to. grad: (rows, picked, width), of what `forward` gave. for_x: (rows, time, width),
// written.
void backward(const Model* model, float* const* gradients, const Rows* rows, const float* packed, const float* kept,
              const float* grad, float* for_x, float* scratch) {
    Arena arena{scratch};
    Backward pass(*model, gradients, rows->time, arena);
    const int64_t size = KeptRow::numbers(*model, *rows, true), width = model->width;
    Matrix above = arena.matrix(rows->time, width), below = arena.matrix(rows->time, width);
    float* const* last = gradients + model->layers * PARAMETERS;
    for (int64_t row = 0; row < rows->rows; row++) {
        const KeptRow here(*model, *rows, const_cast<float*>(kept) + row * size, true);
        for (int64_t i = 0; i < rows->picked; i++) std::memset(above[i], 0, width * sizeof(float));
        normalize_backward(here.output, dense(grad + row * rows->picked * width, width), rows->picked, model->final(),
                           model->epsilon, above, {last[0], last[1]});
        for (int64_t l = model->layers - 1; l >= 0; l--) {
            pass.layer(l, rows->mask(row, l + 1 == model->layers), Packed(packed, width, l), here.layer(l), above, below);
            std::swap(above, below);
        }
        copy(above, rows->time, dense(for_x + row * rows->time * width, width));
    }
}

// tokens: (samples,), one more token of each. token_table, position_table: embeddings. positions: (rows,), where each row's
// first token after the query stands. out: (samples, width), the normalised hidden states after it. The caller counts
// KVCaches.decoded.
void decode(const Model* model, const KVCaches* caches, const float* packed, const int64_t* tokens, const int64_t* positions,
            const float* token_table, const float* position_table, float* out, float* scratch) {
    Arena arena{scratch};
    Decode pass(*model, *caches, arena);
    const int64_t width = model->width;
    for (int64_t i = 0; i < pass.samples(); i++)
        add_row(dense(token_table + tokens[i] * width, width),
                position_table + (positions[i / caches->candidates] + caches->decoded) * width, 1, pass.kept.input.from(i));
    for (int64_t l = 0; l < model->layers; l++) pass.layer(l, Packed(packed, model->width, l), pass.kept.input);
    normalize(pass.kept.input, pass.samples(), model->final(), model->epsilon, dense(out, model->width));
}

int64_t vocabulary_workspace(const Vocabulary* of, bool backward) {
    Arena arena{nullptr};
    VocabularyPass(*of, arena, backward);
    return arena.used;
}

// spreads: workspace of 3 numbers a row. The rest: (rows,).
void vocabulary_logprobs(const Vocabulary* of, float* spreads, float* logprobs, float* entropies, float* normalizers,
                         float* scratch) {
    Arena arena{scratch};
    VocabularyPass pass(*of, arena, false);
    token_logprobs(pass, reinterpret_cast<Spread*>(spreads), logprobs, entropies, normalizers);
}

void vocabulary_backward(const Vocabulary* of, const float* normalizers, const float* grad, float* for_hidden,
                         float* for_table, float* scratch) {
    Arena arena{scratch};
    VocabularyPass pass(*of, arena, true);
    token_logprobs_backward(pass, normalizers, grad, for_hidden, for_table);
}

int64_t table_size(const Picking* of) { return of->panels() * PANEL_TOKENS * of->width; }

int64_t table_workspace(const Picking* of) {
    Arena arena{nullptr};
    TablePanel(arena, of->width);
    return arena.used;
}

// table: (size, width), the output embedding. packed: table_size.
void pack_output(const Picking* of, const float* table, float* packed, float* scratch) {
    Arena arena{scratch};
    pack_table(table, of->size, of->width, packed, arena);
}

int64_t picking_workspace(const Picking* of) {
    Arena arena{nullptr};
    arena.matrix(of->together(), of->width), arena.matrix(of->together(), of->panels() * PANEL_TOKENS);
    return arena.used + 2 * of->panels() * PANEL_TOKENS / BLOCK_TOKENS;
}

// hidden: (states, width). chance, tokens, logprobs: (states, each).
void pick_tokens(const Picking* of, const float* hidden, const double* chance, int64_t* tokens, float* logprobs,
                 float* scratch) {
    Arena arena{scratch};
    const Matrix scaled = arena.matrix(of->together(), of->width);
    const Matrix logits = arena.matrix(of->together(), of->panels() * PANEL_TOKENS);
    double* sums = reinterpret_cast<double*>(scratch + arena.used);
    pick(*of, hidden, chance, tokens, logprobs, scaled, logits, sums);
}

}  // extern "C"
