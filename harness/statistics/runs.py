"""The win rate of a way of training: runs, queries and raters are all drawn anew.

A run is a draw of labels and a training seed. `win_rate` speaks of the policies that were trained; here the interval
holds for another run too. How judgments depend on runs follows from who met whom (`run_factors`):

- Run i of A against run i of B: the pair is one cluster. What the two share, such as labels, cancels in the spread.
- A baseline that is not trained: each run of A is a cluster.
- Every run of A against every run of B: two factors, runs of A and runs of B.
- The same, where run i of A and run i of B share labels or seed (one label stands on both sides): one factor, in which
  each judgment has two runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray, cell_codes, encode
from harness.statistics.more_runs import RunVariance
from harness.statistics.multiway import MultiwayVariance, degrees_of_freedom, multiway_variance, same_partition
from harness.statistics.win_rate import Labels, WinRate, few_raters, interval_of, item_weights, win_rate

FEW_RUNS = 4
"""A win rate from fewer runs a budget carries a note that they are few."""

Scope = Literal["procedure", "these policies"]
"""What an interval is about: a way of training, or only the policies that were trained."""


@dataclass(frozen=True)
class RateOverRuns:
    """A win rate as that of a way of training; every figure from A's side.

    scope: `these policies` with one run of an arm; there is no interval about the way of training then. win_rate: as in
    `these_runs`. ci_low, ci_high, p_value (two-sided, of W = ½), standard_error: for new runs, queries and raters; None
    where why_undefined says why, the standard error also where judgments are unanimous. The interval is never narrower
    than that of `these_runs`. degrees_of_freedom: of its t. fewer_clusters: of runs, queries or raters.
    n_runs: training runs, of the arm with fewer. confidence, method, notes: as in `WinRate`. spread: where the variance
    comes from, None where there is no interval. these_runs: the same win rate about these policies only.
    """

    scope: Scope
    win_rate: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    standard_error: float | None
    degrees_of_freedom: float
    fewer_clusters: int
    n_runs: int
    confidence: float
    method: str
    spread: RunVariance | None
    these_runs: WinRate
    why_undefined: str | None
    notes: tuple[str, ...]


def rate_over_runs(outcomes: Sequence[float] | FloatArray, *, queries: Labels, runs: Labels,
                   opponent_runs: Labels | None = None, raters: Labels | None = None,
                   confidence: float = 0.95) -> RateOverRuns:
    """The win rate of n judgments, with runs as a random factor.

    outcomes: (n,) 1, ½ or 0. queries, runs, opponent_runs, raters: (n,) labels. runs: of A. opponent_runs: of B, None
    for a baseline that is not trained; a label on both sides is one run, whose two policies share labels and seed. An
    item is one query between two runs. Raises ValueError for other outcomes or unequal lengths.
    """
    scores = np.asarray(outcomes, dtype=np.float64)
    if any(len(labels) != len(scores) for labels in (runs, opponent_runs) if labels is not None):
        raise ValueError("outcomes and runs must be equally many")
    sides = [encode(labels)[0] for labels in (runs, opponent_runs) if labels is not None]
    query = encode(queries)[0]
    items = reduce(cell_codes, sides, query)
    these_runs = win_rate(scores, items=items, raters=raters, queries=query, confidence=confidence)
    n_runs = min((len(np.unique(side)) for side in sides), default=0)
    if these_runs.win_rate is None:
        return _undefined(these_runs, n_runs, confidence, these_runs.why_undefined)
    if n_runs < 2:
        return _undefined(these_runs, n_runs, confidence, "one training run: nothing is known of another one")
    if not query.any():
        return _undefined(these_runs, n_runs, confidence, "one query only: no spread to measure")
    of_runs = run_factors(runs, opponent_runs)
    others = {"query": query} | ({} if raters is None else {"rater": encode(raters)[0]})
    found = multiway_variance(scores - these_runs.win_rate, item_weights(items), of_runs | others)
    if found.variance is None:
        why = "every judgment shares a run, a query or a rater with every other"
        return _undefined(these_runs, n_runs, confidence, why)
    error, fewer = _error(found, found.variance, these_runs, confidence), min(found.clusters.values())
    interval = interval_of(these_runs.win_rate, variance=error.variance, degrees_of_freedom=error.degrees_of_freedom,
                           fewer_clusters=fewer, confidence=confidence, method=error.method, why_undefined=None)
    few = (f"{n_runs} training runs are few; {FEW_RUNS} or more are wanted",) if n_runs < FEW_RUNS else ()
    return RateOverRuns(
        scope="procedure", win_rate=these_runs.win_rate, ci_low=interval.low, ci_high=interval.high,
        p_value=interval.p_value, standard_error=interval.standard_error, degrees_of_freedom=error.degrees_of_freedom,
        fewer_clusters=fewer, n_runs=n_runs, confidence=confidence, method=interval.method, these_runs=these_runs,
        why_undefined=interval.why_undefined, notes=(*few, *few_raters(these_runs.n_raters), *error.notes),
        spread=None if interval.standard_error is None else _spread(found, found.variance, list(of_runs), n_runs))


def run_factors(runs: Labels, opponent_runs: Labels | None) -> dict[str, IntArray]:
    """The factors that runs are, with the cluster codes of each judgment: (n,), or (n, 2) where it has two runs.

    runs, opponent_runs: (n,) labels of A's and B's runs, as in `rate_over_runs`.
    """
    own = encode(runs)[0]
    if opponent_runs is None:
        return {"run": own}
    both = encode(np.array([*runs, *opponent_runs], dtype=object))[0].reshape(2, -1)
    if len(np.intersect1d(*both)):
        return {"run": own if np.array_equal(*both) else both.T}
    opponents = encode(opponent_runs)[0]
    return {"run": own} if same_partition(own, opponents) else {"run of A": own, "run of B": opponents}


@dataclass(frozen=True)
class _Error:
    variance: float
    degrees_of_freedom: float
    method: str
    notes: tuple[str, ...]


def _error(found: MultiwayVariance, variance: float, these_runs: WinRate, confidence: float) -> _Error:
    """What the interval is made of: never narrower than about these policies, which are among all that might be."""
    from scipy import special

    least = these_runs.standard_error
    if least is not None:
        level = 0.5 + confidence / 2
        reach = float(special.stdtrit(found.degrees_of_freedom, level)) * np.sqrt(variance)
        if reach < special.stdtrit(these_runs.degrees_of_freedom, level) * least:
            same = "runs differ by no more than chance; the interval is that of these policies"
            return _Error(least**2, these_runs.degrees_of_freedom, these_runs.method, (same,))
    note = "the variance over all factors was below that over some of them; the larger is used"
    *first, last = found.clusters
    by = f"{', '.join(first)} and {last}" if first else last
    return _Error(variance, found.degrees_of_freedom, f"clustered by {by}, t", (note,) if found.guarded else ())


def _spread(found: MultiwayVariance, variance: float, of_runs: Sequence[str], n_runs: int) -> RunVariance:
    """The parts of the variance, by what more runs would reduce."""
    one_way = {name: found.part(name) for name in found.clusters if name not in of_runs}
    without_runs = found.part(*one_way)
    one_run = n_runs * found.part(*(name for name in of_runs if name in found.clusters))
    between = n_runs * max(found.part(*found.clusters) - without_runs, 0.0)
    return RunVariance(
        of_one_run=one_run, between_runs_sd=float(np.sqrt(between)), shared=max(variance - one_run / n_runs, 0.0),
        shared_degrees_of_freedom=degrees_of_freedom(without_runs, one_way, found.clusters))


def _undefined(these_runs: WinRate, n_runs: int, confidence: float, why: str | None) -> RateOverRuns:
    return RateOverRuns(
        scope="these policies" if n_runs < 2 else "procedure", win_rate=these_runs.win_rate, ci_low=None, ci_high=None,
        p_value=None, standard_error=None, degrees_of_freedom=0.0, fewer_clusters=n_runs, n_runs=n_runs,
        confidence=confidence, method="none", spread=None, these_runs=these_runs, why_undefined=why, notes=())
