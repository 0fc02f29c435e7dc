"""The variance that a design promises, against the spread of many simulated studies."""

import numpy as np
import pytest

from harness.statistics.run_simulation import RunDesign, simulate_runs


@pytest.mark.parametrize("design", [
    RunDesign(win_rate=0.6, n_runs=3, n_queries=40, run_sd=0.4),
    RunDesign(win_rate=0.5, n_runs=4, n_queries=30, n_raters=6, raters_per_item=2, rater_sd=0.8)])
def test_the_exact_variance_is_that_of_simulated_win_rates(design) -> None:
    rng, intercept = np.random.default_rng(0), design.intercept()
    rates = [simulate_runs(design, rng, intercept=intercept).outcomes.mean() for _ in range(4000)]
    assert np.mean(rates) == pytest.approx(design.win_rate, abs=4 * np.std(rates) / 4000**0.5)
    # The standard error of a variance of 4,000 is 2.2%.
    assert np.var(rates) == pytest.approx(design.variance().variance(design.n_runs), rel=0.08)


def test_every_run_answers_every_query_and_raters_have_equal_loads() -> None:
    judged = simulate_runs(RunDesign(win_rate=0.5, n_runs=4, n_queries=30, n_raters=12, raters_per_item=3),
                           np.random.default_rng(1))
    assert np.unique(np.stack([judged.runs, judged.queries]), axis=1).shape == (2, 120)
    assert np.bincount(judged.raters).tolist() == [30] * 12


def test_without_any_effect_only_the_vote_itself_varies() -> None:
    none = RunDesign(win_rate=0.5, n_runs=5, n_queries=10, run_sd=0, query_sd=0).variance()
    assert none.variance(5) == pytest.approx(0.25 / 50)
    assert (none.between_runs_sd, none.shared) == (0, 0)
