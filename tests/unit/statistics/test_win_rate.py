"""The win rate and its intervals, against statsmodels and by hand."""

import numpy as np
import pytest
import statsmodels.api as sm

from harness.statistics.simulation import Design, simulate_judgments
from harness.statistics.win_rate import win_rate


def test_balanced_two_way_error_is_statsmodels_ols() -> None:
    judged = simulate_judgments(Design(win_rate=0.6, n_items=120, tie_rate=0.1), np.random.default_rng(1))
    found = win_rate(judged.outcomes, items=judged.items, raters=judged.raters)
    groups = np.column_stack([judged.items, judged.raters])
    fit = sm.OLS(judged.outcomes, np.ones(len(judged.outcomes))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    assert found.win_rate == pytest.approx(fit.params[0])
    assert found.standard_error == pytest.approx(fit.bse[0])
    assert found.degrees_of_freedom == 11


def test_unbalanced_error_is_statsmodels_wls_that_weighs_items_alike() -> None:
    rng = np.random.default_rng(2)
    items, raters = rng.integers(60, size=500), rng.integers(9, size=500)
    outcomes = rng.choice([0, 0.5, 1], 500)
    found = win_rate(outcomes, items=[f"item {code}" for code in items], raters=raters)
    size = np.bincount(items)[items]
    for groups, error in ((np.column_stack([items, raters]), found.standard_error),
                          (items, win_rate(outcomes, items=items).standard_error)):
        fit = sm.WLS(outcomes, np.ones(500), weights=1 / size).fit(
            cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
        assert found.win_rate == pytest.approx(fit.params[0])
        assert error == pytest.approx(fit.bse[0])


def test_items_count_alike_however_many_judged_them() -> None:
    found = win_rate([1, 1, 1, 1, 0], items=["a", "a", "a", "a", "b"], raters=[1, 2, 3, 4, 1])
    assert found.win_rate == 0.5
    assert (found.wins, found.ties, found.losses) == (4, 0, 1)
    assert (found.n_items, found.n_judgments, found.n_raters) == (2, 5, 4)


def test_three_treatments_of_ties() -> None:
    # Item a: win, win, tie. Item b: loss, tie, tie. By hand.
    found = win_rate([1, 1, 0.5, 0, 0.5, 0.5], items=list("aaabbb"), raters=[1, 2, 3, 1, 2, 3])
    assert found.win_rate == pytest.approx((2.5 / 3 + 1 / 3) / 2)
    assert found.win_rate_without_ties == pytest.approx((1 + 0) / 2)
    assert found.win_rate_majority == pytest.approx((1 + 0.5) / 2)


def test_undefined_is_said() -> None:
    nothing, one = win_rate([], items=[]), win_rate([1, 0], items=["a", "a"], raters=[1, 2])
    assert nothing.win_rate is None
    assert nothing.why_undefined == "no judgments"
    assert one.win_rate == 0.5
    assert (one.ci_low, one.p_value) == (None, None)
    assert "one item" in one.why_undefined
    ties = win_rate([0.5] * 10, items=range(10))
    assert ties.ci_low is None
    assert ties.why_undefined is not None


def test_unanimous_votes_get_wilsons_interval_not_certainty() -> None:
    found = win_rate([0.0] * 20, items=range(20))
    assert (found.ci_low, found.ci_high) == pytest.approx((0, 0.1611), abs=5e-5)
    by_few = win_rate([1.0] * 40, items=np.repeat(range(20), 2), raters=[0, 1] * 20)
    # Two raters are two witnesses, however many items they judged: Wilson of 2 in 2.
    assert by_few.ci_low == pytest.approx(0.3424, abs=5e-5)


def test_queries_cluster_items_that_share_one() -> None:
    outcomes, queries = np.tile([1.0, 1.0, 0.0, 1.0], 5), np.tile(np.arange(4), 5)
    apart = win_rate(outcomes, items=range(20))
    together = win_rate(outcomes, items=range(20), queries=queries)
    # Five copies of each query hold no more than one.
    assert together.standard_error == pytest.approx(win_rate(outcomes[:4], items=range(4)).standard_error)
    assert together.standard_error > 2 * apart.standard_error


def test_few_raters_are_noted_and_outcomes_checked() -> None:
    rng = np.random.default_rng(0)
    found = win_rate(rng.integers(2, size=60), items=np.arange(60) // 3, raters=np.arange(60) % 3)
    assert any("these raters only" in note for note in found.notes)
    with pytest.raises(ValueError, match="outcome"):
        win_rate([0.3], items=[1])
    with pytest.raises(ValueError, match="equally many"):
        win_rate([1], items=[1, 2])


def test_bootstrap_stands_near_the_two_way_interval() -> None:
    judged = simulate_judgments(Design(win_rate=0.6, n_items=200), np.random.default_rng(3))
    found = win_rate(judged.outcomes, items=judged.items, raters=judged.raters,
                     bootstrap=np.random.default_rng(0), resamples=400)
    # The pigeonhole bootstrap is known to be careful: wider, by less than three times the cell's part.
    assert found.standard_error < found.bootstrap.standard_error < 1.8 * found.standard_error
    assert found.bootstrap.low < found.win_rate < found.bootstrap.high


def test_one_way_bootstrap_error_is_the_clustered_one() -> None:
    judged = simulate_judgments(Design(win_rate=0.5, n_items=400), np.random.default_rng(4))
    found = win_rate(judged.outcomes, items=judged.items, bootstrap=np.random.default_rng(0), resamples=2000)
    assert found.bootstrap.standard_error == pytest.approx(found.standard_error, rel=0.06)
