"""Win rates of a study: the order of tests, and what stands beside each rate."""

import numpy as np
import pytest

from harness.records import ArmKey, Contrast
from harness.results.rates import dose_curves, equivalence_rows, win_rate_rows
from harness.results.votes import Votes


def votes(wins: int, losses: int, ties: int = 0) -> Votes:
    outcomes = np.array([1.0] * wins + [0.0] * losses + [0.5] * ties)
    n = len(outcomes)
    return Votes(outcomes, np.arange(n).astype(object), np.ones(n, dtype=int))


def against(budget: int, opponent: str, opponent_budget: int | None = None) -> Contrast:
    return Contrast(ArmKey("rl", budget), ArmKey(opponent, opponent_budget))


def by_contrast(found, baselines=("zero_shot", "supervised")):
    rows = win_rate_rows(found, judge="simulated", confidence=0.95, baselines=baselines)
    return {(row.contrast.arm.label_budget, row.contrast.opponent.arm): row for row in rows}


def test_a_closed_gate_closes_all_behind_it_and_nothing_else() -> None:
    clear, open_question = votes(70, 30), votes(52, 48)
    rows = by_contrast({against(10, "zero_shot"): clear, against(10, "supervised"): clear,
                        against(10, "reference"): clear, against(40, "supervised"): clear,
                        against(40, "zero_shot"): open_question})
    gate = rows[40, "zero_shot"].rate.p_value
    assert gate is not None
    assert gate > 0.5
    behind = [rows[key].p_value_gatekept for key in ((40, "supervised"), (10, "zero_shot"), (10, "supervised"))]
    assert behind == [gate] * 3
    explored = rows[10, "reference"]
    assert (explored.confirmatory, explored.p_value_gatekept) == (False, None)
    assert explored.p_value_planned == explored.p_value_explored == explored.rate.p_value < 0.001
    # Where the plan asks supervised first, its test is open whatever zero-shot's says.
    turned = by_contrast({against(40, "supervised"): clear, against(40, "zero_shot"): open_question},
                         baselines=("supervised", "zero_shot"))
    assert turned[40, "supervised"].p_value_planned == turned[40, "supervised"].rate.p_value


def test_budgets_of_one_arm_are_no_win_rates_and_baselines_no_equivalence() -> None:
    found = {against(40, "zero_shot"): votes(6, 4), against(40, "rl", 10): votes(5, 5)}
    (rate,) = win_rate_rows(found, judge="simulated", confidence=0.95, baselines=())
    (equivalent,) = equivalence_rows(found, margin=0.05, confidence=0.95, judge="simulated")
    assert (rate.contrast.opponent, equivalent.contrast.opponent) == (ArmKey("zero_shot"), ArmKey("rl", 10))
    assert (rate.rate.wins, equivalent.test.win_rate) == (6, 0.5)


def test_the_spread_over_seeds_stands_beside_each_rate() -> None:
    outcomes = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    found = {against(40, "zero_shot"): Votes(outcomes, np.tile(np.arange(3), 2).astype(object), np.repeat([1, 2], 3))}
    (row,) = win_rate_rows(found, judge="simulated", confidence=0.95, baselines=("zero_shot",))
    assert [(each.seed, each.win_rate) for each in row.seeds.by_seed] == [
        (1, pytest.approx(2 / 3)), (2, pytest.approx(1 / 3))]
    assert row.rate.win_rate == pytest.approx(1 / 2)


@pytest.mark.parametrize("raters", [None, ["ann", "bob", "cat"] * 40])
def test_points_of_a_curve_have_the_intervals_of_the_win_rate_rows(raters) -> None:
    rng = np.random.default_rng(0)
    found = {against(budget, "zero_shot"): Votes((rng.random(120) < share).astype(float),
                                                 np.tile(np.arange(30), 4).astype(object), np.repeat([1, 2, 3, 4], 30),
                                                 None if raters is None else np.array(raters, dtype=object))
             for budget, share in ((10, 0.5), (40, 0.8))}
    (curve,) = dose_curves(found, confidence=0.95)
    rows = by_contrast(found)
    assert [(point.ci_low, point.ci_high) for point in curve.points] == [
        (rows[budget, "zero_shot"].rate.ci_low, rows[budget, "zero_shot"].rate.ci_high) for budget in (10, 40)]
    assert curve.slope.scope == rows[10, "zero_shot"].scope == "procedure"


def test_a_policy_that_needed_no_labels_is_on_no_curve() -> None:
    bound = Contrast(ArmKey("mock_reward", 0), ArmKey("zero_shot"))
    curves = dose_curves({bound: votes(9, 1), against(10, "zero_shot"): votes(5, 5),
                          against(40, "zero_shot"): votes(8, 2)}, confidence=0.95)
    (curve,) = curves
    assert curve.contrast == Contrast(ArmKey("rl"), ArmKey("zero_shot"))
    assert [(point.label_budget, point.win_rate) for point in curve.points] == [(10, 0.5), (40, 0.8)]
    # Two budgets fix a line: logit(0.8) - logit(0.5) over two doublings.
    assert curve.slope.estimate == pytest.approx(np.log(4) / 2)
