"""Gold items and repeats of a file, counted by hand."""

from harness.statistics.quality_of_file import quality_and_repeats
from tests.unit.statistics.ratings_files import ratings_of


def test_gold_answers_and_repeats_are_compared_by_arm_and_not_by_side(tmp_path) -> None:
    rows = [["1", "x", "a", "b", "left", "", ""], ["2", "x", "a", "b", "right", "", ""],
            ["3", "x", "a", "b", "left", "", ""],
            ["1r", "x", "b", "a", "right", "", "1"],  # a again, on the other side
            ["2r", "x", "b", "a", "right", "", "2"],  # the right side again, so another arm
            ["3r", "x", "a", "b", "left", "", "3"],   # the same sides: no swap
            ["g1", "x", "a", "b", "left", "left", ""], ["g2", "x", "a", "b", "left", "b", ""],
            ["g3", "x", "a", "b", "tie", "tie", ""],
            ["1", "y", "b", "a", "left", "", ""], ["9r", "y", "b", "a", "left", "", "2"]]
    quality, swapped = quality_and_repeats(ratings_of(tmp_path, rows, "gold_choice", "repeat_of").ratings)
    by_rater = {record.rater: record for record in quality}
    assert (by_rater["x"].gold_accuracy, by_rater["x"].n_gold) == (2 / 3, 3)
    assert (by_rater["x"].repeat_consistency, by_rater["x"].n_repeats) == (2 / 3, 3)
    # y never judged what 9r repeats.
    assert (by_rater["y"].n_repeats, by_rater["y"].repeat_consistency) == (0, None)
    assert (swapped.n_pairs, swapped.consistent, swapped.left_twice, swapped.right_twice) == (2, 1, 0, 1)
