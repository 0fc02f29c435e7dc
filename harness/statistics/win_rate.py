"""The win rate of one arm over another, with its interval and its test.

W(A over B) = E[s], where s is 1 for a win, ½ for a tie and 0 for a loss: averaged within an item, then over items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import (
    BootstrapInterval,
    FloatArray,
    IntArray,
    MeanVariance,
    encode,
    mean_variance,
    pigeonhole_bootstrap,
)

Labels = Sequence[Any] | NDArray[Any]

FEW_RATERS = 8
"""Under so many raters the two-way variance says little about raters who were not asked."""


@dataclass(frozen=True)
class WinRate:
    """A win rate with its interval; every figure from A's side.

    win_rate, ci_low, ci_high: in [0, 1]. win_rate_without_ties: the same over decisive judgments. win_rate_majority:
    each item counts by its most frequent outcome, ½ where two are equally frequent; only to compare with the paper.
    wins, ties, losses: numbers of judgments. n_items, n_judgments, n_raters: how many there were. p_value: two-sided,
    of W = ½. standard_error: of W; None where all judgments are wins, or all are losses. degrees_of_freedom: of the
    interval's t. fewer_clusters: the smaller number of clusters, of items or of raters; one more than the degrees of
    freedom. confidence: of the interval. method: how the interval was computed. bootstrap: the two-way bootstrap, None
    where none was asked for. why_undefined: why a figure cannot be had. notes: what a reader must know beside the
    figures.
    """

    win_rate: float | None
    ci_low: float | None
    ci_high: float | None
    win_rate_without_ties: float | None
    win_rate_majority: float | None
    wins: int
    ties: int
    losses: int
    n_items: int
    n_judgments: int
    n_raters: int
    p_value: float | None
    standard_error: float | None
    degrees_of_freedom: float
    fewer_clusters: int
    confidence: float
    method: str
    bootstrap: BootstrapInterval | None
    why_undefined: str | None
    notes: tuple[str, ...]


def win_rate(outcomes: Sequence[float] | FloatArray, *, items: Labels, raters: Labels | None = None,
             queries: Labels | None = None, confidence: float = 0.95,
             bootstrap: np.random.Generator | None = None, resamples: int = 1000) -> WinRate:
    """The win rate of n judgments with the interval that their design asks for.

    outcomes: (n,) 1, ½ or 0. items, raters: (n,) labels. With one judge, or raters None, clustered by
    item only; with two or more two-way by item and rater, t with (fewer clusters - 1) degrees of freedom.
    queries: (n,) where several items share a query (other seeds, say), the cluster in the item's place.
    bootstrap: a generator adds the two-way bootstrap interval. Raises ValueError for other outcomes or
    unequal lengths.
    """
    scores = np.asarray(outcomes, dtype=np.float64)
    _check(scores, items, raters, queries)
    if len(scores) == 0:
        return _undefined(confidence, "no judgments")
    item_codes, n_items = encode(items)
    rater_codes, n_raters = encode(raters) if raters is not None else (None, 1)
    clusters = item_codes if queries is None else encode(queries)[0]
    estimate = _mean_of_item_means(scores, item_codes)
    assert estimate is not None
    weights = item_weights(item_codes)
    spread = mean_variance(scores - estimate, weights, clusters=clusters, raters=rater_codes,
                           unit="item" if n_items == 1 else "query")
    found = interval_of(estimate, variance=spread.variance, degrees_of_freedom=spread.degrees_of_freedom,
                        fewer_clusters=spread.fewer_clusters, confidence=confidence, method=spread.method,
                        why_undefined=spread.why_undefined)
    decisive = scores != 0.5
    interval = None
    if bootstrap is not None and spread.why_undefined is None:
        interval = pigeonhole_bootstrap(scores, items=item_codes, raters=rater_codes, clusters=clusters,
                                        rng=bootstrap, resamples=resamples, confidence=confidence)
    return WinRate(
        win_rate=estimate, ci_low=found.low, ci_high=found.high,
        win_rate_without_ties=_mean_of_item_means(scores[decisive], item_codes[decisive]),
        win_rate_majority=float(np.mean(majority_outcomes(scores, item_codes))),
        wins=int(np.sum(scores == 1)), ties=int(np.sum(~decisive)), losses=int(np.sum(scores == 0)),
        n_items=n_items, n_judgments=len(scores), n_raters=n_raters, p_value=found.p_value,
        standard_error=found.standard_error, degrees_of_freedom=spread.degrees_of_freedom,
        fewer_clusters=spread.fewer_clusters, confidence=confidence, method=found.method, bootstrap=interval,
        why_undefined=found.why_undefined, notes=_notes(n_raters, spread),
    )


def majority_outcomes(outcomes: FloatArray, item_codes: IntArray) -> FloatArray:
    """(items,) each item's most frequent outcome, by code; ½ where two are equally frequent.

    outcomes: (n,) 1, ½ or 0. item_codes: (n,) 0..items-1, each at least once.
    """
    values = np.array([1.0, 0.5, 0.0])
    votes = np.stack([np.bincount(item_codes, weights=outcomes == value) for value in values])
    single = (votes == votes.max(axis=0)).sum(axis=0) == 1
    return np.where(single, values[votes.argmax(axis=0)], 0.5)


def _check(scores: FloatArray, *labels: Labels | None) -> None:
    if not np.isin(scores, (0.0, 0.5, 1.0)).all():
        raise ValueError("an outcome is 1 (win), 0.5 (tie) or 0 (loss)")
    if any(label is not None and len(label) != len(scores) for label in labels):
        raise ValueError("outcomes, items, raters and queries must be equally many")


def item_weights(item_codes: IntArray) -> FloatArray:
    """(n,) what each judgment weighs in W: items equally, and equally within an item. Their sum is 1.

    item_codes: (n,) 0..items-1, each at least once.
    """
    counts = np.bincount(item_codes)
    return 1.0 / (counts[item_codes] * len(counts))


def _mean_of_item_means(scores: FloatArray, item_codes: IntArray) -> float | None:
    if len(scores) == 0:
        return None
    counts = np.bincount(item_codes)
    present = counts > 0
    return float(np.mean(np.bincount(item_codes, weights=scores)[present] / counts[present]))


@dataclass(frozen=True)
class Interval:
    """An interval of a win rate with its test; None where why_undefined says why."""

    low: float | None
    high: float | None
    p_value: float | None
    standard_error: float | None
    method: str
    why_undefined: str | None


def interval_of(estimate: float, *, variance: float | None, degrees_of_freedom: float, fewer_clusters: int,
                confidence: float, method: str, why_undefined: str | None) -> Interval:
    """The t interval of a win rate, cut at 0 and 1, and the two-sided test of one half.

    variance: of the estimate, None where why_undefined says why. Where there is none, all won or all lost, Wilson's
    interval and the exact binomial test over the fewer clusters.
    """
    from scipy import special

    if variance is None:
        return Interval(None, None, None, None, method, why_undefined)
    if variance <= 1e-20:
        return _interval_without_spread(estimate, fewer_clusters, confidence)
    error = float(np.sqrt(variance))
    reach = float(special.stdtrit(degrees_of_freedom, 0.5 + confidence / 2)) * error
    p_value = float(2 * special.stdtr(degrees_of_freedom, -abs(estimate - 0.5) / error))
    low, high = max(estimate - reach, 0.0), min(estimate + reach, 1.0)
    return Interval(low, high, p_value, error, method, None)


def _interval_without_spread(estimate: float, n: int, confidence: float) -> Interval:
    """All won or all lost: Wilson and the exact binomial over the n fewer clusters, the careful count of n."""
    if estimate not in (0.0, 1.0):
        why = "every item has the same average: no spread to measure"
        return Interval(None, None, None, None, "none", why)
    from harness.statistics.proportion import wilson

    bounds = wilson(round(estimate * n), n, confidence=confidence)
    method = "Wilson over the fewer clusters (the judgments are unanimous)"
    return Interval(bounds.low, bounds.high, min(1.0, 2.0 * 0.5**n), None, method, None)


def _notes(n_raters: int, spread: MeanVariance) -> tuple[str, ...]:
    guarded = ("the two-way variance was not positive; the larger one-way variance is used",) if spread.guarded else ()
    return (*few_raters(n_raters), *guarded)


def few_raters(n_raters: int) -> tuple[str, ...]:
    """The note for so many raters, or none."""
    few = 2 <= n_raters < FEW_RATERS
    return (f"fewer than {FEW_RATERS} raters: the inference is for these raters only",) if few else ()


def _undefined(confidence: float, why: str) -> WinRate:
    return WinRate(
        win_rate=None, ci_low=None, ci_high=None, win_rate_without_ties=None, win_rate_majority=None,
        wins=0, ties=0, losses=0, n_items=0, n_judgments=0, n_raters=0, p_value=None, standard_error=None,
        degrees_of_freedom=0, fewer_clusters=0, confidence=confidence, method="none", bootstrap=None,
        why_undefined=why, notes=(),
    )
