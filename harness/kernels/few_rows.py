"""Products of a few rows with a large matrix, at the speed of reading it. See few_rows.hpp."""

from __future__ import annotations

import ctypes
from ctypes import c_bool, c_int64, c_void_p

import torch
from torch import Tensor

from harness.kernels.library import address, kernels, takes

FEW_ROWS = 8
_MULTIPLE = 32
"""Of it are what is summed and, in a matrix by rows, its columns."""
_LARGE = 1 << 18
"""Numbers of a matrix below which it is in the caches, where the usual libraries are as fast."""


class _FewRows(ctypes.Structure):
    """As in few_rows.hpp."""

    _fields_ = [(name, c_int64) for name in ("rows", "inner", "columns", "stride", "threads")] + [
        ("by_columns", c_bool)] + [(name, c_void_p) for name in ("x", "matrix", "bias", "out")]


def serves(x: Tensor, matrix: Tensor) -> bool:
    """Whether `few_rows` makes x @ matrix."""
    if x.shape[0] > FEW_ROWS or matrix.numel() < _LARGE or not takes(x):
        return False
    return matrix.shape[0] % _MULTIPLE == 0 and (_by_columns(matrix) or matrix.stride(0) == 1)


def _by_columns(matrix: Tensor) -> bool:
    return matrix.stride(1) == 1 and matrix.shape[1] % _MULTIPLE == 0


def few_rows(x: Tensor, matrix: Tensor, bias: Tensor | None) -> Tensor:
    """x @ matrix + bias, without autograd. x: (rows, in); matrix: (in, out), by rows or by columns in memory."""
    x = x.contiguous()
    out = x.new_empty(x.shape[0], matrix.shape[1])
    by_columns = _by_columns(matrix)
    of = _FewRows(*x.shape, matrix.shape[1], matrix.stride(0 if by_columns else 1), torch.get_num_threads(), by_columns,
                  address(x), matrix.data_ptr(), address(bias), address(out))
    kernels().few_rows(ctypes.byref(of), c_bool(x.dtype is torch.bfloat16))
    return out
