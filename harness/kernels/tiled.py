"""Products of large matrices on the tiles of processors that have them. See tiled.hpp."""

from __future__ import annotations

import ctypes
import functools
from ctypes import c_bool, c_int64, c_void_p

import torch
from torch import Tensor

from harness.kernels.library import address, kernels, library, takes

_INNER, _SIDE = {torch.float32: 192, torch.bfloat16: 512}, 128
"""Of what is added up, and of rows and columns: below them cutting the matrices into tiles costs more than it wins."""


class _TiledMatrix(ctypes.Structure):
    """As in tiled.hpp."""

    _fields_ = [("at", c_void_p), ("stride", c_int64), ("across", c_bool)]

    @classmethod
    def of(cls, matrix: Tensor) -> _TiledMatrix:
        across = matrix.stride(1) != 1
        return cls(matrix.data_ptr(), matrix.stride(1 if across else 0), across)


class _TiledProduct(ctypes.Structure):
    """As in tiled.hpp."""

    _fields_ = [(name, c_int64) for name in ("rows", "inner", "columns", "threads")] + [
        ("left", _TiledMatrix), ("right", _TiledMatrix), ("bias", c_void_p), ("out", c_void_p)]


@functools.cache
def has_tiles() -> bool:
    """Whether this processor has them, the system gives them and the kernels are there."""
    return library() is not None and bool(kernels().has_tiles())


def serves(x: Tensor, matrix: Tensor) -> bool:
    """Whether `tiled_product` makes x @ matrix."""
    if x.dtype is not matrix.dtype or not takes(x):
        return False
    if x.shape[1] < _INNER[x.dtype] or min(x.shape[0], matrix.shape[1]) < _SIDE:
        return False
    return 1 in x.stride() and 1 in matrix.stride() and has_tiles()


def tiled_product(x: Tensor, matrix: Tensor, bias: Tensor | None) -> Tensor:
    """x @ matrix + bias, without autograd. x: (rows, in); matrix: (in, out), each by rows or by columns in memory."""
    out = x.new_empty(x.shape[0], matrix.shape[1])
    of = _TiledProduct(*x.shape, matrix.shape[1], torch.get_num_threads(), _TiledMatrix.of(x), _TiledMatrix.of(matrix),
                      address(bias), address(out))
    kernels().tiled_product(ctypes.byref(of), c_bool(x.dtype is torch.bfloat16))
    return out
