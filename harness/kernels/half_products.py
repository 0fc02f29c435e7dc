"""Products of large bfloat16 matrices on the tiles of processors that have them. See half_products.hpp."""

from __future__ import annotations

import ctypes
import functools
from ctypes import c_bool, c_int64, c_void_p

import torch
from torch import Tensor

from harness.kernels.library import address, kernels, library

_LARGE = 1 << 22
"""Multiply-adds below which waking the threads costs more than the tiles win."""


class _HalfMatrix(ctypes.Structure):
    """As in half_products.hpp."""

    _fields_ = [("at", c_void_p), ("stride", c_int64), ("across", c_bool)]

    @classmethod
    def of(cls, matrix: Tensor) -> _HalfMatrix:
        across = matrix.stride(1) != 1
        return cls(matrix.data_ptr(), matrix.stride(1 if across else 0), across)


class _HalfProduct(ctypes.Structure):
    """As in half_products.hpp."""

    _fields_ = [(name, c_int64) for name in ("rows", "inner", "columns", "threads")] + [
        ("left", _HalfMatrix), ("right", _HalfMatrix), ("bias", c_void_p), ("out", c_void_p)]


@functools.cache
def _has_tiles() -> bool:
    return library() is not None and bool(kernels().has_tiles())


def serves(x: Tensor, matrix: Tensor) -> bool:
    """Whether `half_product` makes x @ matrix."""
    return (x.dtype is matrix.dtype is torch.bfloat16 and x.device.type == "cpu"
            and x.shape[0] * matrix.numel() >= _LARGE and all(1 in one.stride() for one in (x, matrix)) and _has_tiles())


def half_product(x: Tensor, matrix: Tensor, bias: Tensor | None) -> Tensor:
    """x @ matrix + bias, without autograd. x: (rows, in); matrix: (in, out), each by rows or by columns in memory."""
    out = x.new_empty(x.shape[0], matrix.shape[1])
    of = _HalfProduct(*x.shape, matrix.shape[1], torch.get_num_threads(), _HalfMatrix.of(x), _HalfMatrix.of(matrix),
                      address(bias), address(out))
    kernels().half_product(ctypes.byref(of))
    return out
