"""The pairs of arms of a file, seen from one of them."""

from harness.statistics.arm_pairs import arm_pairs
from tests.unit.statistics.ratings_files import ratings_of

ROWS = [["1", "x", "a", "b", "left"], ["2", "x", "b", "a", "left"], ["3", "x", "c", "a", "tie"],
        ["4", "x", "b", "a", "right"]]


def _pairs(tmp_path, baseline):
    return [(pair.arm_a, pair.arm_b, pair.rows.tolist(), pair.outcomes.tolist())
            for pair in arm_pairs(ratings_of(tmp_path, ROWS).ratings, baseline)]


def test_outcomes_are_of_the_arm_that_is_not_the_baseline(tmp_path) -> None:
    assert _pairs(tmp_path, "a") == [("b", "a", [0, 1, 3], [0.0, 1.0, 0.0]), ("c", "a", [2], [0.5])]


def test_without_a_baseline_the_first_name_is_arm_a(tmp_path) -> None:
    assert _pairs(tmp_path, None) == [("a", "b", [0, 1, 3], [1.0, 0.0, 1.0]), ("a", "c", [2], [0.5])]
