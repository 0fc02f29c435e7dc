"""Coefficients of logit(W) over log2(labels), with training runs as a random factor where there are several."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray, cluster_meat, encode, guarded_covariance
from harness.statistics.multiway import variance_of_influence
from harness.statistics.run_errors import Error, Scope, TheseRuns, error_over_runs


@dataclass(frozen=True)
class Coefficient:
    """A coefficient on the logit scale.

    estimate, standard_error: the error is that of `scope`. ci_low, ci_high, p_value: by a t distribution. scope:
    `procedure` where they hold for another run too, `these policies` where a budget has one run. these_runs: interval
    and p value about these policies only; null in `slope_over_runs`. why_undefined: why a figure is None.
    """

    estimate: float | None
    standard_error: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    why_undefined: str | None
    scope: Scope
    these_runs: TheseRuns | None


@dataclass(frozen=True)
class DoseData:
    """n judgments that have a budget of one or more, against one baseline.

    scores, weights, budget: (n,); each item weighs 1, budget is a code into the k budgets. budgets, means, n_items:
    (k,), budgets ascend. clusters, raters: (n,) codes of queries and raters, raters None with one. runs: (n,) codes,
    None unless every budget has two runs or more; a run is the same one under every budget.
    """

    scores: FloatArray
    weights: FloatArray
    budget: IntArray
    budgets: FloatArray
    means: FloatArray
    n_items: FloatArray
    clusters: IntArray
    raters: IntArray | None
    runs: IntArray | None
    confidence: float

    @property
    def groups(self) -> dict[str, IntArray]:
        """What judgments of these policies share."""
        return {"query": self.clusters} | ({} if self.raters is None else {"rater": self.raters})


def logit_coefficient(data: DoseData, *, degree: int) -> tuple[Coefficient, float | None]:
    """The highest coefficient of a polynomial of logit(W) in log2(labels), and the intercept.

    A fractional logit GLM on the budgets' means has the estimates of one on all judgments, each item
    weighing 1.
    """
    k = len(data.budgets)
    if k <= degree:
        return no_coefficient(f"{k} label budget{'s' if k > 1 else ''}: {degree + 1} are needed"), None
    if np.sum((data.means > 0) & (data.means < 1)) <= degree:
        return no_coefficient("nearly every budget won all or lost all: the logit is infinite"), None
    if int(data.clusters.max()) == 0:
        return no_coefficient("one cluster only: no standard error"), None
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
    variance = fitted * (1 - fitted)
    bread = np.linalg.inv((design * (data.n_items * variance)[:, None]).T @ design)
    residuals = data.weights * (data.scores - fitted[data.budget])
    groups = list(data.groups.values())
    covariance, _ = guarded_covariance(bread, residuals[:, None] * design[data.budget], groups)
    these = Error(float(covariance[degree, degree]), min(int(codes.max()) for codes in groups), "these policies")
    coefficient = _coefficient(float(fit.params[degree]), these, data.confidence)
    if data.runs is not None and coefficient.standard_error is not None:
        pull = design @ bread[degree]
        leverage = _leverage(pull * variance, design, bread, degree)[data.budget] * data.weights[:, None]
        coefficient = _over_runs(coefficient, residuals * pull[data.budget], leverage,
                                 {"run": data.runs} | data.groups, these, data.confidence)
    return coefficient, float(fit.params[0])


def slope_over_runs(budgets: FloatArray, win_rates: Sequence[Mapping[str, float]], confidence: float) -> Coefficient:
    """Least squares of logit(W) of each run on log2(labels), with errors clustered by run: its budgets share labels.

    win_rates: for each budget those of its runs, by run. Where all runs have all budgets, this is the t test of the
    runs' own slopes. Where each run has one budget, the error is that of independent points.
    """
    points = [(np.log2(budget), rate, run) for budget, rates in zip(budgets, win_rates, strict=True)
              for run, rate in rates.items() if 0 < rate < 1]
    runs, n_runs = encode([run for *_, run in points])
    freedom = n_runs - (1 if len(points) > n_runs else 2)
    if freedom < 1 or len({log_budget for log_budget, *_ in points}) < 2:
        return no_coefficient("too few runs with a finite logit, or one budget only")
    log_budgets, rates = (np.array(column) for column in list(zip(*points, strict=True))[:2])
    design = np.column_stack([np.ones(len(points)), log_budgets])
    logits = np.log(rates / (1 - rates))
    bread = np.linalg.inv(design.T @ design)
    slope = bread @ (design.T @ logits)
    pull = design @ bread[1]
    found = variance_of_influence(pull * (logits - design @ slope), _leverage(pull, design, bread, 1), {"run": runs})
    if found.variance is None:
        return no_coefficient("no two runs that share no budget's only point")
    error = Error(found.variance, freedom, "clustered by run, t")
    return _coefficient(float(slope[1]), error, confidence, scope="procedure")


def means_covariance(data: DoseData) -> FloatArray:
    """Covariance of the budgets' win rates (k, k), clustered by query: they share the baseline's responses.

    With runs, what runs add is put on top, as large and as much shared at every budget: few runs cannot tell more.
    """
    k = len(data.budgets)
    columns = np.arange(len(data.scores)), data.budget
    scores, weights = np.zeros((len(data.scores), k)), np.zeros((len(data.scores), k))
    weights[columns] = data.weights / data.n_items[data.budget]
    scores[columns] = weights[columns] * (data.scores - data.means[data.budget])
    of_queries = guarded_covariance(np.eye(k), scores, [data.clusters])[0]
    if data.runs is None:
        return of_queries
    groups = [data.runs, data.clusters]
    share = cluster_meat(weights, groups)
    if not np.all(share < 1 - 1e-9):
        return of_queries
    added = cluster_meat(scores, groups) / (1 - share) - of_queries
    each = float(np.trace(added)) / k
    shared = (float(added.sum()) - k * each) / (k * (k - 1)) if k > 1 else 0.0
    level = np.full((k, k), 1 / k)
    # The two eigenvalues of a matrix with one variance and one covariance.
    between = max(each - shared, 0.0) * (np.eye(k) - level) + max(each + (k - 1) * shared, 0.0) * level
    return np.asarray(of_queries + between, dtype=np.float64)


def no_coefficient(why: str) -> Coefficient:
    """Without figures."""
    return Coefficient(None, None, None, None, None, why, "these policies", None)


def _leverage(pull: FloatArray, design: FloatArray, bread: FloatArray, degree: int) -> FloatArray:
    """What `variance_of_influence` asks of a coefficient, for the rows of the design (rows, coefficients).

    pull: (rows,) how far the coefficient moves with the row's score, times the variance function. The squared length
    of the sum over a cluster is what the fit takes from its squared influence: Σ a a' (hat matrix) / Σ a².
    """
    moved = pull[:, None] * (design @ np.linalg.cholesky(bread)) / np.sqrt(bread[degree, degree])
    return np.asarray(moved, dtype=np.float64)


def _over_runs(these: Coefficient, influence: FloatArray, leverage: FloatArray, factors: Mapping[str, IntArray],
               these_runs: Error, confidence: float) -> Coefficient:
    found = variance_of_influence(influence, leverage, factors)
    if found.variance is None:
        return these
    assert these.estimate is not None
    error = error_over_runs(found, these_runs=these_runs, confidence=confidence)
    return _coefficient(these.estimate, error, confidence, scope="procedure", these_runs=these.these_runs)


def _coefficient(estimate: float, error: Error, confidence: float, *, scope: Scope = "these policies",
                 these_runs: TheseRuns | None = None) -> Coefficient:
    """With interval and test; about these policies, `these_runs` says the same."""
    from scipy import special

    if not error.variance > 0:
        return Coefficient(estimate, None, None, None, None, "no spread to measure the error by", scope, these_runs)
    reach, standard_error = error.reach(confidence), float(np.sqrt(error.variance))
    low, high = estimate - reach, estimate + reach
    p_value = float(2 * special.stdtr(error.degrees_of_freedom, -abs(estimate) / standard_error))
    if scope == "these policies":
        these_runs = TheseRuns(low, high, p_value)
    return Coefficient(estimate, standard_error, low, high, p_value, None, scope, these_runs)
