// What large models pass over memory for, on all threads. Called from the Python modules beside it.

#include "activation.hpp"
#include "adam.hpp"
#include "gemm_amx.hpp"
#include "gemm_skinny_amx.hpp"
#include "heads.hpp"
#include "logits.hpp"

extern "C" {

// gelu of `count` numbers, bfloat16 or single precision.
void activate(bool is_bfloat16, const void* x, int64_t count, int64_t threads, void* to) {
    if (is_bfloat16) gelu_all<BFloat16>(static_cast<const uint16_t*>(x), count, threads, static_cast<uint16_t*>(to));
    else gelu_all<Float32>(static_cast<const float*>(x), count, threads, static_cast<float*>(to));
}

// The gradient of x from that of gelu(x).
void activate_backward(bool is_bfloat16, const void* x, const void* grad, int64_t count, int64_t threads, void* to) {
    if (is_bfloat16)
        gelu_all_backward<BFloat16>(static_cast<const uint16_t*>(x), static_cast<const uint16_t*>(grad), count, threads,
                                    static_cast<uint16_t*>(to));
    else
        gelu_all_backward<Float32>(static_cast<const float*>(x), static_cast<const float*>(grad), count, threads,
                                   static_cast<float*>(to));
}

// gradient: `count` numbers, in bfloat16 or in single precision. weight, first, second: moved. half: written.
void adam_step(const AdamStep* of, bool gradient_is_bfloat16, const void* gradient, float* weight, float* first, float* second,
               uint16_t* half, int64_t count, int64_t threads) {
    if (gradient_is_bfloat16)
        adam_all<BFloat16>(*of, {static_cast<const uint16_t*>(gradient), weight, first, second, half}, count, threads);
    else
        adam_all<Float32>(*of, {static_cast<const float*>(gradient), weight, first, second, half}, count, threads);
}

// All of it in bfloat16, or in single precision.
void gemm_skinny(const GemmSkinny* of, bool is_bfloat16) {
#ifdef HARNESS_AMX
    if (is_bfloat16 && amx::granted()) return amx::GemmSkinnyPass(*of).run();
#endif
    if (is_bfloat16) GemmSkinnyPass<BFloat16>(*of).run();
    else GemmSkinnyPass<Float32>(*of).run();
}

// All of it in bfloat16, or in single precision. mixed: (rows, queries, heads * width), written.
void attend_heads(const Heads* of, const Rows* rows, const Operand* mixed, bool is_bfloat16) {
    if (is_bfloat16) HeadsPass<BFloat16>{*of, *rows}.forward(*mixed);
    else HeadsPass<Float32>{*of, *rows}.forward(*mixed);
}

// mixed: the gradient of what `attend_heads` gave; into: of query, key and value, written.
void attend_heads_backward(const Heads* of, const Rows* rows, const Operand* mixed, const Operand* into, bool is_bfloat16) {
    if (is_bfloat16) HeadsPass<BFloat16>{*of, *rows}.backward(*mixed, into[0], into[1], into[2]);
    else HeadsPass<Float32>{*of, *rows}.backward(*mixed, into[0], into[1], into[2]);
}

// The logits are in bfloat16 or in single precision. spreads: workspace of 3 numbers a row. The rest: (rows,).
void logits_logprobs(const Logits* of, bool is_bfloat16, float* spreads, float* logprobs, float* entropies,
                     float* normalizers) {
    Spread* workspace = reinterpret_cast<Spread*>(spreads);
    if (is_bfloat16) LogitsPass<BFloat16>{*of}.forward(workspace, logprobs, entropies, normalizers);
    else LogitsPass<Float32>{*of}.forward(workspace, logprobs, entropies, normalizers);
}

// to: of the logits, as they are.
void logits_backward(const Logits* of, bool is_bfloat16, const float* normalizers, const float* grad, void* to) {
    if (is_bfloat16) LogitsPass<BFloat16>{*of}.backward(normalizers, grad, static_cast<uint16_t*>(to));
    else LogitsPass<Float32>{*of}.backward(normalizers, grad, static_cast<float*>(to));
}

// Whether this process may use AMX; asks the system for it.
bool has_amx() { return amx::granted(); }

// All of it in bfloat16, or in single precision.
void gemm_amx(const GemmAmx* of, bool is_bfloat16) {
    if (is_bfloat16) amx::Pass<amx::PackBFloat16>{*of}.run();
    else amx::Pass<amx::PackFloat32>{*of}.run();
}

}  // extern "C"
