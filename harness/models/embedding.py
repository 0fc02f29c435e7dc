"""Rows of a table, and a gradient that sums them in single precision."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional


def embed(indices: Tensor, table: Tensor) -> Tensor:
    """table[indices]: (...) int64 and (n, width) -> (..., width). Differentiable.

    On a CPU torch adds the gradients of a frequent row one by one in the table's own numbers; in bfloat16 such a sum
    stops growing after a few hundred. Here they are added in single precision and rounded once.
    """
    if table.dtype is torch.bfloat16 and table.device.type == "cpu":
        return cast(Tensor, _HalfEmbedding.apply(indices, table))  # type: ignore[no-untyped-call]
    return functional.embedding(indices, table)


class _HalfEmbedding(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, indices: Tensor, table: Tensor) -> Tensor:
        ctx.save_for_backward(indices)
        ctx.rows = table.shape[0]
        return functional.embedding(indices, table)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[None, Tensor]:
        (indices,) = ctx.saved_tensors
        grad = grads[0].float().flatten(0, -2)
        summed = torch.zeros(ctx.rows, grad.shape[-1], dtype=torch.float32)
        return None, summed.index_add_(0, indices.reshape(-1), grad).to(grads[0].dtype)
