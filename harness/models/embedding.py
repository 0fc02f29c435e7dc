"""Looks up rows of a token table, with a gradient that costs only as much as these rows."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

MANY = 1 << 22
"""Numbers of a table that are not looked up, from which on its gradient is kept as the rows that are. With GPT-2's
50,257 tokens zeros for all the others, and adding them to the head's gradient, took 0.13 s of each backward pass."""


def embed(indices: Tensor, table: Tensor) -> Tensor:
    """table[indices]: (...) int64 and (n, width) -> (..., width). Differentiable.

    On a CPU torch adds the gradients of a frequent row one by one in the table's own numbers; in bfloat16 such a sum
    stops growing after a few hundred. Here they are added in single precision and rounded once. The gradient of a
    large table is sparse, unless something dense is added to it.
    """
    rare = table.numel() - indices.numel() * table.shape[1] >= MANY
    if table.device.type == "cpu" and (rare or table.dtype is torch.bfloat16):
        return cast(Tensor, _Embedding.apply(indices, table, rare))  # type: ignore[no-untyped-call]
    return functional.embedding(indices, table)


def apart(table: Tensor) -> tuple[Tensor, Tensor]:
    """The table, to look rows up in, and the same for a head. The rows' gradient is added to the head's where it lies:
    autograd would first copy all of the head's, and in training through GPT-2's 50,257 tokens that took 0.03 s a
    micro-batch.
    """
    return cast(tuple[Tensor, Tensor], _Apart.apply(table))  # type: ignore[no-untyped-call]


class _Apart(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, table: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        return table.view_as(table), table.view_as(table)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> Tensor | None:
        of_rows, of_head = grads
        if of_rows is None or of_head is None:
            return of_rows if of_head is None else of_head
        return of_head.add_(of_rows)


class _Embedding(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, indices: Tensor, table: Tensor, rare: bool) -> Tensor:
        ctx.save_for_backward(indices)
        ctx.shape, ctx.rare = table.shape, rare
        return functional.embedding(indices, table)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[None, Tensor, None]:
        (indices,) = ctx.saved_tensors
        (rows, width), indices = ctx.shape, indices.reshape(-1)
        grad = grads[0].flatten(0, -2)
        if ctx.rare:
            found, indices = indices.unique(return_inverse=True)
            rows = len(found)
        exact = torch.promote_types(grad.dtype, torch.float32)
        summed = grad.new_zeros(rows, width, dtype=exact).index_add_(0, indices, grad.to(exact)).to(grad.dtype)
        if not ctx.rare:
            return None, summed, None
        sparse = torch.sparse_coo_tensor(found[None], summed, ctx.shape, is_coalesced=True, check_invariants=False)
        return None, sparse, None
