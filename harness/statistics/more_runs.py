"""How many training runs would decide whether fewer labels were enough, from what runs differ by.

With R runs a budget the win rate has the variance V(R) = (variance that one run adds) / R + (variance that all runs
share). More runs reduce the first part only. The second comes from the queries, and from the raters where people judge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.statistics.multiway import degrees_of_freedom

AT_MOST = 100
"""More runs than this are not proposed."""


@dataclass(frozen=True)
class RunVariance:
    """Where the variance of a win rate over runs comes from.

    of_one_run: what each run adds, as a variance of win rates: the spread between runs and the sampling within one.
    between_runs_sd: standard deviation of win rates between runs beyond that sampling. shared: the variance that more
    runs do not reduce. shared_degrees_of_freedom: of that part.
    """

    of_one_run: float
    between_runs_sd: float
    shared: float
    shared_degrees_of_freedom: float

    def variance(self, n_runs: int) -> float:
        """Of the win rate with so many runs a budget."""
        return self.of_one_run / n_runs + self.shared

    def degrees_of_freedom(self, n_runs: int) -> float:
        """Of the interval with so many runs a budget, two or more."""
        return degrees_of_freedom(self.variance(n_runs), {"runs": self.of_one_run / n_runs, "shared": self.shared},
                                  {"runs": n_runs, "shared": self.shared_degrees_of_freedom + 1})


@dataclass(frozen=True)
class DecisionPower:
    """The chances of a verdict. enough: W is shown to be below one half plus the margin. not_enough: above it."""

    enough: float
    not_enough: float

    @property
    def either(self) -> float:
        """The chance that something is decided."""
        return self.enough + self.not_enough


def decision_power(spread: RunVariance, n_runs: int, *, win_rate: float, margin: float,
                   alpha: float = 0.05) -> DecisionPower:
    """The power of a study with n_runs (two or more) a budget where W(large over small) is win_rate.

    The tests are those of `verdict.py`: one-sided for 'enough', a two-sided interval for 'not enough'. By the
    noncentral t.
    """
    from scipy import special

    if n_runs < 2:
        raise ValueError(f"one run decides nothing: n_runs must be two or more, not {n_runs}")
    freedom, beyond = spread.degrees_of_freedom(n_runs), win_rate - 0.5 - margin
    error = float(np.sqrt(spread.variance(n_runs)))
    if error == 0:
        return DecisionPower(float(beyond < 0), float(beyond > 0))
    one_sided, two_sided = (float(special.stdtrit(freedom, 1 - level)) for level in (alpha, alpha / 2))
    # nctdtr loses its digits far out, where the answer is 0 or 1.
    shift = float(np.clip(beyond / error, -30, 30))
    return DecisionPower(enough=float(special.nctdtr(freedom, shift, -one_sided)),
                         not_enough=float(1 - special.nctdtr(freedom, shift, two_sided)))


@dataclass(frozen=True)
class MoreRuns:
    """How many runs a budget would decide.

    n_runs: in total. more: beyond those there are. power: the chance of a verdict with n_runs. win_rate: what
    W(large over small) was taken to be. why_undefined: why no number would do, where the others are None.
    """

    n_runs: int | None
    more: int | None
    power: float | None
    win_rate: float
    why_undefined: str | None


def runs_to_decide(spread: RunVariance, *, have: int, win_rate: float, margin: float, alpha: float = 0.05,
                   power: float = 0.8) -> MoreRuns:
    """The fewest runs a budget, more than there are, with which a new study would reach a verdict with this power.

    have: the runs a budget there are. win_rate: what W(large over small) is taken to be, such as its estimate.
    """
    chances = {"win_rate": win_rate, "margin": margin, "alpha": alpha}
    for n_runs in range(max(have + 1, 2), AT_MOST + 1):
        found = decision_power(spread, n_runs, **chances).either
        if found >= power:
            return MoreRuns(n_runs, n_runs - have, found, win_rate, None)
    if decision_power(spread, 1_000_000, **chances).either < power:
        why = (f"no number of runs decides with a chance of {power:.0%}: a win rate of {win_rate:.1%} is too near to "
               f"{0.5 + margin:.1%} for these queries and raters")
    else:
        why = f"more than {AT_MOST} runs a budget would be needed"
    return MoreRuns(None, None, None, win_rate, why)
