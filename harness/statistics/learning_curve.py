"""How well reward models predict held-out labels as they have more of their own, and what more would buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray
from harness.statistics.run_mean import t_interval


@dataclass(frozen=True)
class LabelerCeiling:
    """What no reward model can exceed, for labels whose chances are known.

    accuracy: of who always names the likeliest choice. log_loss: nats, of who knows every chance. self_agreement: how
    often the labeler would choose alike if asked again.
    """

    accuracy: float
    log_loss: float
    self_agreement: float


@dataclass(frozen=True)
class PowerLaw:
    """gap = scale · labels^(−exponent): how far the accuracy is below its ceiling.

    exponent: mean over runs; exponent_low, exponent_high: a t interval over runs, None with one. scale: at the mean
    exponent. next_doubling: by how much twice the labels of the largest budget would raise the accuracy, at the mean
    exponent; next_doubling_low, next_doubling_high: a t interval over runs. n_runs: how many runs were fitted.
    why_undefined: why there is no fit.
    """

    exponent: float | None
    exponent_low: float | None
    exponent_high: float | None
    scale: float | None
    next_doubling: float | None
    next_doubling_low: float | None
    next_doubling_high: float | None
    n_runs: int
    why_undefined: str | None = None


def ceiling(scores: FloatArray, *, noise: float, lapse_rate: float) -> LabelerCeiling:
    """Of a simulated labeler with these scores (n, k): P(i) = lapse/k + (1 − lapse)·softmax(score/noise)_i."""
    k = scores.shape[1]
    if noise == 0:
        sharp = (scores == scores.max(axis=1, keepdims=True)).astype(np.float64)
        sharp = np.eye(k)[sharp.argmax(axis=1)]
    else:
        weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / noise)
        sharp = weights / weights.sum(axis=1, keepdims=True)
    chances = lapse_rate / k + (1 - lapse_rate) * sharp
    entropy = -np.sum(np.where(chances > 0, chances * np.log(np.maximum(chances, 1e-300)), 0.0), axis=1)
    return LabelerCeiling(float(chances.max(axis=1).mean()), float(entropy.mean()), float((chances**2).sum(1).mean()))


def fit_power_law(runs: Mapping[int, Sequence[tuple[int, float]]], *, ceiling: float,
                  confidence: float = 0.95) -> PowerLaw:
    """runs: of each run its (labels, accuracy). Least squares of log gap on log labels within each run."""
    slopes, intercepts = [], []
    for points in runs.values():
        known = [(np.log(labels), np.log(ceiling - accuracy)) for labels, accuracy in points if accuracy < ceiling]
        if len(known) >= 2:
            x, y = np.array(known).T
            slope, intercept = np.polyfit(x, y, 1)
            slopes.append(float(slope))
            intercepts.append(float(intercept))
    if not slopes:
        return PowerLaw(None, None, None, None, None, None, None, 0,
                        "two budgets below the ceiling are needed in one run")
    exponents = -np.array(slopes)
    exponent, scale = float(exponents.mean()), float(np.exp(np.mean(intercepts)))
    largest = max(labels for points in runs.values() for labels, _ in points)
    gains = np.exp(np.array(intercepts)) * largest ** -exponents * (1 - 2.0 ** -exponents)
    gain = scale * largest ** -exponent * (1 - 2.0 ** -exponent)
    return PowerLaw(exponent, *t_interval(exponents, confidence), scale, float(gain), *t_interval(gains, confidence),
                    len(slopes))
