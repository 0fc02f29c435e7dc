"""Runs that would decide, against statsmodels' power of a t test, and the power against simulated verdicts."""

import numpy as np
import pytest
from statsmodels.stats.power import TTestPower

from harness.statistics.equivalence import equivalence, was_enough
from harness.statistics.more_runs import RunVariance, decision_power, runs_to_decide
from harness.statistics.run_simulation import RunDesign, simulate_runs
from harness.statistics.runs import rate_over_runs

RUNS_ONLY = RunVariance(of_one_run=0.04**2, between_runs_sd=0.04, shared=0.0, shared_degrees_of_freedom=99)
"""Where queries cost nothing, runs are the sample of a t test."""


@pytest.mark.parametrize("n_runs", [3, 6, 12])
def test_with_runs_as_the_sample_the_power_is_that_of_a_t_test(n_runs) -> None:
    found = decision_power(RUNS_ONLY, n_runs, win_rate=0.5, margin=0.05)
    expected = TTestPower().power(-0.05 / 0.04, n_runs, 0.05, alternative="smaller")
    assert found.enough == pytest.approx(expected, abs=1e-6)
    worse = decision_power(RUNS_ONLY, n_runs, win_rate=0.6, margin=0.05)
    assert worse.not_enough == pytest.approx(TTestPower().power(0.05 / 0.04, n_runs, 0.025, alternative="larger"),
                                             abs=1e-6)


def test_the_runs_that_decide_are_those_of_a_t_test() -> None:
    found = runs_to_decide(RUNS_ONLY, have=3, win_rate=0.5, margin=0.05)
    expected = TTestPower().solve_power(-0.05 / 0.04, None, 0.05, 0.8, alternative="smaller")
    assert found.n_runs == int(np.ceil(expected))
    assert found.more == found.n_runs - 3
    assert found.power >= 0.8


def test_error_rates_at_the_margin_are_those_of_the_tests() -> None:
    at_the_margin = decision_power(RUNS_ONLY, 5, win_rate=0.55, margin=0.05)
    assert (at_the_margin.enough, at_the_margin.not_enough) == pytest.approx((0.05, 0.025))


def test_where_no_number_of_runs_decides_the_reason_is_given() -> None:
    few_queries = RunVariance(of_one_run=0.04**2, between_runs_sd=0.03, shared=0.04**2, shared_degrees_of_freedom=49)
    found = runs_to_decide(few_queries, have=3, win_rate=0.5, margin=0.05)
    assert (found.n_runs, found.more) == (None, None)
    assert found.why_undefined.startswith("no number of runs decides")
    far = runs_to_decide(RUNS_ONLY, have=3, win_rate=0.545, margin=0.05)
    assert far.why_undefined == "more than 100 runs a budget would be needed"
    with pytest.raises(ValueError, match="one run decides nothing"):
        decision_power(RUNS_ONLY, 1, win_rate=0.5, margin=0.05)


def test_certain_where_nothing_varies() -> None:
    still = RunVariance(of_one_run=0.0, between_runs_sd=0.0, shared=0.0, shared_degrees_of_freedom=9)
    assert decision_power(still, 2, win_rate=0.5, margin=0.05).enough == 1
    assert decision_power(still, 2, win_rate=0.6, margin=0.05).not_enough == 1
    assert decision_power(RUNS_ONLY, 50, win_rate=0.01, margin=0.05).enough == pytest.approx(1)


def test_enough_is_found_as_often_as_promised() -> None:
    design = RunDesign(win_rate=0.48, n_runs=6, n_queries=300)
    rng, intercept, studies = np.random.default_rng(3), design.intercept(), 300
    found = 0
    for _ in range(studies):
        judged = simulate_runs(design, rng, intercept=intercept)
        found += was_enough(equivalence(rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs),
                                        margin=0.05))
    promised = decision_power(design.variance(), 6, win_rate=0.48, margin=0.05).enough
    # Three standard errors of 300 studies.
    assert found / studies == pytest.approx(promised, abs=3 * np.sqrt(promised * (1 - promised) / studies))
