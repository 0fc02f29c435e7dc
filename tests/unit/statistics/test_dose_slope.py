"""Coefficients over label budgets against statsmodels, a t test over runs, and simulated studies."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from harness.statistics.dose_response import dose_response
from harness.statistics.dose_slope import slope_over_runs
from harness.statistics.run_simulation import RunDesign, simulate_doses

SLOPE = 0.15
BUDGETS = (500, 5000, 60000)


def _study(n_runs=4, n_queries=60, seed=0, *, budgets=BUDGETS, **other):
    """Columns of a study in which the logit of the win rate grows by SLOPE when labels double."""
    rates = {budget: 1 / (1 + np.exp(-SLOPE * np.log2(budget / budgets[0]))) for budget in budgets}
    nested = other.pop("nested", 0.5)
    design = RunDesign(win_rate=0.5, n_runs=n_runs, n_queries=n_queries, **other)
    found = simulate_doses(rates, design, np.random.default_rng(seed), nested=nested)
    columns = [np.concatenate([getattr(judged, name) for judged in found.values()])
               for name in ("outcomes", "runs", "queries")]
    return (*columns, np.repeat(budgets, n_runs * n_queries))


def _curve(outcomes, runs, queries, budgets, **other):
    items = other.pop("items", None) or [f"{budget}|{run}|{query}" for budget, run, query
                                         in zip(budgets, runs, queries, strict=True)]
    return dose_response(outcomes, budgets.tolist(), items=items, queries=queries, runs=runs, **other)


def _statsmodels(outcomes, budgets, groups, degree=1):
    log_budgets = np.log2(budgets)
    design = np.vander(log_budgets - (log_budgets.mean() if degree > 1 else 0), degree + 1, increasing=True)
    fit = sm.GLM(outcomes, design, family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    return fit.params[degree], fit.cov_params()[degree, degree]


@pytest.mark.parametrize(("degree", "name"), [(1, "slope"), (2, "curvature")])
def test_runs_that_are_queries_leave_statsmodels_one_way_error(degree, name) -> None:
    outcomes, _, queries, budgets = _study(n_runs=1, n_queries=90)
    found = getattr(_curve(outcomes, queries, queries, budgets), name)
    estimate, variance = _statsmodels(outcomes, budgets, queries, degree)
    assert found.estimate == pytest.approx(estimate)
    assert found.standard_error**2 == pytest.approx(variance * 90 / 89)
    assert found.scope == "procedure"


@pytest.mark.parametrize("raters", [None, "one"])
def test_a_constant_rater_leaves_statsmodels_two_way_error(raters) -> None:
    outcomes, runs, queries, budgets = _study(n_runs=5, run_sd=1.0, seed=2)
    found = _curve(outcomes, runs, queries, budgets, raters=raters and [raters] * len(outcomes)).slope
    estimate, variance = _statsmodels(outcomes, budgets, np.column_stack([runs, queries]))
    assert found.estimate == pytest.approx(estimate)
    assert found.standard_error**2 == pytest.approx(variance * 5 / 4 * 60 / 59)


def test_about_these_policies_the_error_is_statsmodels_by_query() -> None:
    outcomes, runs, queries, budgets = _study()
    found = _curve(outcomes, runs, queries, budgets).slope
    alone = _curve(outcomes, None, queries, budgets, items=list(range(len(outcomes)))).slope
    assert (alone.scope, alone.these_runs) == ("these policies", found.these_runs)
    assert alone.standard_error**2 == pytest.approx(_statsmodels(outcomes, budgets, queries)[1])
    assert found.ci_low < found.these_runs.ci_low < found.these_runs.ci_high < found.ci_high


def test_runs_named_apart_for_each_budget_have_the_variance_of_two_independent_samples() -> None:
    outcomes, runs, queries, budgets = _study(n_runs=5, n_queries=300, budgets=(100, 400), run_sd=2.0, query_sd=0.1,
                                              nested=0.0)
    named = np.array([f"{budget}-{run}" for budget, run in zip(budgets, runs, strict=True)])
    found = _curve(outcomes, named, queries, budgets).slope
    variance = 0.0
    for budget in (100, 400):
        rates = np.array([outcomes[named == f"{budget}-{run}"].mean() for run in range(5)])
        # By the delta method; from 100 to 400 labels the budget doubles twice.
        variance += rates.var(ddof=1) / 5 / (rates.mean() * (1 - rates.mean())) ** 2 / 4
    # Queries add little here.
    assert found.standard_error**2 == pytest.approx(variance, rel=0.05)


def test_the_slope_over_runs_is_the_t_test_of_the_runs_own_slopes() -> None:
    rng = np.random.default_rng(3)
    rates = [{str(run): rate for run, rate in enumerate(rng.uniform(0.4, 0.8, 6))} for _ in BUDGETS]
    logs = np.log2(BUDGETS)
    own = [np.polyfit(logs, [np.log(each[str(run)] / (1 - each[str(run)])) for each in rates], 1)[0]
           for run in range(6)]
    found = slope_over_runs(np.array(BUDGETS, dtype=float), rates, 0.95)
    expected = stats.ttest_1samp(own, 0)
    assert found.estimate == pytest.approx(np.mean(own))
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(expected.confidence_interval()))


def test_a_budget_with_one_run_leaves_the_curve_to_these_policies() -> None:
    outcomes, runs, queries, budgets = _study()
    kept = (budgets < 60000) | (runs == 0)
    found = _curve(outcomes[kept], runs[kept], queries[kept], budgets[kept])
    assert found.slope.scope == "these policies"
    assert "a budget has one training run: the curve is about these policies" in found.notes
    one = _curve(*_study(n_runs=1))
    assert one.slope_over_runs.estimate is None
    assert one.slope_over_runs.why_undefined == "too few runs with a finite logit, or one budget only"


@pytest.mark.parametrize("nested", [0.0, 1.0])
def test_the_interval_of_the_slope_holds_it_in_another_run_too(nested) -> None:
    found = [_curve(*_study(n_queries=150, seed=seed, budgets=(2500, 60000), nested=nested)).slope
             for seed in range(150)]
    # Three standard errors of 150 studies about 95%; it may be careful.
    assert np.mean([fit.ci_low <= SLOPE <= fit.ci_high for fit in found]) >= 0.9
    held = np.mean([fit.these_runs.ci_low <= SLOPE <= fit.these_runs.ci_high for fit in found])
    # What all budgets of a run share cancels in the slope.
    assert held < 0.88 if nested == 0.0 else held > 0.9
