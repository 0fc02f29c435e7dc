"""Log-probabilities of chosen tokens, and entropies, in one pass over the logits."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor


def widen(x: Tensor) -> Tensor:
    """Half-precision numbers in single precision, others as they are: probabilities are never halved."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


class TokenLogprobs(NamedTuple):
    """Both shaped as the tokens; nats. No gradient flows through the entropies: they are only reported."""

    logprobs: Tensor
    entropies: Tensor


def token_logprobs(logits: Tensor, tokens: Tensor, *, temperature: float = 1.0) -> TokenLogprobs:
    """log softmax(logits / temperature) at the tokens, and the whole distribution's entropy.

    logits: (..., vocabulary). tokens: (...) int64, all in the vocabulary.
    """
    if temperature != 1.0:
        logits = logits / temperature
    logprobs, entropies = _TokenLogprobs.apply(logits, tokens)  # type: ignore[no-untyped-call]
    return TokenLogprobs(logprobs=logprobs, entropies=entropies)


class _TokenLogprobs(torch.autograd.Function):
    """One exponential a logit, forward and backward together, and one tensor of the logits' size kept.

    The normaliser is taken at the largest logit, whose probability is at least 1/vocabulary, so its logarithm
    is exact to rounding: log Z = z_max − log p_max. Backward: ∂ logp_t / ∂z = onehot_t − p.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        wide = widen(logits)
        probs = torch.softmax(wide, dim=-1)
        log_normalizer = wide.amax(dim=-1) - probs.amax(dim=-1).log()
        logprobs = wide.gather(-1, tokens.unsqueeze(-1)).squeeze(-1) - log_normalizer
        entropies = log_normalizer - torch.linalg.vecdot(probs, wide)
        ctx.save_for_backward(probs, tokens)
        ctx.dtype = logits.dtype
        ctx.mark_non_differentiable(entropies)
        return logprobs, entropies

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        grad = grads[0].unsqueeze(-1)
        probs, tokens = ctx.saved_tensors
        grad_logits = probs * -grad
        grad_logits.scatter_add_(-1, tokens.unsqueeze(-1), grad)
        return grad_logits.to(ctx.dtype), None
