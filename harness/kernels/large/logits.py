"""Log-probabilities of tokens from logits, without their probabilities ever being in memory. See logits.hpp."""

from __future__ import annotations

import ctypes
from ctypes import c_bool, c_int64, c_void_p
from typing import Any, cast

import torch
from torch import Tensor

from harness.kernels.library import LARGE, address


class _Logits(ctypes.Structure):
    """As in logits.hpp."""

    _fields_ = [(name, c_int64) for name in ("rows", "size", "threads")] + [
        (name, c_void_p) for name in ("logits", "tokens")]

    @classmethod
    def of(cls, logits: Tensor, tokens: Tensor) -> _Logits:
        size = logits.shape[-1]
        return cls(tokens.numel(), size, torch.get_num_threads(), address(logits), address(tokens))


def serves(logits: Tensor) -> bool:
    """Whether `token_logprobs` takes these."""
    return LARGE.takes(logits)


def token_logprobs(logits: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probabilities of the tokens and entropies, both float32 and shaped as the tokens; nats.

    logits: (..., vocabulary), float32 or bfloat16. tokens: (...) int64. No gradient flows through the entropies.
    """
    return cast(tuple[Tensor, Tensor], _TokenLogprobs.apply(logits, tokens))  # type: ignore[no-untyped-call]


class _TokenLogprobs(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, logits: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        logits, tokens = logits.contiguous(), tokens.contiguous()
        logprobs, entropies, normalizers = (logits.new_empty(tokens.shape, dtype=torch.float32) for _ in range(3))
        spreads = logits.new_empty((tokens.numel(), 3), dtype=torch.float32)
        LARGE.functions.logits_logprobs(ctypes.byref(_Logits.of(logits, tokens)),
                                        c_bool(logits.dtype is torch.bfloat16),
                                        *map(address, (spreads, logprobs, entropies, normalizers)))
        ctx.save_for_backward(logits, tokens, normalizers)
        ctx.mark_non_differentiable(entropies)
        return logprobs, entropies

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        logits, tokens, normalizers = ctx.saved_tensors
        for_logits, grad = torch.empty_like(logits), grads[0].contiguous()
        LARGE.functions.logits_backward(ctypes.byref(_Logits.of(logits, tokens)),
                                        c_bool(logits.dtype is torch.bfloat16),
                                        *map(address, (normalizers, grad, for_logits)))
        return for_logits, None
