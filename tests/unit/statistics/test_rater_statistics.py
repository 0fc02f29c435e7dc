"""Agreement, sides, rater quality, fragility, e-process, dose-response, sensitivity."""

from itertools import combinations

import krippendorff
import numpy as np
import pytest
from scipy.stats import binomtest

from harness.statistics.agreement import agreement
from harness.statistics.dose_response import dose_response
from harness.statistics.fragility import fragility, verdict_of
from harness.statistics.raters import ExclusionRules, exclusions, rater_quality
from harness.statistics.sensitivity import sensitivity
from harness.statistics.sequential import e_process
from harness.statistics.sides import position_test, swapped_repeats
from harness.statistics.simulation import Design, simulate_judgments
from harness.statistics.win_rate import win_rate


def test_alpha_from_judgments_is_the_librarys_from_counts() -> None:
    rng = np.random.default_rng(0)
    items = np.repeat(np.arange(80), rng.integers(1, 6, 80))
    ratings = rng.choice(3, len(items), p=[0.5, 0.3, 0.2])
    counts = np.zeros((80, 3))
    np.add.at(counts, (items, ratings), 1)
    found = agreement(ratings, items=items, rng=rng)
    expected = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found.krippendorff_alpha == pytest.approx(expected)


def test_agreement_on_unanimous_votes_is_undefined_with_a_reason() -> None:
    found = agreement(["a"] * 6, items=[1, 1, 2, 2, 3, 3], rng=np.random.default_rng(0))
    assert found.raw == 1.0
    assert (found.krippendorff_alpha, found.ac1) == (None, None)
    assert "same choice" in found.why_undefined
    alone = agreement(["a", "b"], items=[1, 2], rng=np.random.default_rng(0))
    assert alone.raw is None
    assert "two raters" in alone.why_undefined


def test_position_test_counts_sides_of_decisive_judgments() -> None:
    found = position_test(["a"] * 6 + ["b"] * 6, ["b"] * 6 + ["a"] * 6, [1, 1, 1, 1, 0, 0.5] * 2, ["x"] * 12)
    assert found.left_rate == 0.8
    assert found.p_value == pytest.approx(binomtest(8, 10).pvalue)
    assert [(row.arm, row.win_rate_left, row.win_rate_right) for row in found.by_arm] == [
        ("a", 0.75, 0.25), ("b", 0.75, 0.25)]
    assert position_test(["a"], ["b"], [0.5], ["x"]).left_rate is None


def test_mcnemar_compares_the_raters_who_stuck_to_a_side() -> None:
    found = swapped_repeats(["left"] * 9 + ["right"] * 3, ["left"] * 7 + ["right"] * 3 + ["left"] * 2)
    assert (found.left_twice, found.right_twice, found.consistent) == (7, 1, 4)
    assert found.p_value == pytest.approx(binomtest(7, 8).pvalue)
    assert swapped_repeats([], []).p_value is None


def test_raters_are_excluded_by_the_frozen_rules_only() -> None:
    chosen = ["a", "a", "b", "tie", "b", "b", "a", "a"]
    quality = rater_quality(["x"] * 4 + ["y"] * 4, [1, 2, 3, 4] * 2, chosen,
                            gold=["a", "a", "b", None, "a", "a", "b", None], seconds=np.full(8, 5.0))
    assert [(record.gold_accuracy, record.n_gold) for record in quality] == [(1.0, 3), (0.0, 3)]
    assert quality[0].tie_rate == 0.25
    assert quality[0].repeat_consistency is None
    assert [gone.rater for gone in exclusions(quality, ExclusionRules(min_gold_accuracy=0.5))] == ["y"]
    # A rule without figures to apply it to, or none at all, excludes nobody.
    assert exclusions(quality, ExclusionRules(min_repeat_consistency=0.9)) == []
    assert exclusions(quality, ExclusionRules()) == []


def test_fragility_is_exact_for_one_vote_an_item() -> None:
    outcomes = np.array([1.0] * 62 + [0.0] * 38)
    found = fragility(outcomes, items=range(100))
    assert found.verdict == "A"
    by_hand = next(k for k in range(62) if verdict_of(
        win_rate(outcomes[k:], items=range(100 - k))) != "A")
    assert found.votes == by_hand
    assert found.votes_to_reverse == 25


