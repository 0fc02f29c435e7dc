"""Attention of all heads of a layer and its gradients, on rows as the products before it leave them. See heads.hpp."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_bool, c_float, c_int64, c_void_p
from typing import Any, cast

import torch
from torch import Tensor

from harness.kernels.library import LARGE
from harness.kernels.rows import Rows

_MULTIPLE = 16
"""Of it is a head's width."""


class Operand(ctypes.Structure):
    """As in heads.hpp."""

    _fields_ = [("at", c_void_p), ("row", c_int64), ("position", c_int64)]

    @classmethod
    def of(cls, tensor: Tensor) -> Operand:
        """(rows, positions, width), its last dimension side by side in memory."""
        assert tensor.stride(2) == 1 or tensor.shape[2] == 1
        return cls(tensor.data_ptr(), tensor.stride(0), tensor.stride(1))


class NativeHeads(ctypes.Structure):
    """As in heads.hpp."""

    _fields_ = [("heads", c_int64), ("width", c_int64), ("threads", c_int64), ("scale", c_float), ("picks", c_bool),
                ("query", Operand), ("key", Operand), ("value", Operand)]

    @classmethod
    def of(cls, operands: Sequence[Tensor], *, heads: int, scale: float, picks: bool) -> NativeHeads:
        width = operands[0].shape[-1] // heads
        return cls(heads, width, torch.get_num_threads(), scale, picks, *map(Operand.of, operands))


def serves(x: Tensor, heads: int) -> bool:
    """Whether `attend_heads` takes queries, keys and values like x, (..., heads · width of a head)."""
    return x.shape[-1] // heads % _MULTIPLE == 0 and LARGE.takes(x)


def attend_heads(query: Tensor, key_value: Tensor | None, rows: Rows, *, heads: int, scale: float) -> Tensor:
    """softmax(query·keyᵀ·scale)·value over what `rows` lets each position see. Differentiable.

    query: (rows, m, W) at rows.picks and key_value: (rows, time, 2 W); or query: (rows, time, 3 W), all three, and
    key_value None, where every position asks. -> (rows, m or time, W).
    """
    return cast(Tensor, _AttendHeads.apply(query, key_value, rows, heads, scale))  # type: ignore[no-untyped-call]


def _operands(query: Tensor, key_value: Tensor | None) -> list[Tensor]:
    if key_value is None:
        return list(query.chunk(3, dim=-1))
    return [query, *key_value.chunk(2, dim=-1)]


class _AttendHeads(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, key_value: Tensor | None, rows: Rows, heads: int, scale: float) -> Tensor:
        operands = _operands(query, key_value)
        of = NativeHeads.of(operands, heads=heads, scale=scale, picks=key_value is not None)
        mixed = query.new_empty(operands[0].shape)
        LARGE.functions.attend_heads(ctypes.byref(of), ctypes.byref(rows.native()), ctypes.byref(Operand.of(mixed)),
                                     c_bool(query.dtype is torch.bfloat16))
        ctx.save_for_backward(query, key_value)
        ctx.rows, ctx.heads, ctx.scale = rows, heads, scale
        return mixed

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        query, key_value = ctx.saved_tensors
        of = NativeHeads.of(_operands(query, key_value), heads=ctx.heads, scale=ctx.scale, picks=key_value is not None)
        for_query = query.new_empty(query.shape)
        for_key_value = None if key_value is None else key_value.new_empty(key_value.shape)
        into = (Operand * 3)(*map(Operand.of, _operands(for_query, for_key_value)))
        grad = grads[0].contiguous()
        LARGE.functions.attend_heads_backward(ctypes.byref(of), ctypes.byref(ctx.rows.native()),
                                              ctypes.byref(Operand.of(grad)), into,
                                              c_bool(query.dtype is torch.bfloat16))
        return for_query, for_key_value, None, None, None
