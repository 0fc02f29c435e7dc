"""How many items and raters a study needs to show what it claims.

By formula for independent votes, else by simulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.statistics.equivalence import equivalence
from harness.statistics.simulation import Design, simulate_judgments
from harness.statistics.win_rate import win_rate


def items_for_win_rate(rate: float, *, power: float = 0.8, alpha: float = 0.05, ties: float = 0.0) -> int:
    """Independent items for a two-sided test of ½ when the win rate is `rate`, a share `ties` of them tied.

    Without ties at 55, 60 and 65% with 80% power: 783, 194, 85. Raises ValueError at ½, which no number of items tells
    from ½.
    """
    if rate == 0.5 or not 0 < rate < 1:
        raise ValueError(f"the win rate must be in (0, 1) and not 0.5, not {rate}")
    reach = _z(1 - alpha / 2) * _sd(0.5, ties) + _z(power) * _sd(rate, ties)
    return _items((reach / (rate - 0.5)) ** 2)


def items_for_equivalence(margin: float, *, power: float = 0.9, alpha: float = 0.05, ties: float = 0.0) -> int:
    """Independent items for both one-sided tests at ½ ± margin when the arms are equal.

    Without ties at ±5 points with 90% power: 1,082.
    """
    _check_margin(margin)
    return _items((_sd(0.5, ties) * (_z(1 - alpha) + _z(1 - (1 - power) / 2)) / margin) ** 2)


def items_for_non_inferiority(rate: float, margin: float, *, power: float = 0.9, alpha: float = 0.05,
                              ties: float = 0.0) -> int:
    """Independent items to show W below ½ + margin when it is `rate`.

    Raises ValueError for a rate past the margin.
    """
    _check_margin(margin)
    if rate >= 0.5 + margin:
        raise ValueError(f"a win rate of {rate} is not below 0.5 + {margin}")
    reach = _z(1 - alpha) * _sd(0.5, ties) + _z(power) * _sd(rate, ties)
    return _items((reach / (0.5 + margin - rate)) ** 2)


@dataclass(frozen=True)
class SimulatedPower:
    """Shares of simulated studies. different: the interval excludes ½ on the true side (at ½: on either
    side).

    not_better: W shown below ½ + margin; equivalent: both one-sided tests; None without a margin.
    coverage: the interval holds the true win rate. width: the mean width of the interval.
    """

    design: Design
    simulations: int
    different: float
    not_better: float | None
    equivalent: float | None
    coverage: float
    width: float


def simulate_power(design: Design, rng: np.random.Generator, *, simulations: int = 400,
                   margin: float | None = None, alpha: float = 0.05) -> SimulatedPower:
    """Simulate the study and analyse each one as the report would (two-way clustered)."""
    intercept = design.intercept()
    intervals: list[tuple[float, float]] = []
    shown = np.zeros(2)
    for _ in range(simulations):
        judged = simulate_judgments(design, rng, intercept=intercept)
        rate = win_rate(judged.outcomes, items=judged.items, raters=judged.raters, confidence=1 - alpha)
        if rate.win_rate is None or rate.ci_low is None or rate.ci_high is None:
            intervals.append((0.0, 1.0))
            continue
        intervals.append((rate.ci_low, rate.ci_high))
        if margin is not None:
            result = equivalence(rate, margin=margin, alpha=alpha)
            shown[0] += result.p_a_not_better is not None and result.p_a_not_better < alpha
            shown[1] += result.p_equivalent is not None and result.p_equivalent < alpha
    low, high = np.array(intervals).T
    above, below = low > 0.5, high < 0.5
    different = above | below if design.win_rate == 0.5 else above if design.win_rate > 0.5 else below
    return SimulatedPower(
        design=design, simulations=simulations, different=float(different.mean()),
        not_better=None if margin is None else float(shown[0] / simulations),
        equivalent=None if margin is None else float(shown[1] / simulations),
        coverage=float(np.mean((low <= design.win_rate) & (design.win_rate <= high))),
        width=float(np.mean(high - low)),
    )


def power_curve(design: Design, item_counts: Sequence[int], rng: np.random.Generator, *,
                simulations: int = 400, margin: float | None = None,
                alpha: float = 0.05) -> list[SimulatedPower]:
    """The simulated power at several numbers of items."""
    return [simulate_power(replace(design, n_items=count), rng, simulations=simulations, margin=margin,
                           alpha=alpha) for count in item_counts]


def _sd(rate: float, ties: float) -> float:
    """Of one outcome with E[s] = rate: s² is 1 for a win and ¼ for a tie."""
    return float(np.sqrt(rate - ties / 4 - rate**2))


def _z(p: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(p))


def _items(exact: float) -> int:
    # To the nearest item, as the published tables: the normal approximation errs by more than half an item.
    return round(exact)


def _check_margin(margin: float) -> None:
    if not 0 < margin < 0.5:
        raise ValueError(f"margin must be in (0, 0.5), not {margin}")
