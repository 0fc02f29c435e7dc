"""What changes along a run: the learning rate and the number of labels collected."""

from __future__ import annotations

import math
from typing import Literal


def linear_decay(step: int, *, total: int) -> float:
    """The share of the learning rate left at batch `step` (from 0) of `total`: 1 at the first, towards 0."""
    return 1.0 - step / total


def warmup_then(step: int, *, total: int, warmup: float, schedule: Literal["cosine", "linear", "constant"]) -> float:
    """The share of the learning rate at `step` (from 0): rises over `warmup`·total steps, then follows `schedule`."""
    rising = round(warmup * total)
    if step < rising:
        return (step + 1) / rising
    progress = (step - rising) / max(1, total - rising)
    if schedule == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * progress))
    return 1.0 - progress if schedule == "linear" else 1.0


def online_labels(episode: int, *, initial: int, total: int, episodes: int) -> float:
    """How many labels are wanted by an episode of online collection (Ziegler 2.3).

    l(n) = N₀ + (N − N₀)·(1 − (1 − n/N_π)²), with N₀ = initial, N = total, N_π = episodes.
    """
    left = 1.0 - min(episode, episodes) / episodes
    return initial + (total - initial) * (1.0 - left**2)
