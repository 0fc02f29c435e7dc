"""Tests that stay valid when results are looked at before all judgments are in.

E-processes hold at every look; group-sequential boundaries hold at looks that were planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray


@dataclass(frozen=True)
class EProcess:
    """Evidence against W = ½ after each outcome. log_values: (n,) natural logs; at any moment reject at
    level α where the value is 1/α or more, however often one looks."""

    log_values: FloatArray

    @property
    def value(self) -> float:
        """The e-value after the last outcome (1 before the first)."""
        return float(np.exp(self.log_values[-1])) if len(self.log_values) else 1.0

    def rejected_at(self, alpha: float = 0.05) -> int | None:
        """How many outcomes it took to reach 1/α first; None where it never did."""
        reached = np.flatnonzero(self.log_values >= -np.log(alpha))
        return int(reached[0]) + 1 if len(reached) else None

    @property
    def p_value(self) -> float:
        """1 over the largest e-value so far, at most 1: a p value that holds however often one looks."""
        return float(np.exp(-max(self.log_values.max(initial=0.0), 0.0)))


def e_process(outcomes: Sequence[float] | FloatArray) -> EProcess:
    """The uniform-mixture betting process on outcomes in [0, 1] with mean ½ under the null, in order of
    arrival.

    Capital Π(1 + λ(2s - 1)), λ uniform on [-1, 1]. For 0 and 1 alone it is 2^n / ((n + 1) C(n, wins)).
    The outcomes must be independent (one for each item, not one for each rater) and never change once they have
    come. Raises ValueError outside [0, 1].
    """
    scores = np.asarray(outcomes, dtype=np.float64)
    if len(scores) and (scores.min() < 0 or scores.max() > 1):
        raise ValueError("an outcome is in [0, 1]")
    # Gauss-Legendre with m nodes is exact for polynomials of degree 2m - 1; the capital has degree n.
    nodes, weights = np.polynomial.legendre.leggauss(min(len(scores) // 2 + 1, 1000))
    log_capital = np.zeros(len(nodes))
    log_values = np.empty(len(scores))
    for step, bet in enumerate(2 * scores - 1):
        log_capital += np.log1p(nodes * bet)
        top = log_capital.max()
        log_values[step] = top + np.log(weights @ np.exp(log_capital - top) / 2)
    return EProcess(log_values)


def by_arrival(outcomes: FloatArray, clusters: NDArray[Any], decided: FloatArray) -> FloatArray:
    """(clusters,) each cluster's first outcome, in the order in which these came.

    Not its mean: a mean changes while the cluster's other judgments come in, and a process that is computed anew
    from changed outcomes is another one at every look, so that more than α of all studies would reach 1/α at one
    of them. decided: (n,) times; judgments of one time keep the file's order, as all do where a time is unknown
    (-inf).
    """
    order = np.argsort(decided, kind="stable") if np.isfinite(decided).all() else np.arange(len(decided))
    _, first = np.unique(clusters[order].astype(str), return_index=True)
    return np.asarray(outcomes[order][np.sort(first)], dtype=np.float64)


def crossing_probability(boundaries: Sequence[float]) -> float:
    """P(|Z_k| reaches boundaries[k] at some of K equally spaced looks) under the null.

    By the recursion of Armitage, McPherson and Rowe (1969) on a grid. Five looks at 1.96: .142.
    """
    reach = 10.0 * np.sqrt(len(boundaries))
    grid = np.linspace(-reach, reach, 8001)
    width = grid[1] - grid[0]
    step = np.exp(-0.5 * grid**2) / np.sqrt(2 * np.pi)
    density = step.copy()
    for look, boundary in enumerate(boundaries, start=1):
        if look > 1:
            density = _convolve(density, step) * width
        # The cell at the boundary counts by the share of it that lies inside.
        share = np.clip((boundary * np.sqrt(look) - np.abs(grid)) / width + 0.5, 0, 1)
        density = density * share
    return float(1 - density.sum() * width)


def obrien_fleming(looks: int, *, alpha: float = 0.05) -> list[float]:
    """|Z| to reach at each of equally spaced looks for a two-sided level alpha: C √(K/k)."""
    if looks < 1:
        raise ValueError("there must be at least one look")
    from scipy.optimize import brentq

    shape = np.sqrt(looks / np.arange(1, looks + 1))
    constant = brentq(lambda c: crossing_probability(list(c * shape)) - alpha, 0.01, 8.0, xtol=1e-6)
    return [float(boundary) for boundary in constant * shape]


def _convolve(density: FloatArray, step: FloatArray) -> FloatArray:
    from scipy.signal import fftconvolve

    return np.asarray(fftconvolve(density, step, mode="same"), dtype=np.float64)
