"""What a score gains for the KL it costs, and where more KL takes it away again (Gao et al. 2022; Ziegler figure 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.statistics.clustered import FloatArray
from harness.statistics.run_mean import t_interval

Form = Literal["ppo", "best_of_n"]

_FAR = 1e6
"""A turn at a larger d is none."""
LEAST_EFFECTIVE = 50
"""Below so many effective samples a query the optimum is not estimated: its tail would be that of a few samples."""


@dataclass(frozen=True)
class GainFit:
    """R(d) = d(α − β log d) for PPO, R(d) = d(α − β d) for best-of-n (Gao et al. 2022, equations 1 and 2), d = √KL.

    alpha, beta: means over runs. alpha_low, alpha_high, beta_low, beta_high: t intervals over runs, None with one run.
    turns_at: the d from which R falls by the means, None where β is not positive. turns_low, turns_high: the least and
    the largest of single runs, None with one run or where one never turns. n_runs: how many runs could be fitted.
    """

    alpha: float
    alpha_low: float | None
    alpha_high: float | None
    beta: float
    beta_low: float | None
    beta_high: float | None
    turns_at: float | None
    turns_low: float | None
    turns_high: float | None
    n_runs: int


@dataclass(frozen=True)
class Optimum:
    """π* ∝ ρ·exp(r/β), estimated from samples of ρ. kl: nats. value: mean of the figure that was asked for.
    effective_samples: of each query's samples, the mean over queries.
    """

    kl: float
    value: float
    effective_samples: float


def best_of_kl(n: int) -> float:
    """log n − (n−1)/n, nats an episode: the KL to ρ of taking the best of n samples of ρ (Stiennon et al. 2020).

    Exact where no two samples are the same or score the same, and never too small.
    """
    return float(np.log(n) - (n - 1) / n)


def best_of_n(rewards: FloatArray, values: FloatArray, n: int) -> float:
    """The expected value of the one with the highest reward among n of a query's k samples, the mean over queries.

    rewards, values: (q, k). By order statistics over all C(k, n) subsets (Stiennon et al. 2020, appendix; Nakano et al.
    2021): the sample of rank i is the best with the chance C(i−1, n−1)/C(k, n). Of samples with the same reward each is
    as likely to be taken. n: 1 to k.
    """
    k = rewards.shape[1]
    if not 1 <= n <= k:
        raise ValueError(f"the best of {n} cannot be taken of {k} samples")
    ranks = np.arange(1, k + 1)
    # The chance that all n are among the i lowest, ∏ (i − j)/(k − j), and what each rank adds to it.
    among = np.prod([np.maximum(ranks - j, 0) / (k - j) for j in range(n)], axis=0)
    chances = np.diff(among, prepend=0.0)
    total = 0.0
    for reward, value in zip(rewards, values, strict=True):
        order = np.argsort(reward, kind="stable")
        _, group = np.unique(reward[order], return_inverse=True)
        means = np.bincount(group, weights=value[order]) / np.bincount(group)
        total += float(chances @ means[group])
    return total / len(rewards)


def optimum(rewards: FloatArray, values: FloatArray, beta: float) -> Optimum:
    """The policy that maximizes E[r] − β·KL (Ziegler 2.2), by weighting each query's samples of ρ with exp(r/β).

    rewards, values: (q, k). KL = E[r]/β − log Z, Z = E_ρ[exp(r/β)].
    """
    from scipy import special

    scaled = rewards / beta
    weights = special.softmax(scaled, axis=1)
    log_z = special.logsumexp(scaled, axis=1) - np.log(rewards.shape[1])
    kl = (weights * scaled).sum(axis=1) - log_z
    return Optimum(float(kl.mean()), float((weights * values).sum(axis=1).mean()),
                   float((1 / (weights**2).sum(axis=1)).mean()))


def fit_gain(runs: Sequence[tuple[Sequence[float], Sequence[float]]], form: Form, *,
             confidence: float = 0.95) -> GainFit | None:
    """Least squares of each run, then a t over runs. runs: (d > 0, R: what the score gained over that at d = 0)."""
    found = [_fit(np.asarray(d, dtype=np.float64), np.asarray(gain, dtype=np.float64), form)
             for d, gain in runs if len({*d}) > 1]
    if not found:
        return None
    alphas, betas = np.array(found).T
    alpha, beta = float(alphas.mean()), float(betas.mean())
    turns = [_turn(float(each[0]), float(each[1]), form) for each in found]
    known = [turn for turn in turns if turn is not None]
    all_turn = len(known) == len(found) > 1
    return GainFit(alpha, *t_interval(alphas, confidence), beta, *t_interval(betas, confidence),
                   _turn(alpha, beta, form), min(known) if all_turn else None, max(known) if all_turn else None,
                   len(found))


def _turn(alpha: float, beta: float, form: Form) -> float | None:
    """Where the slope is nought; None where R rises for ever, or farther than a number reaches."""
    if beta <= 0:
        return None
    turn = float(np.exp(min(alpha / beta - 1, 700.0))) if form == "ppo" else float(alpha / (2 * beta))
    return turn if 0 < turn < _FAR else None


def _fit(d: FloatArray, gain: FloatArray, form: Form) -> FloatArray:
    """(α, β) of one run."""
    second = d * np.log(d) if form == "ppo" else d**2
    return np.asarray(np.linalg.lstsq(np.column_stack([d, -second]), gain, rcond=None)[0], dtype=np.float64)
