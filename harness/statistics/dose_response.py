"""How the win rate over a common baseline grows with the label budget."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray, cell_codes, encode, guarded_covariance
from harness.statistics.saturation import SaturatingFit, fit_saturation
from harness.statistics.win_rate import Labels, WinRate, win_rate


@dataclass(frozen=True)
class SeedPoint:
    """The win rate of one training seed at one budget."""

    seed: str
    win_rate: float


@dataclass(frozen=True)
class DosePoint:
    """One label budget: all its seeds together, each seed apart, and the isotonic fit there."""

    label_budget: int
    rate: WinRate
    seeds: tuple[SeedPoint, ...]
    isotonic: float


@dataclass(frozen=True)
class Coefficient:
    """A coefficient on the logit scale.

    estimate, standard_error: the error is clustered as that of win rates, but not in `slope_over_runs`. ci_low,
    ci_high, p_value: by a t distribution. why_undefined: why a figure is None.
    """

    estimate: float | None
    standard_error: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    why_undefined: str | None


@dataclass(frozen=True)
class CurveFit:
    """What can be said of a curve of win rates over label budgets.

    intercept: of logit(W) on log2(labels). slope: change of logit(W) for twice the labels. curvature: the
    coefficient of (log2 labels - mean)², negative where the gain levels off. slope_over_runs: the slope of the
    runs' own win rates, one point for each budget and seed, so that training seeds count as random. saturating:
    W = a + b(1 - 2^(-L/c)), where the budgets identify it. notes: what must be read with it.
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


@dataclass(frozen=True)
class _Data:
    """The judgments that have a budget of one or more. budget: code into budgets, which ascend."""

    scores: FloatArray
    weights: FloatArray
    budget: IntArray
    budgets: FloatArray
    means: FloatArray
    n_items: FloatArray
    clusters: IntArray
    raters: IntArray | None
    confidence: float


def dose_response(outcomes: Sequence[float] | FloatArray, budgets: Sequence[int], *, items: Labels,
                  queries: Labels | None = None, raters: Labels | None = None, seeds: Labels | None = None,
                  confidence: float = 0.95) -> DoseResponse:
    """The dose-response of n judgments against one baseline.

    outcomes: (n,) 1, ½, 0 from the trained arm's side. budgets: (n,) labels of that arm. items: (n,) one
    label an item (arm and seed included). queries: (n,) the clusters, items where None. seeds: (n,) "" where
    unknown. Budgets below one have no logarithm and are left out with a note.
    """
    keep = np.asarray(budgets) >= 1
    notes = () if keep.all() else ("judgments with no labels (budget below 1) are not on the curve",)
    scores = np.asarray(outcomes, dtype=np.float64)[keep]
    amounts = np.asarray(budgets, dtype=np.float64)[keep]
    item_labels, query_labels, rater_labels, seed_labels = (
        None if labels is None else np.array([str(label) for label in labels], dtype=object)[keep]
        for labels in (items, queries, raters, seeds))
    assert item_labels is not None
    if len(scores) == 0:
        nothing = _no_coefficient("no judgments with a label budget")
        empty = np.array([], dtype=np.float64)
        return DoseResponse(None, nothing, nothing, nothing, fit_saturation(empty, empty, None), notes, points=())
    data = _prepare(scores, amounts, item_labels, query_labels, rater_labels, confidence)
    places = range(len(data.budgets))
    rates = [_rate_at(data, index, item_labels, query_labels, rater_labels) for index in places]
    seed_points = [_seed_points(data, index, item_labels, seed_labels) for index in places]
    isotonic = _isotonic(data)
    points = tuple(DosePoint(label_budget=int(data.budgets[index]), rate=rates[index],
                             seeds=seed_points[index], isotonic=float(isotonic[index])) for index in places)
    slope, intercept = _logit_coefficient(data, degree=1)
    curvature, _ = _logit_coefficient(data, degree=2)
    over_runs = _slope_over_runs(data.budgets, seed_points, confidence)
    saturating = fit_saturation(data.budgets, data.means, _means_covariance(data))
    return DoseResponse(intercept, slope, curvature, over_runs, saturating, notes, points=points)


def _prepare(scores: FloatArray, amounts: FloatArray, items: Labels, queries: Labels | None,
             raters: Labels | None, confidence: float) -> _Data:
    budgets, budget = np.unique(amounts, return_inverse=True)
    # An item belongs to one budget; labels that are reused across budgets are told apart here.
    item = cell_codes(encode(items)[0], budget.astype(np.int64))
    weights = 1.0 / np.bincount(item)[item]
    n_items = np.bincount(budget, weights=weights).astype(np.float64)
    means = np.bincount(budget, weights=weights * scores) / n_items
    clusters = encode(queries if queries is not None else items)[0]
    rater_codes = encode(raters)[0] if raters is not None else None
    several = rater_codes is not None and int(rater_codes.max()) > 0
    return _Data(scores, weights.astype(np.float64), budget.astype(np.int64), budgets, means, n_items,
                 clusters, rater_codes if several else None, confidence)


