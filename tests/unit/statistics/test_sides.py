"""Whether the side decides, against scipy's exact tests."""

import pytest
from scipy.stats import binomtest

from harness.statistics.sides import position_test, swapped_repeats


def test_position_test_counts_sides_of_decisive_judgments() -> None:
    found = position_test(["a"] * 6 + ["b"] * 6, ["b"] * 6 + ["a"] * 6, [1, 1, 1, 1, 0, 0.5] * 2, ["x"] * 12)
    assert found.left_rate == 0.8
    assert found.p_value == pytest.approx(binomtest(8, 10).pvalue)
    assert [(row.arm, row.win_rate_left, row.win_rate_right) for row in found.by_arm] == [
        ("a", 0.75, 0.25), ("b", 0.75, 0.25)]
    assert position_test(["a"], ["b"], [0.5], ["x"]).left_rate is None


def test_each_rater_is_tested_and_adjusted_by_holm() -> None:
    raters = ["x"] * 10 + ["y"] * 10
    left, right = ["a", "b"] * 10, ["b", "a"] * 10
    found = position_test(left, right, [1] * 9 + [0] + [1, 0] * 5, raters)
    by_rater = {row.rater: row for row in found.by_rater}
    of_x = binomtest(9, 10).pvalue
    assert (by_rater["x"].left_rate, by_rater["x"].p_value) == (0.9, pytest.approx(of_x))
    assert (by_rater["y"].left_rate, by_rater["y"].p_value) == (0.5, pytest.approx(1.0))
    assert by_rater["x"].p_value_holm == pytest.approx(2 * of_x)


def test_mcnemar_compares_the_raters_who_stuck_to_a_side() -> None:
    found = swapped_repeats(["left"] * 9 + ["right"] * 3, ["left"] * 7 + ["right"] * 3 + ["left"] * 2)
    assert (found.left_twice, found.right_twice, found.consistent) == (7, 1, 4)
    assert found.p_value == pytest.approx(binomtest(7, 8).pvalue)
    assert swapped_repeats([], []).p_value is None
