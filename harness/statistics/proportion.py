"""Intervals and tests of one proportion of independent votes.

For judgments by raters see `win_rate`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An interval in [0, 1]."""

    low: float
    high: float


def wilson(count: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval. Raises ValueError without a trial."""
    from statsmodels.stats.proportion import proportion_confint

    if n < 1:
        raise ValueError("an interval for a proportion needs at least one trial")
    low, high = proportion_confint(count, n, alpha=1 - confidence, method="wilson")
    return Interval(float(low), float(high))


def binomial_p_value(count: int, n: int, p: float = 0.5) -> float | None:
    """The exact two-sided binomial test of `p`; None without a trial."""
    from scipy import stats

    return float(stats.binomtest(count, n, p).pvalue) if n else None
