"""Causal attention, computed in blocks of queries that read only the keys up to their end.

On a CPU the compiled kernel does it where it serves. Without it blocks are faster than torch's own operator in single
precision, and skip a third of the products that causality would throw away; on a GPU torch's fused operator is taken.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional

from harness.kernels.facade import Rows
from harness.kernels.facade import heads as kernel
from harness.models.trunk import Layout

HIDDEN_SCORE = -1e30
"""Added to the attention score of what is not seen; finite, so that no softmax is over nothing."""

BLOCK, HALF_BLOCK = 32, 256
"""Queries a block, and in bfloat16, whose small products are slow. Measured: best among 22, 29, 32, 44 and none for
rows of 56 to 160 positions; in bfloat16 87 positions take 1.6 times as long in blocks of 32 as in one, 400 twice as
long as in two."""


class Attention:
    """The attention of every layer over one layout."""

    def __init__(self, layout: Layout, like: Tensor, *, heads: int) -> None:
        """like: any tensor (..., width) of the numbers that are computed with."""
        self._heads, self._select = heads, layout.select
        self._rows = rows_of(layout) if kernel.serves(like, heads) else None
        self._bias = score_bias(layout, like) if self._rows is None else None

    def __call__(self, query: Tensor, key_value: Tensor | None, *, scale: float) -> Tensor:
        """query: (rows, m, W) at the positions of the layout's `select` and key_value: (rows, time, 2 W); or query:
        (rows, time, 3 W), all three, and key_value None, where every position asks. -> (rows, m or time, W)."""
        if self._rows is not None:
            return kernel.attend_heads(query, key_value, self._rows, heads=self._heads, scale=scale)
        assert self._bias is not None
        bias, first = self._bias, cast(int | None, 0)
        if key_value is None:
            query, key, value = query.chunk(3, dim=-1)
        else:
            key, value = key_value.chunk(2, dim=-1)
            bias = _pick_bias(bias, self._select)
            first = key.shape[1] - self._select if isinstance(self._select, int) else None
        query, key, value = (split_heads(part, self._heads) for part in (query, key, value))
        mixed = attend(query, key, value, bias, scale=scale, first=first)
        return mixed.transpose(1, 2).flatten(2)


def rows_of(layout: Layout) -> Rows:
    """The layout as the kernels read it."""
    rows, time = layout.tokens.shape
    picks = layout.select
    if isinstance(picks, int):
        picks = torch.arange(time - picks, time).expand(rows, -1)
    visible = None if layout.visible is None else layout.visible.contiguous()
    return Rows(time=time, picks=picks.contiguous(), visible=visible)


def score_bias(layout: Layout, like: Tensor) -> Tensor:
    """(rows or 1, 1, time, time), in numbers of the same kind: 0 where seen, HIDDEN_SCORE where not."""
    time = layout.tokens.shape[1]
    if layout.visible is None:
        return torch.full((1, 1, time, time), HIDDEN_SCORE, dtype=like.dtype, device=like.device).triu(1)
    bias = torch.zeros(layout.visible.shape, dtype=like.dtype, device=like.device)
    return bias.masked_fill_(~layout.visible, HIDDEN_SCORE).unsqueeze(1)


def _pick_bias(bias: Tensor, select: Tensor | int) -> Tensor:
    """(rows or 1, 1, time, time) -> (rows or 1, 1, m, time)."""
    time = bias.shape[-1]
    if isinstance(select, int):
        return bias[:, :, time - select:]
    rows = select[:, None, :, None].expand(-1, 1, -1, time)
    return bias.expand(select.shape[0], 1, time, time).gather(2, rows)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(rows, time, width) -> (rows, heads, time, width of a head), a view."""
    return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


def attend(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, *, scale: float, first: int | None) -> Tensor:
    """softmax(query·keyᵀ·scale + bias)·value. query: (rows, heads, m, d); key, value: (rows, heads, time, d).

    bias: (rows or 1, 1, m, time), 0 where seen and very negative where not. first: the position of the first
    query where the m queries stand side by side up to the last position and none sees what is after it; None where
    they stand anywhere.
    """
    if query.device.type == "cuda":
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=scale)
    return cast(Tensor, _BlockedAttention.apply(query, key, value, bias, scale, first))  # type: ignore[no-untyped-call]


def _blocks(queries: int, time: int, first: int | None, block: int) -> list[tuple[slice, slice]]:
    """(queries, keys) of each block."""
    if first is None:
        return [(slice(0, queries), slice(0, time))]
    count = max(1, round(queries / block))
    size = -(-queries // count)
    starts = range(0, queries, size)
    return [(slice(start, min(start + size, queries)), slice(0, first + min(start + size, queries)))
            for start in starts]


class _BlockedAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, bias: Tensor, scale: float,
                first: int | None) -> Tensor:
        rows, heads, m, width = query.shape
        q, k, v = (part.reshape(rows * heads, -1, width) for part in (query, key, value))
        blocks = _blocks(m, k.shape[1], first, HALF_BLOCK if q.dtype is torch.bfloat16 else BLOCK)
        mixed = torch.empty_like(q)
        kept = []
        for block, keys in blocks:
            here = bias[:, :, block, keys]
            if bias.shape[0] == 1:
                scores = torch.baddbmm(here[0], q[:, block], k[:, keys].transpose(1, 2), alpha=scale)
            else:
                scores = torch.bmm(q[:, block], k[:, keys].transpose(1, 2))
                scores = torch.add(here, scores.view(rows, heads, *scores.shape[1:]), alpha=scale).flatten(0, 1)
            probs = torch.softmax(scores, dim=-1)
            mixed[:, block] = torch.bmm(probs, v[:, keys])
            kept.append(probs)
        ctx.save_for_backward(q, k, v, *kept)
        ctx.blocks, ctx.scale, ctx.heads = blocks, scale, heads
        return mixed.view(rows, heads, m, width)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, *kept = ctx.saved_tensors
        grad = grads[0].reshape(q.shape)
        for_q, for_k, for_v = torch.empty_like(q), None, None
        # The last block sees all keys: it makes what the others add to.
        for (block, keys), probs in zip(reversed(ctx.blocks), reversed(kept), strict=True):
            here = grad[:, block]
            for_v = _added(torch.bmm(probs.transpose(1, 2), here), for_v, keys)
            for_probs = torch.bmm(here, v[:, keys].transpose(1, 2))
            for_scores = torch._softmax_backward_data(for_probs, probs, -1, probs.dtype)
            for_q[:, block] = torch.bmm(for_scores, k[:, keys])
            for_k = _added(torch.bmm(for_scores.transpose(1, 2), q[:, block]), for_k, keys)
        assert for_k is not None and for_v is not None
        per_head = (-1, ctx.heads)
        return (for_q.mul_(ctx.scale).unflatten(0, per_head), for_k.mul_(ctx.scale).unflatten(0, per_head),
                for_v.unflatten(0, per_head), None, None, None)


def _added(part: Tensor, whole: Tensor | None, keys: slice) -> Tensor:
    """The whole with the part added at some keys; the part itself where there is nothing yet."""
    if whole is None:
        return part
    whole[:, keys] += part
    return whole
