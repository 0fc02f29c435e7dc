"""Whitening and generalised advantage estimation (Schulman et al. 2016; released train_policy.py)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

WHITENING_EPSILON = 1e-8
"""Inside the root, as in the released code."""


def whiten(x: Tensor, *, center: bool = True) -> Tensor:
    """x scaled to variance 1 over all its elements (population variance).

    center: move the mean to 0; without it the mean stays exactly where it was. Other codes have a flag whose
    name and meaning part ways; this one says what it does.
    """
    variance, mean = torch.var_mean(x, correction=0)
    centered = (x - mean) * torch.rsqrt(variance + WHITENING_EPSILON)
    return centered if center else centered + mean


class Advantages(NamedTuple):
    """Both (batch, time). returns are the value function's targets: advantages + values."""

    advantages: Tensor
    returns: Tensor


def gae(rewards: Tensor, values: Tensor, *, gamma: float, lam: float) -> Advantages:
    """Advantages of whole episodes: Σ_s (γλ)^s δ_{t+s}, with δ_t = r_t + γ·V_{t+1} − V_t and V = 0 at the end.

    rewards, values: (batch, time). The sum is written as a product with the triangle of discounts: one
    operation instead of one for each token.
    """
    time = rewards.shape[1]
    next_values = torch.cat([values[:, 1:], torch.zeros_like(values[:, :1])], dim=1)
    deltas = rewards + gamma * next_values - values
    steps = torch.arange(time, device=rewards.device)
    ahead = (steps[:, None] - steps[None, :]).to(rewards.dtype)
    discounts = torch.where(ahead >= 0, torch.pow(gamma * lam, ahead.clamp(min=0)), 0.0)
    advantages = deltas @ discounts
    return Advantages(advantages=advantages, returns=advantages + values)
