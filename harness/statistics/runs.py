"""The win rate of a way of training: runs, queries and raters are all drawn anew.

A run is a draw of labels and a training seed. `win_rate` speaks of the policies that were trained; here the interval
holds for another run too. `run_factors` says how judgments depend on runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from harness.statistics.clustered import FloatArray, cell_codes, encode
from harness.statistics.more_runs import RunVariance
from harness.statistics.multiway import MultiwayVariance, degrees_of_freedom, multiway_variance
from harness.statistics.run_errors import Error, Scope, error_over_runs, few_runs, run_factors
from harness.statistics.win_rate import Labels, WinRate, few_raters, interval_of, item_weights, win_rate


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

    @property
    def primary(self) -> WinRate:
        """The win rate with the interval that holds for another run too; with one run that of these policies."""
        if self.scope == "these policies":
            return self.these_runs
        return replace(self.these_runs, ci_low=self.ci_low, ci_high=self.ci_high, p_value=self.p_value,
                       standard_error=self.standard_error, degrees_of_freedom=self.degrees_of_freedom,
                       fewer_clusters=self.fewer_clusters, method=self.method, why_undefined=self.why_undefined,
                       notes=self.notes)


def rate_over_runs(outcomes: Sequence[float] | FloatArray, *, queries: Labels, runs: Labels,
                   opponent_runs: Labels | None = None, raters: Labels | None = None, items: Labels | None = None,
                   confidence: float = 0.95) -> RateOverRuns:
    """The win rate of n judgments, with runs as a random factor.

    outcomes: (n,) 1, ½ or 0. queries, runs, opponent_runs, raters: (n,) labels. runs: of A. opponent_runs: of B, None
    for a baseline that is not trained; a label on both sides is one run, whose two policies share labels and seed.
    items: (n,) labels; None where an item is one query between two runs. Raises ValueError for other outcomes or
    unequal lengths.
    """
    scores = np.asarray(outcomes, dtype=np.float64)
    if any(len(labels) != len(scores) for labels in (runs, opponent_runs) if labels is not None):
        raise ValueError("outcomes and runs must be equally many")
    sides = [encode(labels)[0] for labels in (runs, opponent_runs) if labels is not None]
    query = encode(queries)[0]
    item = reduce(cell_codes, sides, query) if items is None else encode(items)[0]
    these_runs = win_rate(scores, items=item, raters=raters, queries=query, confidence=confidence)
    n_runs = min((len(np.unique(side)) for side in sides), default=0)
    if these_runs.win_rate is None:
        return _undefined(these_runs, n_runs, confidence, these_runs.why_undefined)
    if n_runs < 2:
        return _undefined(these_runs, n_runs, confidence, "one training run: nothing is known of another one")
    if not query.any():
        return _undefined(these_runs, n_runs, confidence, "one query only: no spread to measure")
    of_runs = run_factors(runs, opponent_runs)
    others = {"query": query} | ({} if raters is None else {"rater": encode(raters)[0]})
    found = multiway_variance(scores - these_runs.win_rate, item_weights(item), of_runs | others)
    if found.variance is None:
        why = "every judgment shares a run, a query or a rater with every other"
        return _undefined(these_runs, n_runs, confidence, why)
    least = None if these_runs.standard_error is None else Error(
        these_runs.standard_error**2, these_runs.degrees_of_freedom, these_runs.method)
    error = error_over_runs(found, these_runs=least, confidence=confidence)
    fewer = min(found.clusters.values())
    interval = interval_of(these_runs.win_rate, variance=error.variance, degrees_of_freedom=error.degrees_of_freedom,
                           fewer_clusters=fewer, confidence=confidence, method=error.method, why_undefined=None)
    return RateOverRuns(
        scope="procedure", win_rate=these_runs.win_rate, ci_low=interval.low, ci_high=interval.high,
        p_value=interval.p_value, standard_error=interval.standard_error, degrees_of_freedom=error.degrees_of_freedom,
        fewer_clusters=fewer, n_runs=n_runs, confidence=confidence, method=interval.method, these_runs=these_runs,
        why_undefined=interval.why_undefined, notes=(*few_runs(n_runs), *few_raters(these_runs.n_raters), *error.notes),
        spread=None if interval.standard_error is None else _spread(found, found.variance, list(of_runs), n_runs))


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
