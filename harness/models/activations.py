"""GPT-2's activation, gelu in its tanh form, several times as fast on a CPU as torch's own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

from harness.kernels.facade import activation

SLOPE = 2.0 * math.sqrt(2.0 / math.pi)
CUBIC = 0.044715 * SLOPE

CHUNK = 1 << 17
"""Numbers worked on together: half a mebibyte of each operand. All steps then find them in the processor's caches,
which takes two thirds of the time that steps over the whole tensor take (1.4 million numbers)."""


def gelu(x: Tensor) -> Tensor:
    """½x·(1 + tanh(√(2/π)·(x + 0.044715x³))).

    Written as x·σ(z) with z = x·(a + b·x²), because torch's logistic function is vectorised better than its
    hyperbolic tangent. Differentiable.
    """
    if x.device.type != "cpu":
        return functional.gelu(x, approximate="tanh")
    return cast(Tensor, (_CompiledGelu if activation.serves(x) else _Gelu).apply(x))  # type: ignore[no-untyped-call]


class _CompiledGelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x)
        return activation.activate(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return activation.activate_backward(x, grads[0].contiguous())


class _Gelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        x = x.contiguous()
        share, result = torch.empty_like(x), torch.empty_like(x)
        for part, sigma, out in _chunks(x, share, result):
            torch.mul(part, part, out=sigma)
            sigma.mul_(CUBIC).add_(SLOPE).mul_(part).sigmoid_()
            torch.mul(part, sigma, out=out)
        ctx.save_for_backward(x, share)
        return result

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        """σ + x·σ(1 − σ)·(a + 3b·x²), times what comes from above."""
        x, share = ctx.saved_tensors
        result = torch.empty_like(x)
        for part, sigma, above, out in _chunks(x, share, grads[0].contiguous(), result):
            torch.mul(part, part, out=out)
            out.mul_(3.0 * CUBIC).add_(SLOPE).mul_(part)
            torch.ops.aten.sigmoid_backward.grad_input(out, sigma, grad_input=out)
            out.add_(sigma).mul_(above)
        return result


def _chunks(*tensors: Tensor) -> Iterable[tuple[Tensor, ...]]:
    """Contiguous tensors of one shape, cut at the same places; views."""
    if tensors[0].numel() <= CHUNK:
        return [tensors]
    return zip(*(tensor.view(-1).split(CHUNK) for tensor in tensors), strict=True)
