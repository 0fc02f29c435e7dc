"""Simulated judgments with item and rater effects, on which power and coverage are measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Design:
    """A study and how its items and raters differ.

    item_sd, rater_sd: standard deviations on the logit scale; the defaults are those of the
    specification's simulation. tie_rate: share of ties. win_rate: E[s] over all items and raters that
    might have been asked.
    """

    win_rate: float
    n_items: int
    n_raters: int = 12
    raters_per_item: int = 3
    item_sd: float = 1.0
    rater_sd: float = 0.5
    tie_rate: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.win_rate < 1:
            raise ValueError(f"win_rate must be in (0, 1), not {self.win_rate}")
        if not 1 <= self.raters_per_item <= self.n_raters:
            raise ValueError(f"raters_per_item must be in 1..{self.n_raters}, not {self.raters_per_item}")
        if not 0 <= self.tie_rate < 1:
            raise ValueError(f"tie_rate must be in [0, 1), not {self.tie_rate}")
        for name in ("item_sd", "rater_sd"):
            if not 0 <= getattr(self, name) <= 10:
                raise ValueError(f"{name} must be in 0..10 on the logit scale, not {getattr(self, name)}")
        if not 0 < self.decisive_win_rate < 1:
            raise ValueError(f"a win rate of {self.win_rate} cannot be with {self.tie_rate:.0%} ties")

    @property
    def decisive_win_rate(self) -> float:
        """The win rate among decisive judgments that makes win_rate with the ties."""
        return 0.5 + (self.win_rate - 0.5) / (1 - self.tie_rate)

    def intercept(self) -> float:
        """b with E[expit(b + item + rater)] = the decisive win rate, by Gauss-Hermite quadrature."""
        from scipy.optimize import brentq
        from scipy.special import expit

        nodes, weights = np.polynomial.hermite_e.hermegauss(41)
        spread = np.hypot(self.item_sd, self.rater_sd)

        def excess(b: float) -> float:
            return float(weights @ expit(b + spread * nodes) / weights.sum()) - self.decisive_win_rate

        reach = 40 + 10 * float(spread)
        return float(brentq(excess, -reach, reach))


@dataclass(frozen=True)
class SimulatedJudgments:
    """outcomes: (n,) 1, ½, 0. items, raters: (n,) codes."""

    outcomes: FloatArray
    items: IntArray
    raters: IntArray


def simulate_judgments(design: Design, rng: np.random.Generator, *,
                       intercept: float | None = None) -> SimulatedJudgments:
    """One study. Raters are dealt to items in turn from shuffled decks, so that their loads are equal.

    intercept: design.intercept(), where the caller has it already.
    """
    b = design.intercept() if intercept is None else intercept
    k, n = design.raters_per_item, design.n_items
    item_effects = rng.normal(0, design.item_sd, n)
    rater_effects = rng.normal(0, design.rater_sd, design.n_raters)
    # A run of k in a circle of distinct raters is k different ones.
    order = rng.permutation(design.n_raters)
    raters = order[(rng.permutation(n)[:, None] * k + np.arange(k)) % design.n_raters].ravel()
    items = np.repeat(np.arange(n), k)
    chances = 1 / (1 + np.exp(-(b + item_effects[items] + rater_effects[raters])))
    outcomes = (rng.random(n * k) < chances).astype(np.float64)
    outcomes[rng.random(n * k) < design.tie_rate] = 0.5
    return SimulatedJudgments(outcomes, items, raters)
