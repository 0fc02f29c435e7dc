"""What a score gains for the KL it costs, and where more KL takes it away again (Gao et al. 2022; Ziegler figure 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.statistics.clustered import FloatArray
from harness.statistics.run_mean import t_interval

Form = Literal["ppo", "best_of_n"]


@dataclass(frozen=True)
class GainFit:
    """R(d) = d(α − β log d) for PPO, R(d) = d(α − β d) for best-of-n (Gao et al. 2022, equations 1 and 2), d = √KL.

    alpha, beta: means over runs. alpha_low, alpha_high, beta_low, beta_high: t intervals over runs, None with one run.
    turns_at: the d from which R falls, None where β is not positive. n_runs: how many runs could be fitted.
    """

    alpha: float
    alpha_low: float | None
    alpha_high: float | None
    beta: float
    beta_low: float | None
    beta_high: float | None
    turns_at: float | None
    n_runs: int


def fit_gain(runs: Sequence[tuple[Sequence[float], Sequence[float]]], form: Form, *,
             confidence: float = 0.95) -> GainFit | None:
    """Least squares of each run, then a t over runs. runs: (d > 0, R: what the score gained over that at d = 0)."""
    found = [_fit(np.asarray(d, dtype=np.float64), np.asarray(gain, dtype=np.float64), form)
             for d, gain in runs if len({*d}) > 1]
    if not found:
        return None
    alphas, betas = np.array(found).T
    alpha, beta = float(alphas.mean()), float(betas.mean())
    turns = None
    if beta > 0:
        turns = float(np.exp(alpha / beta - 1)) if form == "ppo" else alpha / (2 * beta)
    return GainFit(alpha, *t_interval(alphas, confidence), beta, *t_interval(betas, confidence), turns, len(found))


def _fit(d: FloatArray, gain: FloatArray, form: Form) -> FloatArray:
    """(α, β) of one run."""
    second = d * np.log(d) if form == "ppo" else d**2
    return np.asarray(np.linalg.lstsq(np.column_stack([d, -second]), gain, rcond=None)[0], dtype=np.float64)
