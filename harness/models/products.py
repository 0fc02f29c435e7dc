"""Matrix products on a CPU, each by the fastest way for its shape.

A few rows go at the speed of the memory, many through AMX where the processor has it, and else float32 through its
widest instructions.

torch hands float32 products to its BLAS library, which on some processors leaves half of the machine unused;
oneDNN, which is in the same wheel, does not. The one way in that torch offers is a private operator, so every
use goes through this file, with torch's own product where the library is as wide, or the operator is missing or does
not apply.

Which of the two makes a product follows from its shape and from the processor's maker, never from a measurement: the
last bits differ, and the same study on the same machine must give the same numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from harness.kernels.facade import gemm_amx, gemm_skinny
from harness.models.activations import gelu


def _find_operator() -> Any:
    try:
        operator = torch.ops.mkldnn._linear_pointwise
        probe = operator(torch.ones(2, 3), torch.ones(4, 3), None, "none", [], "")
        return operator if bool((probe == 3.0).all()) else None
    except (AttributeError, RuntimeError):  # this torch has no such operator, or not for this processor
        return None


def _library_is_wide() -> bool:
    """MKL uses the widest instructions on the processors of its own maker only."""
    try:
        maker_is_intel = "GenuineIntel" in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return maker_is_intel and torch.backends.mkl.is_available()


OPERATOR = _find_operator()
LIBRARY_IS_WIDE = _library_is_wide()

SMALL_PRODUCT = 1 << 22
"""Multiply-adds below which the operator's own overhead, some 15 microseconds, costs more than it wins."""


def _applies(x: Tensor, weight: Tensor) -> bool:
    """Whether the operator is the faster one for x @ weight."""
    return (OPERATOR is not None and not LIBRARY_IS_WIDE and x.dtype is torch.float32 and x.device.type == "cpu"
            and x.shape[0] * weight.numel() >= SMALL_PRODUCT)


def _product(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x @ weight + bias, without autograd. x: (rows, in), weight: (in, out), both in any stride."""
    if gemm_skinny.serves(x, weight):
        return gemm_skinny.gemm_skinny(x, weight, bias)
    if gemm_amx.serves(x, weight):
        return gemm_amx.gemm_amx(x, weight, bias)
    if _applies(x, weight):
        return cast(Tensor, OPERATOR(_dense(x), _dense(weight).t(), bias, "none", [], ""))
    return x @ weight if bias is None else torch.addmm(bias, x, weight)


def _dense(matrix: Tensor) -> Tensor:
    """The matrix, copied where it is part of a wider one: for those oneDNN has only its slowest kernel."""
    return matrix if matrix.is_contiguous() or matrix.t().is_contiguous() else matrix.contiguous()


class _Affine(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _product(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        grad = grads[0]
        for_x, for_weight, for_bias = ctx.needs_input_grad
        return (
            _product(grad, weight.t(), None) if for_x else None,
            _product(x.t(), grad, None) if for_weight else None,
            grad.sum(dim=0) if for_bias else None,
        )


class _Across(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, table: Tensor) -> Tensor:
        ctx.save_for_backward(x, table)
        return _product(x, table.t(), None)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, table = ctx.saved_tensors
        for_x, for_table = ctx.needs_input_grad
        return (_product(grads[0], table, None) if for_x else None,
                _product(grads[0].t(), x, None) if for_table else None)


def affine(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x @ weight + bias. x: (..., in), weight: (in, out) as GPT-2 keeps it, bias: (out,). Differentiable."""
    rows = x.reshape(-1, x.shape[-1])
    if torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad):
        y = cast(Tensor, _Affine.apply(rows, weight, bias))  # type: ignore[no-untyped-call]
    else:
        y = _product(rows, weight, bias)
    return y.view(*x.shape[:-1], weight.shape[1])


def across(x: Tensor, table: Tensor) -> Tensor:
    """x @ table.t(). x: (..., in), table: (out, in) as heads are kept. Differentiable.

    The table's gradient is made in its own memory order: else adding others to it costs more than making it.
    """
    rows = x.reshape(-1, x.shape[-1])
    if torch.is_grad_enabled() and (x.requires_grad or table.requires_grad):
        y = cast(Tensor, _Across.apply(rows, table))  # type: ignore[no-untyped-call]
    else:
        y = _product(rows, table.t(), None)
    return y.view(*x.shape[:-1], table.shape[0])


def affine_gelu(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """gelu(x @ weight + bias), as `affine`. One operator where no gradient is wanted."""
    rows = x.reshape(-1, x.shape[-1])
    if torch.is_grad_enabled() or not _applies(rows, weight):
        return gelu(affine(x, weight, bias))
    y = cast(Tensor, OPERATOR(_dense(rows), _dense(weight).t(), bias, "gelu", [], "tanh"))
    return y.view(*x.shape[:-1], weight.shape[1])
