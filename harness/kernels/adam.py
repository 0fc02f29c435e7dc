"""A step of Adam on a model's weights, at the speed of memory. See adam.hpp."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import c_bool, c_float, c_int64, c_void_p

import torch
from torch import Tensor

from harness.kernels.library import address, kernels

_NUMBERS = ("rate", "keep", "first_decay", "second_decay", "correction", "epsilon")
_PLACES = ("gradient", "weight", "first", "second", "half")


class AdamStep(ctypes.Structure):
    """As in adam.hpp."""

    _fields_ = [*((name, c_float) for name in _NUMBERS), ("half_gradient", c_bool), ("count", c_int64),
                *((name, c_void_p) for name in _PLACES)]


def adam_step(number: int, gradient: Tensor, *, weight: Tensor, moments: tuple[Tensor, Tensor], half: Tensor | None,
              learning_rate: float, betas: tuple[float, float], epsilon: float, weight_decay: float) -> AdamStep:
    """The number-th step of a weight, counted from 1 (Kingma & Ba 2014, algorithm 1; the decay is AdamW's).

    gradient: float32 or bfloat16. weight and moments, float32, are to be moved; half, bfloat16, is to be the weight
    rounded. All of one shape, contiguous, on the CPU, and kept alive by the caller.
    """
    first, second = betas
    return AdamStep(learning_rate / (1.0 - first**number), 1.0 - learning_rate * weight_decay, first, second,
                    (1.0 - second**number) ** -0.5, epsilon, gradient.dtype is torch.bfloat16, weight.numel(),
                    *map(address, (gradient, weight, *moments, half)))


def take_steps(steps: Sequence[AdamStep]) -> None:
    """One after another, each on all threads."""
    kernels().adam_steps((AdamStep * len(steps))(*steps), c_int64(len(steps)), c_int64(torch.get_num_threads()))
