"""Clustered variances against statsmodels, and the bootstrap against a plain loop."""

import numpy as np
import pytest
import statsmodels.api as sm

from harness.statistics.clustered import (
    cell_codes,
    encode,
    guarded_covariance,
    mean_variance,
    pigeonhole_bootstrap,
    rows_by_label,
)


def test_codes_follow_the_order_of_appearance() -> None:
    codes, n = encode(["b", "a", "b", None])
    assert (codes.tolist(), n) == ([0, 1, 0, 2], 3)
    assert cell_codes(np.array([0, 1, 0, 1]), np.array([1, 1, 1, 0])).tolist() == [0, 1, 0, 2]


def test_rows_by_label_are_the_rows_of_each_label_in_order() -> None:
    rows = rows_by_label(np.array(["b", "a", "b"], dtype=object))
    assert {label: at.tolist() for label, at in rows.items()} == {"a": [1], "b": [0, 2]}


@pytest.mark.parametrize("two_way", [False, True])
def test_the_sandwich_is_statsmodels(two_way: bool) -> None:
    rng = np.random.default_rng(0)
    x, items, raters = rng.normal(size=(300, 2)), rng.integers(40, size=300), rng.integers(12, size=300)
    y = x @ [1.0, -0.5] + rng.normal(size=40)[items] + rng.normal(size=300)
    groups = [items, raters] if two_way else [items]
    fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": np.column_stack(groups).squeeze(),
                                                         "use_correction": False})
    found, guarded = guarded_covariance(np.linalg.inv(x.T @ x), x * fit.resid[:, None], groups)
    assert found == pytest.approx(fit.cov_params())
    assert not guarded


def test_a_two_way_variance_below_zero_gives_way_to_the_larger_one_way() -> None:
    # Each item's and each rater's residuals cancel: V_item + V_rater - V_cell is negative.
    residuals = np.array([1.0, -1.0, -1.0, 1.0])
    items, raters = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    lopsided = residuals + np.array([0.1, 0.1, 0.0, 0.0])
    found = mean_variance(lopsided, np.full(4, 0.25), clusters=items, raters=raters)
    by_item = np.sum((np.bincount(items, weights=lopsided) / 4) ** 2)
    by_rater = np.sum((np.bincount(raters, weights=lopsided) / 4) ** 2)
    assert found.guarded
    assert found.variance == pytest.approx(max(by_item, by_rater))


def test_the_bootstrap_resamples_items_and_raters_apart() -> None:
    rng = np.random.default_rng(1)
    items, raters = np.repeat(np.arange(30), 3), np.tile(np.arange(6), 15)
    outcomes = rng.choice([0.0, 0.5, 1.0], 90)
    found = pigeonhole_bootstrap(outcomes, items=items, raters=raters, clusters=items,
                                 rng=np.random.default_rng(2), resamples=3000)
    means = []
    for _ in range(3000):
        of_item = np.bincount(rng.integers(30, size=30), minlength=30)
        of_rater = np.bincount(rng.integers(6, size=6), minlength=6)
        votes = np.bincount(items, weights=of_rater[raters])
        wins = np.bincount(items, weights=of_rater[raters] * outcomes)
        seen = votes > 0
        means.append(np.average(wins[seen] / votes[seen], weights=of_item[seen]))
    assert found.standard_error == pytest.approx(np.std(means), rel=0.08)
    assert (found.low, found.high) == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.03)
