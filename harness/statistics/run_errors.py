"""What standard errors over training runs share: which judgments depend on each other, and the care for few runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.statistics.clustered import IntArray, encode
from harness.statistics.multiway import MultiwayVariance, same_partition
from harness.statistics.win_rate import Labels

FEW_RUNS = 4
"""Figures from fewer runs a budget carry a note that they are few."""

Scope = Literal["procedure", "these policies"]
"""What an interval is about: a way of training, or only the policies that were trained."""


@dataclass(frozen=True)
class TheseRuns:
    """The same figure about the policies that were trained, and no other.

    ci_low, ci_high, p_value: as those beside it, without what another run would differ by.
    """

    ci_low: float | None
    ci_high: float | None
    p_value: float | None


@dataclass(frozen=True)
class Error:
    """What an interval is made of: a variance, the degrees of freedom of its t, and how it was computed, in words."""

    variance: float
    degrees_of_freedom: float
    method: str
    notes: tuple[str, ...] = ()

    def reach(self, confidence: float) -> float:
        """Half of the interval's width."""
        from scipy import special

        return float(special.stdtrit(self.degrees_of_freedom, 0.5 + confidence / 2) * np.sqrt(self.variance))


def error_over_runs(found: MultiwayVariance, *, these_runs: Error | None, confidence: float) -> Error:
    """The error over runs: never narrower than about these policies, which are among all that might be.

    found: with a variance. these_runs: None where there is no error about these policies.
    """
    assert found.variance is not None
    note = "the variance over all factors was below that over some of them; the larger is used"
    *first, last = found.clusters
    by = f"{', '.join(first)} and {last}" if first else last
    error = Error(found.variance, found.degrees_of_freedom, f"clustered by {by}, t", (note,) if found.guarded else ())
    if these_runs is None or error.reach(confidence) >= these_runs.reach(confidence):
        return error
    same = "runs differ by no more than chance; the interval is that of these policies"
    return Error(these_runs.variance, these_runs.degrees_of_freedom, these_runs.method, (same,))


def few_runs(n_runs: int) -> tuple[str, ...]:
    """The note for so many runs a budget, or none."""
    return (f"{n_runs} training runs are few; {FEW_RUNS} or more are wanted",) if n_runs < FEW_RUNS else ()


def run_factors(runs: Labels, opponent_runs: Labels | None = None) -> dict[str, IntArray]:
    """The factors that runs are, with the cluster codes of each judgment: (n,), or (n, 2) where it has two runs.

    runs: (n,) labels of A's runs. opponent_runs: of B's, None for a baseline that is not trained; a label on both sides
    is one run. How judgments depend on runs follows from who met whom:

    - Run i of A against run i of B: the pair is one cluster. What the two share, such as labels, cancels in the spread.
    - A baseline that is not trained: each run of A is a cluster.
    - Every run of A against every run of B: two factors, runs of A and runs of B.
    - The same, where run i of A and run i of B share labels or seed (one label stands on both sides): one factor, in
      which each judgment has two runs.
    """
    own = encode(runs)[0]
    if opponent_runs is None:
        return {"run": own}
    both = encode(np.array([*runs, *opponent_runs], dtype=object))[0].reshape(2, -1)
    if len(np.intersect1d(*both)):
        return {"run": own if np.array_equal(*both) else both.T}
    opponents = encode(opponent_runs)[0]
    return {"run": own} if same_partition(own, opponents) else {"run of A": own, "run of B": opponents}
