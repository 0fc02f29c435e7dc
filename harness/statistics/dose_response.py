"""How the win rate over a common baseline grows with the label budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray, cell_codes, encode
from harness.statistics.dose_slope import (
    Coefficient,
    DoseData,
    logit_coefficient,
    means_covariance,
    no_coefficient,
    slope_over_runs,
)
from harness.statistics.run_errors import few_runs
from harness.statistics.runs import RateOverRuns, rate_over_runs
from harness.statistics.saturation import SaturatingFit, fit_saturation
from harness.statistics.win_rate import Labels, WinRate, win_rate

Column = NDArray[Any]


@dataclass(frozen=True)
class SeedPoint:
    """The win rate of one training seed at one budget."""

    seed: str
    win_rate: float


@dataclass(frozen=True)
class DosePoint:
    """One label budget: all its seeds together, each seed apart, and the isotonic fit there.

    rate: its interval holds for another run too where the budget has several.
    """

    label_budget: int
    rate: WinRate
    seeds: tuple[SeedPoint, ...]
    isotonic: float


@dataclass(frozen=True)
class CurveFit:
    """What can be said of a curve of win rates over label budgets.

    intercept: of logit(W) on log2(labels). slope: change of logit(W) for twice the labels. curvature: the
    coefficient of (log2 labels - mean)², negative where the gain levels off. slope_over_runs: the slope of the
    runs' own win rates, with runs as the only sample. saturating: W = a + b(1 - 2^(-L/c)), where the budgets identify
    it. notes: what must be read with it.
    """

    intercept: float | None
    slope: Coefficient
    curvature: Coefficient
    slope_over_runs: Coefficient
    saturating: SaturatingFit
    notes: tuple[str, ...]


@dataclass(frozen=True)
class DoseResponse(CurveFit):
    """The curve and what can be said of it. points: one for each budget, ascending."""

    points: tuple[DosePoint, ...]


def dose_response(outcomes: Sequence[float] | FloatArray, budgets: Sequence[int], *, items: Labels,
                  queries: Labels | None = None, raters: Labels | None = None, runs: Labels | None = None,
                  confidence: float = 0.95) -> DoseResponse:
    """The dose-response of n judgments against one baseline.

    outcomes: (n,) 1, ½, 0 from the trained arm's side. budgets: (n,) labels of that arm. items: (n,) one
    label an item (arm and run included). queries: (n,) the clusters, items where None. runs: (n,) "" where
    unknown; a label under several budgets is one run, whose budgets share seed or labels. Budgets below one have no
    logarithm and are left out with a note.
    """
    keep = np.asarray(budgets) >= 1
    notes = () if keep.all() else ("judgments with no labels (budget below 1) are not on the curve",)
    scores = np.asarray(outcomes, dtype=np.float64)[keep]
    amounts = np.asarray(budgets, dtype=np.float64)[keep]
    if len(scores) == 0:
        nothing = no_coefficient("no judgments with a label budget")
        empty = np.array([], dtype=np.float64)
        return DoseResponse(None, nothing, nothing, nothing, fit_saturation(empty, empty, None), notes, points=())
    item_labels, *others = (None if labels is None else np.array([str(label) for label in labels], dtype=object)[keep]
                            for labels in (items, queries, raters, runs))
    assert item_labels is not None
    columns = _Columns(item_labels, *others)
    data = _prepare(scores, amounts, columns, confidence)
    found = [_rate_at(data, index, columns) for index in range(len(data.budgets))]
    seeds = [_seed_rates(data, index, columns) for index in range(len(data.budgets))]
    isotonic = _isotonic(data)
    points = tuple(DosePoint(label_budget=int(budget), rate=rate.primary if isinstance(rate, RateOverRuns) else rate,
                             seeds=tuple(SeedPoint(*each) for each in of_seeds.items()), isotonic=float(fit))
                   for budget, rate, of_seeds, fit in zip(data.budgets, found, seeds, isotonic, strict=True))
    slope, intercept = logit_coefficient(data, degree=1)
    curvature, _ = logit_coefficient(data, degree=2)
    covariance, n_runs = means_covariance(data), min(len(each) for each in seeds)
    # Those of contrasts between budgets; what all share moves the curve up or down only.
    freedom = None if data.runs is None else (len(points) - 1) * (n_runs - 1)
    saturating = fit_saturation(data.budgets, data.means, covariance, degrees_of_freedom=freedom)
    about = () if runs is None else _notes_on_runs(n_runs)
    return DoseResponse(intercept, slope, curvature, slope_over_runs(data.budgets, seeds, confidence), saturating,
                        (*notes, *about), points=points)


@dataclass(frozen=True)
class _Columns:
    """The labels (n,) of the judgments on the curve."""

    items: Column
    queries: Column | None
    raters: Column | None
    runs: Column | None


def _prepare(scores: FloatArray, amounts: FloatArray, columns: _Columns, confidence: float) -> DoseData:
    budgets, budget = np.unique(amounts, return_inverse=True)
    # An item belongs to one budget; labels that are reused across budgets are told apart here.
    item = cell_codes(encode(columns.items)[0], budget.astype(np.int64))
    weights = 1.0 / np.bincount(item)[item]
    n_items = np.bincount(budget, weights=weights).astype(np.float64)
    means = np.bincount(budget, weights=weights * scores) / n_items
    clusters = encode(columns.items if columns.queries is None else columns.queries)[0]
    raters = None if columns.raters is None else encode(columns.raters)[0]
    several = raters is not None and int(raters.max()) > 0
    runs = None
    if columns.runs is not None and "" not in columns.runs:
        codes = encode(columns.runs)[0]
        if all(len(np.unique(codes[budget == index])) > 1 for index in range(len(budgets))):
            runs = codes
    return DoseData(scores, weights.astype(np.float64), budget.astype(np.int64), budgets, means, n_items,
                    clusters, raters if several else None, runs, confidence)


def _rate_at(data: DoseData, index: int, columns: _Columns) -> RateOverRuns | WinRate:
    """Of one budget; over runs where all its judgments name theirs."""
    here = data.budget == index
    items, queries, raters, runs = (None if labels is None else labels[here] for labels in (
        columns.items, columns.queries, columns.raters, columns.runs))
    assert items is not None
    if runs is None or "" in runs:
        return win_rate(data.scores[here], items=items, queries=queries, raters=raters, confidence=data.confidence)
    return rate_over_runs(data.scores[here], items=items, queries=items if queries is None else queries, runs=runs,
                          raters=raters, confidence=data.confidence)


def _seed_rates(data: DoseData, index: int, columns: _Columns) -> dict[str, float]:
    """The win rate of each run of one budget."""
    if columns.runs is None:
        return {}
    found = {}
    for run in sorted(set(columns.runs[data.budget == index]) - {""}):
        here = (data.budget == index) & (columns.runs == run)
        rate = win_rate(data.scores[here], items=columns.items[here]).win_rate
        assert rate is not None
        found[str(run)] = rate
    return found


def _isotonic(data: DoseData) -> FloatArray:
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(data.means, weights=data.n_items).x, dtype=np.float64)


def _notes_on_runs(n_runs: int) -> tuple[str, ...]:
    """n_runs: of the budget with the fewest."""
    return few_runs(n_runs) if n_runs > 1 else ("a budget has one training run: the curve is about these policies",)
