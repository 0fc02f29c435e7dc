"""Products of large matrices in AMX, on processors that have it. See gemm_amx.hpp."""

from __future__ import annotations

import ctypes
from ctypes import c_bool, c_int64, c_void_p

import torch
from torch import Tensor

from harness.kernels.library import LARGE, address

_INNER, _SIDE = {torch.float32: 192, torch.bfloat16: 512}, 128
"""Of what is added up, and of rows and columns: below them cutting the matrices into tiles costs more than it wins."""


class _AmxMatrix(ctypes.Structure):
    """As in gemm_amx.hpp."""

    _fields_ = [("at", c_void_p), ("stride", c_int64), ("across", c_bool)]

    @classmethod
    def of(cls, matrix: Tensor) -> _AmxMatrix:
        across = matrix.stride(1) != 1
        return cls(matrix.data_ptr(), matrix.stride(1 if across else 0), across)


class _GemmAmx(ctypes.Structure):
    """As in gemm_amx.hpp."""

    _fields_ = [(name, c_int64) for name in ("rows", "inner", "columns", "threads")] + [
        ("left", _AmxMatrix), ("right", _AmxMatrix), ("bias", c_void_p), ("out", c_void_p)]


def has_amx() -> bool:
    """Whether this processor has AMX, the system grants it and the library is available."""
    return LARGE.is_available() and bool(LARGE.functions.has_amx())


def serves(x: Tensor, matrix: Tensor) -> bool:
    """Whether `gemm_amx` makes x @ matrix."""
    if x.dtype is not matrix.dtype or not LARGE.takes(x):
        return False
    if x.shape[1] < _INNER[x.dtype] or min(x.shape[0], matrix.shape[1]) < _SIDE:
        return False
    return 1 in x.stride() and 1 in matrix.stride() and has_amx()


def gemm_amx(x: Tensor, matrix: Tensor, bias: Tensor | None) -> Tensor:
    """x @ matrix + bias, without autograd. x: (rows, in); matrix: (in, out), each by rows or by columns in memory."""
    out = x.new_empty(x.shape[0], matrix.shape[1])
    of = _GemmAmx(*x.shape, matrix.shape[1], torch.get_num_threads(), _AmxMatrix.of(x), _AmxMatrix.of(matrix),
                  address(bias), address(out))
    LARGE.functions.gemm_amx(ctypes.byref(of), c_bool(x.dtype is torch.bfloat16))
    return out
