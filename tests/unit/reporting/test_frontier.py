"""The sections on what labels buy a reward model, and KL a policy."""

import pytest

from harness.records import ArmKey
from harness.reporting.frontier import accuracy, convergence, frontier
from harness.reporting.page import Page
from harness.results.training_records import AccuracyCurve, AccuracyPoint, FrontierRow, RewardModelRow, RunRow
from harness.statistics.convergence import Convergence
from harness.statistics.frontier import GainFit
from harness.statistics.learning_curve import LabelerCeiling, PowerLaw
from harness.statistics.run_bands import Band
from tests.result_records import results_of
from tests.unit.reporting.report_pages import data_of, written


def model(labels, seed, right):
    return RewardModelRow(ArmKey("rl", labels, seed), labels, 500, right, 1.0, 0.7, 0.1, 1.0, 0.0)


def test_the_learning_curve_says_what_the_next_doubling_would_buy():
    points = (AccuracyPoint(100, 0.5, 0.4, 0.6, 1.2, 1.1, 1.3, 0.75, 0.25, 2),
              AccuracyPoint(400, 0.7, 0.6, 0.8, 1.0, 0.9, 1.1, 0.8, 0.1, 2))
    law = PowerLaw(0.5, 0.4, 0.6, 4.0, 0.0586, 0.05, 0.07, 2)
    curve = AccuracyCurve("rl", 500, points, LabelerCeiling(0.9, 0.5, 0.8), law)
    models = tuple(model(labels, seed, 0.6) for labels in (100, 400) for seed in (1, 2))
    sheet = Page("A test")
    accuracy(sheet, data_of(results=results_of(accuracy_curves=(curve,), reward_models=models)))
    page = sheet.render()
    assert "with 400 labels right in 70.0%, where the labeler&#x27;s own noise allows 90.0%" in page
    assert "labels to the power −0.50 (0.40 to 0.60); twice the labels would buy 5.9 points (5.0 to 7.0)" in page
    assert "a chance of 80.0% on average" in page
    assert list(sheet.figures) == [f"reward-model-rl-{each}" for each in ("accuracy", "log_loss", "calibration")]
    fitted = [row[3] for row in sheet.figures["reward-model-rl-accuracy"].plot.rows if row[2] == "fit"]
    assert fitted == [pytest.approx(0.9 - 4 * 100**-0.5), pytest.approx(0.9 - 4 * 400**-0.5)]
    assert "labels buy" not in written(accuracy, data_of())


def test_scores_against_kl_have_a_band_and_a_turn():
    band = Band((0.5, 1.0, 1.5), (0.1, 0.2, 0.3), (0.0, 0.1, 0.2), (0.2, 0.3, 0.4), (2, 2, 1))
    turning, rising = GainFit(0.3, 0.2, 0.4, 0.2, 0.1, 0.3, 1.65, 1.5, 1.8, 2), GainFit(
        0.3, None, None, -0.1, None, None, None, None, None, 1)
    rows = (FrontierRow(ArmKey("rl", 100), "gold_score", "ppo", band, turning, None),
            FrontierRow(ArmKey("rl", 400), "gold_score", "ppo", band, rising, None),
            FrontierRow(ArmKey("rl", 400), "gold_score", "best_of_n", band, None, None),
            FrontierRow(ArmKey("rl", 400), "gold_score", "optimum", band, None, 52.3))
    sheet = Page("A test")
    frontier(sheet, data_of(results=results_of(frontier=rows)))
    page = sheet.render()
    assert "2.7 nats" in page and "2.2 to 3.2" in page and "never" in page and "0.200 to 0.400" in page
    assert list(sheet.figures) == ["frontier-rl-gold_score", "methods-rl-gold_score"]
    budgets, methods = (figure.plot.rows for figure in sheet.figures.values())
    assert [row[:2] for row in budgets] == [("100 labels", 0.5), ("100 labels", 1.0), ("400 labels", 0.5),
                                            ("400 labels", 1.0)], "the mean of one run of two is not drawn"
    assert {row[0] for row in methods} == {"PPO", "best of n", "optimum"}
    assert "count for 50 or more, here 52 at its end" in page
    assert "What KL buys" not in written(frontier, data_of())


def test_runs_that_were_not_at_rest_are_counted():
    rows = tuple(RunRow(ArmKey("rl", 100, seed), Convergence(5.0 + seed, 0.02 * seed, 0.1, seed == 1), at)
                 for seed, at in ((1, 5.9), (2, None)))
    page = written(convergence, data_of(results=results_of(runs=rows)))
    assert "1 of 2 runs were at rest" in page
    assert "5.90" in page and "the end" in page
