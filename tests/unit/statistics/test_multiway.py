"""Multiway variances against statsmodels, the analysis of variance, and the sum over pairs written out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from harness.statistics.clustered import cell_codes, cluster_meat, intersections, mean_variance
from harness.statistics.multiway import degrees_of_freedom, multiway_variance


def _crossed(runs: int, queries: int, seed: int = 0):
    """Run, query and outcome of every run on every query."""
    rng = np.random.default_rng(seed)
    run, query = (codes.ravel() for codes in np.indices((runs, queries)))
    return run, query, rng.normal(size=runs)[run] + rng.normal(size=queries)[query] + rng.normal(size=runs * queries)


def _mean(outcomes):
    n = len(outcomes)
    return outcomes - outcomes.mean(), np.full(n, 1 / n)


def _statsmodels(outcomes, groups, *, correction=False):
    fit = sm.OLS(outcomes, np.ones(len(outcomes))).fit(
        cov_type="cluster", cov_kwds={"groups": np.column_stack(groups).squeeze(), "use_correction": correction})
    return fit.cov_params()[0, 0]


def test_two_constant_factors_leave_statsmodels_one_way_variance() -> None:
    run, query, outcomes = _crossed(6, 40)
    constant = np.zeros_like(run)
    for factor, groups in (("run", run), ("query", query)):
        found = multiway_variance(*_mean(outcomes), {factor: groups, "rater": constant, "judge": constant})
        assert found.variance == pytest.approx(_statsmodels(outcomes, [groups], correction=True))
        assert found.degrees_of_freedom == pytest.approx(len(set(groups)) - 1)


def test_a_constant_factor_leaves_the_two_way_variance() -> None:
    run, query, outcomes = _crossed(6, 40)
    residuals, weights = _mean(outcomes)
    found = multiway_variance(residuals, weights, {"query": query, "run": run, "rater": np.zeros_like(run)})
    two_way = mean_variance(residuals, weights, clusters=query, raters=run)
    assert two_way.variance == pytest.approx(_statsmodels(outcomes, [query, run]))
    assert found.variance == pytest.approx(two_way.variance * 6 / 5 * 40 / 39)


def test_a_crossed_design_has_the_variance_of_the_analysis_of_variance() -> None:
    run, query, outcomes = _crossed(5, 30, seed=3)
    table = anova_lm(ols("y ~ C(run) + C(query)", pd.DataFrame({"y": outcomes, "run": run, "query": query})).fit())
    of_run, of_query, rest = table["sum_sq"] / table["df"]
    found = multiway_variance(*_mean(outcomes), {"run": run, "query": query})
    assert found.variance == pytest.approx((of_run + of_query - rest) / len(run))
    assert found.part("run") == pytest.approx(of_run / len(run))


def test_the_sandwich_of_three_groups_is_the_signed_sum_of_statsmodels_one_way_ones() -> None:
    rng = np.random.default_rng(1)
    groups = [rng.integers(k, size=400) for k in (4, 60, 9)]
    outcomes = rng.normal(size=400)
    residuals, weights = _mean(outcomes)
    meat = cluster_meat((residuals * weights)[:, None], groups)[0, 0]
    one, two, three = groups
    pairs = cell_codes(one, two), cell_codes(one, three), cell_codes(two, three)
    expected = (sum(_statsmodels(outcomes, [each]) for each in groups)
                - sum(_statsmodels(outcomes, [each]) for each in pairs)
                + _statsmodels(outcomes, [cell_codes(pairs[0], three)]))
    assert meat == pytest.approx(expected)
    assert [len(chosen) for chosen in intersections(groups)] == [1, 1, 1, 2, 2, 2, 3]


@pytest.mark.parametrize("two_runs", [False, True])
def test_the_variance_is_the_sum_over_pairs_that_share_something(two_runs) -> None:
    rng = np.random.default_rng(2)
    n = 120
    run = rng.integers(5, size=(n, 2)) if two_runs else rng.integers(5, size=n)
    factors = {"run": run, "query": rng.integers(15, size=n), "rater": rng.integers(6, size=n)}
    weights = rng.random(n)
    weights /= weights.sum()
    outcomes = rng.normal(size=n) + rng.normal(size=5)[run].reshape(n, -1).sum(axis=1)
    residuals = outcomes - weights @ outcomes
    share = np.zeros((n, n), dtype=bool)
    for codes in factors.values():
        columns = codes.reshape(n, -1).T
        for first in columns:
            for second in columns:
                share |= first[:, None] == second
    influence = weights * residuals
    expected = (influence @ share @ influence) / (1 - weights @ share @ weights)
    assert multiway_variance(residuals, weights, factors).part("run", "query", "rater") == pytest.approx(expected)


def test_neither_order_nor_names_nor_a_repeated_factor_matter() -> None:
    run, query, outcomes = _crossed(4, 25)
    residuals, weights = _mean(outcomes)
    rater = np.random.default_rng(4).integers(7, size=100)
    order = np.random.default_rng(5).permutation(100)
    found = multiway_variance(residuals, weights, {"run": run, "query": query, "rater": rater})
    again = multiway_variance(residuals[order], weights[order],
                              {"rater": 6 - rater[order], "run": run[order], "seed": 3 - run[order],
                               "query": query[order]})
    assert again.variance == pytest.approx(found.variance)
    assert again.degrees_of_freedom == pytest.approx(found.degrees_of_freedom)
    assert set(again.clusters) == {"rater", "run", "query"}


def test_a_variance_below_a_part_of_itself_gives_way_to_the_largest_part() -> None:
    # Queries that were won by half of the runs: their sums are 0, less than chance would leave.
    outcomes = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    run, query = (codes.ravel() for codes in np.indices((3, 2)))
    found = multiway_variance(*_mean(outcomes.ravel()), {"run": run, "query": query})
    assert found.guarded
    assert found.variance == max(found.parts.values()) > found.part("run", "query")


def test_without_two_judgments_that_share_nothing_there_is_no_variance() -> None:
    residuals, weights = _mean(np.array([1.0, 0.0, 0.0]))
    runs = np.array([[0, 1], [0, 2], [1, 2]])
    assert multiway_variance(residuals, weights, {"run": runs}).variance is None


def test_degrees_of_freedom() -> None:
    # One part is all: its own. Two runs: one. With many runs, Satterthwaite's formula.
    assert degrees_of_freedom(2.0, {"run": 2.0}, {"run": 4}) == pytest.approx(3)
    assert degrees_of_freedom(2.0, {"run": 1.0, "query": 0.5}, {"run": 2, "query": 100}) == 1
    many = degrees_of_freedom(2.0, {"run": 1.0, "query": 0.5}, {"run": 10_001, "query": 20_001})
    assert many == pytest.approx(2.0**2 / (1.0**2 / 10_000 + 0.5**2 / 20_000), rel=1e-3)
