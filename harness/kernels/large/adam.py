"""A step of Adam on weights that are trained in single precision and computed with in bfloat16. See adam.hpp."""

from __future__ import annotations

import ctypes
from ctypes import c_bool, c_float, c_int64

import torch
from torch import Tensor

from harness.kernels.library import LARGE, address


class AdamStep(ctypes.Structure):
    """As in adam.hpp."""

    _fields_ = [(name, c_float) for name in ("rate", "keep", "first", "second", "correction", "epsilon")]

    @classmethod
    def of(cls, step: int, *, learning_rate: float, betas: tuple[float, float], epsilon: float,
           weight_decay: float) -> AdamStep:
        """The step-th step, counted from 1 (Kingma & Ba 2014, algorithm 1; the decay is AdamW's)."""
        first, second = betas
        return cls(learning_rate / (1.0 - first**step), 1.0 - learning_rate * weight_decay, first, second,
                   (1.0 - second**step) ** -0.5, epsilon)


def serves(weight: Tensor) -> bool:
    """Whether `adam_step` moves it: on the CPU, where the library is available."""
    return weight.device.type == "cpu" and LARGE.is_available()


def adam_step(step: AdamStep, gradient: Tensor, *, weight: Tensor, moments: tuple[Tensor, Tensor],
              half: Tensor) -> None:
    """gradient: float32 or bfloat16. weight and moments, float32, are moved; half, bfloat16, is the weight rounded.

    All of one shape, contiguous, on the CPU.
    """
    LARGE.functions.adam_step(ctypes.byref(step), c_bool(gradient.dtype is torch.bfloat16), address(gradient),
                              *map(address, (weight, *moments, half)), c_int64(weight.numel()),
                              c_int64(torch.get_num_threads()))
