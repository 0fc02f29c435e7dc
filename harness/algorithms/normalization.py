"""Gain and bias that give the reward model a known scale (Ziegler 2.1; released rewards.py)."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

SMALLEST_SPREAD = 1e-8
"""Below this standard deviation the samples say nothing about the scale."""


class GainBias(NamedTuple):
    """score = gain·raw + bias."""

    gain: float
    bias: float


def gain_and_bias(raw: Tensor, *, target_mean: float = 0.0, target_std: float = 1.0) -> GainBias:
    """What maps the raw scores to the target mean and (population) standard deviation. raw: (samples,).

    Raises ValueError where the raw scores do not vary: no gain could mend that.
    """
    raw = raw.double()
    mean, std = raw.mean().item(), raw.std(correction=0).item()
    if not std > SMALLEST_SPREAD:
        raise ValueError(f"the scores of {raw.numel()} samples do not vary (standard deviation {std:g})")
    gain = target_std / std
    return GainBias(gain=gain, bias=target_mean - gain * mean)