def _rate_at(data: _Data, index: int, items: FloatArray, queries: FloatArray | None,
             raters: FloatArray | None) -> WinRate:
    here = data.budget == index
    return win_rate(data.scores[here], items=items[here], queries=None if queries is None else queries[here],
                    raters=None if raters is None else raters[here], confidence=data.confidence)


def _seed_points(data: _Data, index: int, items: FloatArray,
                 seeds: FloatArray | None) -> tuple[SeedPoint, ...]:
    if seeds is None:
        return ()
    points = []
    for seed in sorted(set(seeds[data.budget == index]) - {""}):
        here = (data.budget == index) & (seeds == seed)
        rate = win_rate(data.scores[here], items=items[here]).win_rate
        assert rate is not None
        points.append(SeedPoint(str(seed), rate))
    return tuple(points)


def _isotonic(data: _Data) -> FloatArray:
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(data.means, weights=data.n_items).x, dtype=np.float64)


def _logit_coefficient(data: _Data, *, degree: int) -> tuple[Coefficient, float | None]:
    """The highest coefficient of a polynomial of logit(W) in log2(labels), and the intercept.

    A fractional logit GLM on the budgets' means has the estimates of one on all judgments, each item
    weighing 1.
    """
    k = len(data.budgets)
    if k <= degree:
        return _no_coefficient(f"{k} label budget{'s' if k > 1 else ''}: {degree + 1} are needed"), None
    if np.sum((data.means > 0) & (data.means < 1)) <= degree:
        return _no_coefficient("nearly every budget won all or lost all: the logit is infinite"), None
    if int(data.clusters.max()) == 0:
        return _no_coefficient("one cluster only: no standard error"), None
    import statsmodels.api as sm

    log_budgets = np.log2(data.budgets)
    centred = log_budgets - (np.average(log_budgets, weights=data.n_items) if degree > 1 else 0.0)
    design = np.vander(centred, degree + 1, increasing=True)
    with warnings.catch_warnings():
        # As many coefficients as budgets fit exactly: no fault here, the errors come from the judgments.
        warnings.simplefilter("ignore")
        model = sm.GLM(data.means, design, family=sm.families.Binomial(), var_weights=data.n_items)
        fit = model.fit(scale=1.0)
    fitted = np.asarray(fit.fittedvalues)
    bread = np.linalg.inv((design * (data.n_items * fitted * (1 - fitted))[:, None]).T @ design)
    scores = (data.weights * (data.scores - fitted[data.budget]))[:, None] * design[data.budget]
    groups = [data.clusters] if data.raters is None else [data.clusters, data.raters]
    covariance, _ = guarded_covariance(bread, scores, groups)
    freedom = min(int(codes.max()) for codes in groups)
    error = float(np.sqrt(covariance[degree, degree]))
    return _coefficient(float(fit.params[degree]), error, freedom, data.confidence), float(fit.params[0])


def _means_covariance(data: _Data) -> FloatArray:
    """Covariance of the budgets' win rates, clustered by query: they share the baseline's responses."""
    k = len(data.budgets)
    scores = np.zeros((len(data.scores), k))
    residuals = data.scores - data.means[data.budget]
    scores[np.arange(len(data.scores)), data.budget] = data.weights * residuals / data.n_items[data.budget]
    return guarded_covariance(np.eye(k), scores, [data.clusters])[0]


def _slope_over_runs(budgets: FloatArray, seed_points: list[tuple[SeedPoint, ...]],
                     confidence: float) -> Coefficient:
    """Least squares of logit(W) of each run on log2(labels): the spread holds seeds, queries and raters."""
    runs = [(np.log2(budget), point.win_rate) for budget, points in zip(budgets, seed_points, strict=True)
            for point in points if 0 < point.win_rate < 1]
    if len(runs) < 3 or len({log_budget for log_budget, _ in runs}) < 2:
        return _no_coefficient("fewer than three runs with a finite logit, or one budget only")
    import statsmodels.api as sm

    log_budgets, rates = np.array(runs).T
    fit = sm.OLS(np.log(rates / (1 - rates)), sm.add_constant(log_budgets)).fit()
    return _coefficient(float(fit.params[1]), float(fit.bse[1]), len(runs) - 2, confidence)


def _coefficient(estimate: float, error: float, freedom: int, confidence: float) -> Coefficient:
    from scipy import special

    if not error > 0:
        return Coefficient(estimate, None, None, None, None, "no spread to measure the error by")
    reach = float(special.stdtrit(freedom, 0.5 + confidence / 2)) * error
    p_value = float(2 * special.stdtr(freedom, -abs(estimate) / error))
    return Coefficient(estimate, error, estimate - reach, estimate + reach, p_value, None)


def _no_coefficient(why: str) -> Coefficient:
    return Coefficient(None, None, None, None, None, why)
