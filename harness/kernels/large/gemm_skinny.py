"""Products of a few rows with a large matrix, at the speed of reading that matrix. See gemm_skinny.hpp."""

from __future__ import annotations

import ctypes
from ctypes import c_bool, c_int64, c_void_p

import torch
from torch import Tensor

from harness.kernels.library import LARGE, address

SKINNY_ROWS = 8
_MULTIPLE = 32
"""Of it are what is summed and, in a matrix by rows, its columns."""
_LARGE = 1 << 18
"""Numbers of a matrix below which it is in the caches, where the usual libraries are as fast."""


class _GemmSkinny(ctypes.Structure):
    """As in gemm_skinny.hpp."""

    _fields_ = [(name, c_int64) for name in ("rows", "inner", "columns", "stride", "threads")] + [
        ("by_columns", c_bool)] + [(name, c_void_p) for name in ("x", "matrix", "bias", "out")]


def serves(x: Tensor, matrix: Tensor) -> bool:
    """Whether `gemm_skinny` makes x @ matrix."""
    if x.shape[0] > SKINNY_ROWS or matrix.numel() < _LARGE or not LARGE.takes(x):
        return False
    return matrix.shape[0] % _MULTIPLE == 0 and (_by_columns(matrix) or matrix.stride(0) == 1)


def _by_columns(matrix: Tensor) -> bool:
    return matrix.stride(1) == 1 and matrix.shape[1] % _MULTIPLE == 0


def gemm_skinny(x: Tensor, matrix: Tensor, bias: Tensor | None) -> Tensor:
    """x @ matrix + bias, without autograd. x: (rows, in); matrix: (in, out), by rows or by columns in memory."""
    x = x.contiguous()
    out = x.new_empty(x.shape[0], matrix.shape[1])
    by_columns = _by_columns(matrix)
    of = _GemmSkinny(*x.shape, matrix.shape[1], matrix.stride(0 if by_columns else 1), torch.get_num_threads(),
                     by_columns, address(x), matrix.data_ptr(), address(bias), address(out))
    LARGE.functions.gemm_skinny(ctypes.byref(of), c_bool(x.dtype is torch.bfloat16))
    return out