def test_fragility_never_undercuts_the_fewest_votes() -> None:
    rng = np.random.default_rng(1)
    for _ in range(8):
        items = np.sort(rng.integers(8, size=12))
        outcomes = rng.choice([0.0, 0.5, 1.0], 12, p=[0.1, 0.1, 0.8])
        found = fragility(outcomes, items=items)
        if found.votes is None or found.votes > 3:
            continue
        whole = verdict_of(win_rate(outcomes, items=items))
        fewer = range(found.votes)
        turned = [k for k in fewer for gone in combinations(range(12), k) if verdict_of(win_rate(
            np.delete(outcomes, gone), items=np.delete(items, gone))) not in (whole, "undefined")]
        # The heaviest votes first need at most one vote more than the best of all subsets.
        assert not turned or found.votes - min(turned) <= 1


def test_e_process_under_the_null_rarely_reaches_twenty_however_often_one_looks() -> None:
    rng = np.random.default_rng(2)
    rejected = [e_process(rng.integers(2, size=300)).rejected_at(0.05) is not None for _ in range(400)]
    # Ville: at most 5%, whatever the stopping rule.
    assert np.mean(rejected) <= 0.05
    assert e_process(np.ones(20)).rejected_at(0.05) is not None
    assert e_process(np.full(50, 0.5)).value == pytest.approx(1.0)


def _curve(budgets, chances, n=400, seed=0):
    rng = np.random.default_rng(seed)
    outcomes = np.concatenate([(rng.random(n) < chance).astype(float) for chance in chances])
    return outcomes, np.repeat(budgets, n), [f"{budget}-{q}" for budget in budgets for q in range(n)]


def test_dose_response_recovers_a_line_on_the_logit() -> None:
    budgets = np.array([125, 500, 2000, 8000])
    chances = 1 / (1 + np.exp(-(0.2 * np.log2(budgets) - 1.8)))
    found = dose_response(*_curve(budgets, chances, n=3000)[:2], items=_curve(budgets, chances, n=3000)[2])
    assert found.slope.ci_low < 0.2 < found.slope.ci_high
    assert found.curvature.p_value > 0.01
    assert not found.saturating.identified
    assert "not identified" in found.saturating.statement


def test_dose_response_finds_the_half_gain_where_the_budgets_tell_it() -> None:
    budgets = np.array([100, 200, 400, 800, 1600, 3200])
    outcomes, amounts, items = _curve(budgets, 0.5 + 0.35 * (1 - 2.0 ** (-budgets / 300)), n=4000)
    fit = dose_response(outcomes, amounts, items=items).saturating
    assert fit.identified
    assert fit.c_low < 300 < fit.c_high
    assert fit.a + fit.b == pytest.approx(0.85, abs=0.03)


def test_dose_response_says_what_two_budgets_cannot_tell() -> None:
    outcomes, amounts, items = _curve([100, 400], [0.55, 0.6])
    found = dose_response(outcomes, amounts, items=items)
    assert found.slope.estimate is not None
    assert found.curvature.estimate is None
    assert "2 label budgets" in found.curvature.why_undefined
    assert found.saturating.statement.startswith("not identified")
    one = dose_response(*_curve([100], [0.6])[:2], items=_curve([100], [0.6])[2])
    assert one.slope.estimate is None


def test_isotonic_fit_never_falls_and_keeps_the_mean() -> None:
    outcomes, amounts, items = _curve([64, 128, 256, 512], [0.5, 0.65, 0.6, 0.7])
    found = dose_response(outcomes, amounts, items=items)
    fitted = [point.isotonic for point in found.points]
    assert fitted == sorted(fitted)
    assert np.mean(fitted) == pytest.approx(outcomes.mean())


def test_other_models_agree_with_the_win_rate() -> None:
    judged = simulate_judgments(Design(win_rate=0.65, n_items=150), np.random.default_rng(7))
    side = np.random.default_rng(8).integers(2, size=len(judged.items))
    rate = win_rate(judged.outcomes, items=judged.items, raters=judged.raters)
    gee, mixed, conditional = sensitivity(judged.outcomes, items=judged.items, raters=judged.raters,
                                          a_was_left=side)
    assert gee.estimate == pytest.approx(rate.win_rate, abs=0.01)
    assert mixed.estimate == pytest.approx(rate.win_rate, abs=0.06)
    assert conditional.ci_low < 0 < conditional.ci_high
    undefined = sensitivity(np.ones(4), items=[1, 1, 2, 2], raters=[1, 2, 1, 2], a_was_left=np.ones(4))
    assert all(model.estimate is None and model.why_undefined for model in undefined)
