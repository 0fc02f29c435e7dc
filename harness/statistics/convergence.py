"""Whether a PPO run was at rest when it ended: its KL at the target, or its coefficient no longer moving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_TAIL = 0.1
_NEAR = 0.05
_STEADY = 0.1
_ERRORS = 2.0
"""Standard errors of the mean KL. A batch's KL spreads by an eighth: without them one in twelve runs of 192 batches
that are at their target would not be called so, and of 24 runs one or two.
"""
_LEAST = 1e-3
"""Nats an episode: a KL of nothing has no share to be off by."""
_STEP = 0.2
"""The most by which the controller's error moves β in one horizon of episodes (Ziegler 2.2)."""


@dataclass(frozen=True)
class Convergence:
    """How a run ended. All figures are of the last tenth of its batches.

    kl: mean KL to the reference policy, nats an episode. kl_off_target: by what share that is off the target; by what
    share it is off the tenth before where there is no target. coefficient_moved: by what share the KL coefficient
    changed. converged: whether the KL is off by at most 5%, two standard errors of its mean aside, or the coefficient
    moved by at most 10% though it could have moved further.
    """

    kl: float
    kl_off_target: float
    coefficient_moved: float
    converged: bool


def convergence(kl: Sequence[float], coefficients: Sequence[float], *, target: float | None, horizon: int,
                episodes: int) -> Convergence:
    """kl, coefficients: of each logged batch, evenly spaced, two or more. episodes: of the whole run."""
    if len(kl) < 2 or len(kl) != len(coefficients):
        raise ValueError(f"{len(kl)} KLs and {len(coefficients)} coefficients are no run")
    tail = max(1, round(_TAIL * len(kl)))
    last = float(np.mean(kl[-tail:]))
    expected = float(np.mean(kl[-2 * tail:-tail])) if target is None else target
    off = abs(last - expected) / max(abs(expected), _LEAST)
    error = float(np.std(kl[-tail:])) / np.sqrt(max(tail - 1, 1)) / max(abs(expected), _LEAST)
    moved = max(coefficients[-tail:]) / max(min(coefficients[-tail:]), 1e-12) - 1
    could_move = 0.0 if target is None else _STEP * _TAIL * episodes / horizon
    return Convergence(last, off, moved, bool(off <= _NEAR + _ERRORS * error) or could_move > _STEADY >= moved)
