"""Runs as a random factor: which judgments depend on each other, and how often the interval holds W."""

import numpy as np
import pytest

from harness.statistics.run_simulation import RunDesign, simulate_runs
from harness.statistics.runs import rate_over_runs
from harness.statistics.win_rate import win_rate


def _study(n_runs=4, n_queries=60, n_raters=1, seed=0, **other):
    design = RunDesign(win_rate=0.55, n_runs=n_runs, n_queries=n_queries, n_raters=n_raters,
                       raters_per_item=min(n_raters, 3), **other)
    return simulate_runs(design, np.random.default_rng(seed))


def test_the_figures_about_these_policies_are_those_of_win_rate() -> None:
    judged = _study(n_raters=12)
    found = rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs, raters=judged.raters)
    items = [f"{query}|{run}" for query, run in zip(judged.queries, judged.runs, strict=True)]
    assert found.these_runs == win_rate(judged.outcomes, items=items, raters=judged.raters, queries=judged.queries)
    assert found.win_rate == found.these_runs.win_rate


@pytest.mark.parametrize(("run_sd", "method"), [(0.0, "two-way clustered by item and rater, t"),
                                                (1.0, "clustered by run, query and rater, t")])
def test_the_interval_is_never_narrower_than_that_of_these_policies(run_sd, method) -> None:
    judged = _study(n_raters=12, run_sd=run_sd, seed=4)
    found = rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs, raters=judged.raters)
    assert found.method == method
    assert found.ci_low <= found.these_runs.ci_low < found.these_runs.ci_high <= found.ci_high
    assert (found.ci_low < found.these_runs.ci_low) == (run_sd > 0)


def test_with_one_run_the_interval_is_about_these_policies_only() -> None:
    judged = _study(n_runs=1)
    found = rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs)
    assert (found.scope, found.ci_low, found.p_value, found.spread) == ("these policies", None, None, None)
    assert found.why_undefined == "one training run: nothing is known of another one"
    assert found.these_runs.ci_low is not None
    # One run of the opponent is as little as one of the arm.
    four = _study()
    one_opponent = rate_over_runs(four.outcomes, queries=four.queries, runs=four.runs,
                                  opponent_runs=np.full(len(four.runs), "only"))
    assert one_opponent.scope == "these policies"


@pytest.mark.parametrize("opponents", [None, "paired", "crossed", "nested"])
def test_exchanging_the_arms_gives_one_minus_w(opponents) -> None:
    rng = np.random.default_rng(1)
    own, other, queries = (codes.ravel() for codes in np.indices((4, 4, 50)))
    chances = 0.5 + 0.1 * rng.normal(size=4)[own] - 0.1 * rng.normal(size=4)[other]
    outcomes = (rng.random(len(own)) < chances).astype(float)
    if opponents in (None, "paired"):
        kept = own == other
        own, other, queries, outcomes = own[kept], other[kept], queries[kept], outcomes[kept]
    labels = None if opponents is None else [f"{'b' if opponents == 'crossed' else 'a'}{run}" for run in other]
    runs = [f"a{run}" for run in own]
    found = rate_over_runs(outcomes, queries=queries, runs=runs, opponent_runs=labels)
    swapped = rate_over_runs(1 - outcomes, queries=queries, runs=labels or runs, opponent_runs=labels and runs)
    assert swapped.win_rate == pytest.approx(1 - found.win_rate)
    assert (swapped.ci_low, swapped.ci_high) == pytest.approx((1 - found.ci_high, 1 - found.ci_low))
    assert swapped.p_value == pytest.approx(found.p_value)


def test_labels_shared_by_both_budgets_of_a_run_narrow_the_interval() -> None:
    """Run i of A and run i of B are good together: what they share cancels, and only the nested factor knows."""
    rng = np.random.default_rng(2)
    own, other, queries = (codes.ravel() for codes in np.indices((6, 6, 40)))
    quality = 0.2 * rng.normal(size=6)
    outcomes = (rng.random(len(own)) < np.clip(0.5 + quality[own] - quality[other], 0, 1)).astype(float)
    nested, apart = (rate_over_runs(outcomes, queries=queries, runs=[f"a{run}" for run in own],
                                    opponent_runs=[f"{side}{run}" for run in other]) for side in "ab")
    assert nested.standard_error < apart.standard_error / 2


def test_what_is_undefined_says_why() -> None:
    nothing = rate_over_runs([], queries=[], runs=[])
    assert (nothing.win_rate, nothing.why_undefined) == (None, "no judgments")
    one_query = rate_over_runs([1.0, 0.0], queries=["q", "q"], runs=["a", "b"])
    assert one_query.why_undefined == "one query only: no spread to measure"
    with pytest.raises(ValueError, match="equally many"):
        rate_over_runs([1.0, 0.0], queries=["p", "q"], runs=["a"])


def test_unanimous_judgments_count_as_many_as_there_are_runs() -> None:
    queries, runs = np.tile(np.arange(50), 4), np.repeat(np.arange(4), 50)
    found = rate_over_runs(np.ones(200), queries=queries, runs=runs)
    assert found.p_value == pytest.approx(2 * 0.5**4)
    assert (found.standard_error, found.spread) == (None, None)


def test_notes_name_few_runs_and_few_raters() -> None:
    judged = _study(n_runs=3, n_raters=5)
    found = rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs, raters=judged.raters)
    assert "3 training runs are few; 4 or more are wanted" in found.notes
    assert any("raters" in note for note in found.notes)


@pytest.mark.parametrize("design", [RunDesign(win_rate=0.5, n_runs=4, n_queries=200),
                                    RunDesign(win_rate=0.5, n_runs=4, n_queries=50, n_raters=12, raters_per_item=3)])
def test_coverage_and_the_parts_of_the_variance(design) -> None:
    """A small one of `benchmarks/run_coverage.py`; the expected variances are exact."""
    rng, intercept, studies = np.random.default_rng(7), design.intercept(), 400
    found = []
    for _ in range(studies):
        judged = simulate_runs(design, rng, intercept=intercept)
        found.append(rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs,
                                    raters=judged.raters if design.n_raters > 1 else None))
    # Three standard errors of 400 studies about 95%.
    assert 0.917 <= np.mean([rate.ci_low <= 0.5 <= rate.ci_high for rate in found]) <= 0.983
    assert np.mean([rate.these_runs.ci_low <= 0.5 <= rate.these_runs.ci_high for rate in found]) < 0.95
    exact = design.variance()
    assert np.mean([rate.standard_error**2 for rate in found]) == pytest.approx(exact.variance(4), rel=0.12)
    assert np.mean([rate.spread.of_one_run for rate in found]) == pytest.approx(exact.of_one_run, rel=0.12)
    assert np.sqrt(np.mean([rate.spread.between_runs_sd**2 for rate in found])) == pytest.approx(
        exact.between_runs_sd, rel=0.12)
