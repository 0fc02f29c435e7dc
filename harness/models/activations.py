"""GPT-2's activation, gelu in its tanh form, several times as fast on a CPU as torch's own."""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

SLOPE = 2.0 * math.sqrt(2.0 / math.pi)
CUBIC = 0.044715 * SLOPE


def gelu(x: Tensor) -> Tensor:
    """½x·(1 + tanh(√(2/π)·(x + 0.044715x³))).

    Written as x·σ(z) with z = x·(a + b·x²), because torch's logistic function is vectorised better than its
    hyperbolic tangent. Differentiable.
    """
    if x.device.type != "cpu":
        return functional.gelu(x, approximate="tanh")
    return cast(Tensor, _Gelu.apply(x))  # type: ignore[no-untyped-call]


class _Gelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        share = torch.square(x).mul_(CUBIC).add_(SLOPE).mul_(x).sigmoid_()
        ctx.save_for_backward(x, share)
        return x * share

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        """σ + x·σ(1 − σ)·(a + 3b·x²), times what comes from above."""
        x, share = ctx.saved_tensors
        slope = torch.square(x).mul_(3.0 * CUBIC).add_(SLOPE).mul_(x)
        slope = cast(Tensor, torch.ops.aten.sigmoid_backward(slope, share))
        return slope.add_(share).mul_(grads[0])
