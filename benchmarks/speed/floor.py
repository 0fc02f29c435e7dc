"""Measures the best rate of matrix products on this machine, which every figure is compared with."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor

from harness.models.products import affine

SIZES = ((1024, 1024, 1024), (2048, 2048, 2048), (704, 768, 3072), (704, 3072, 768), (2816, 256, 1024))
"""(rows, in, out): squares, and the shapes that the models of the comparison multiply."""


def best_rate(precision: str, *, seconds: float = 0.25) -> float:
    """Gflop/s, a multiplication and an addition counted as two: the best of several sizes and of both libraries."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    best = 0.0
    for rows, inner, outer in SIZES:
        x, weight = torch.randn(rows, inner).to(dtype), torch.randn(inner, outer).to(dtype)
        for product in (affine, torch.matmul):
            best = max(best, 2 * rows * inner * outer / _shortest(product, x, weight, seconds) / 1e9)
    return best


@torch.no_grad()
def _shortest(product: Callable[[Tensor, Tensor], Tensor], x: Tensor, weight: Tensor, seconds: float) -> float:
    product(x, weight)
    shortest, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        product(x, weight)
        shortest = min(shortest, time.perf_counter() - began)
    return shortest
