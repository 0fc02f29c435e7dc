"""The record of a whole file: each part from the right judgments, by hand where they are few."""

import numpy as np
import pytest
from scipy.stats import binomtest, t

from harness.cli.rows import LeftOutRows
from harness.errors import InputError
from harness.statistics.analysis import analyse
from harness.statistics.analysis_records import AnalysisSettings
from harness.statistics.raters import ExclusionRules
from tests.unit.statistics.ratings_files import ratings_of

# Four items, two raters each; rl wins 5 of 8 judgments, one is a tie.
ROWS = [["1", "x", "rl", "base", "left"], ["1", "y", "base", "rl", "right"],
        ["2", "x", "base", "rl", "right"], ["2", "y", "rl", "base", "tie"],
        ["3", "x", "rl", "base", "left"], ["3", "y", "base", "rl", "left"],
        ["4", "x", "base", "rl", "left"], ["4", "y", "rl", "base", "left"]]


def test_a_comparison_is_from_the_side_of_the_arm_that_is_not_the_baseline(tmp_path) -> None:
    result = analyse(ratings_of(tmp_path, ROWS).ratings, AnalysisSettings(baseline="base", resamples=0))
    (row,) = result.comparisons
    assert (row.arm_a, row.arm_b, row.rate.wins, row.rate.ties, row.rate.losses) == ("rl", "base", 5, 1, 2)
    # Items: 1, 3/4, 1/2, 1/2.
    assert row.rate.win_rate == pytest.approx(11 / 16)
    assert row.rate.win_rate_majority == pytest.approx((1 + 0.5 + 0.5 + 0.5) / 4)
    assert row.rate.win_rate_without_ties == pytest.approx((1 + 1 + 0.5 + 0.5) / 4)
    # Two raters leave one degree of freedom.
    assert row.rate.ci_high == 1.0
    assert row.rate.p_value == pytest.approx(2 * t.sf((11 / 16 - 0.5) / row.rate.standard_error, 1))
    assert row.p_value_holm == row.rate.p_value


def test_sides_and_agreement_are_of_the_judgments_themselves(tmp_path) -> None:
    for majority in (False, True):
        result = analyse(ratings_of(tmp_path, ROWS).ratings, AnalysisSettings(majority=majority, resamples=0))
        # Seven decisive judgments: left won 5.
        assert (result.position.left_rate, result.position.n_decisive) == (5 / 7, 7)
        assert result.position.p_value == pytest.approx(binomtest(5, 7).pvalue)
        # Only item 1 was judged alike by both.
        assert (result.agreement.raw, result.agreement.n_items) == (0.25, 4)


def test_majority_votes_are_one_judgment_an_item(tmp_path) -> None:
    result = analyse(ratings_of(tmp_path, ROWS).ratings, AnalysisSettings(baseline="base", majority=True, resamples=0))
    (row,) = result.comparisons
    assert (row.rate.wins, row.rate.ties, row.rate.losses, row.rate.n_judgments) == (1, 3, 0, 4)
    assert row.rate.win_rate == pytest.approx(2.5 / 4)


def test_strengths_of_two_arms_are_the_log_odds_of_their_votes(tmp_path) -> None:
    # With equally many on each side the side effect is apart from the strengths.
    rows = [[str(k), "x", "rl", "base", choice] for k, choice in enumerate(["left"] * 6 + ["right"] * 2)]
    rows += [[f"s{k}", "x", "base", "rl", choice] for k, choice in enumerate(["right"] * 6 + ["left"] * 2)]
    result = analyse(ratings_of(tmp_path, rows).ratings, AnalysisSettings(baseline="base", resamples=0))
    strengths = {row.arm: row.log_strength for row in result.bradley_terry}
    assert strengths == {"base": 0.0, "rl": pytest.approx(np.log(3))}
    assert result.bradley_terry_side.estimate == pytest.approx(0.0, abs=1e-9)
    assert (result.davidson.nu, result.davidson.why_undefined.split(":")[0]) == (
        None, "no judgment is a tie")


def test_checks_are_no_comparison_and_excluded_raters_are_counted_apart(tmp_path) -> None:
    gold = [["g", "x", "rl", "base", "left", "left"], ["g", "y", "rl", "base", "right", "left"]]
    read = ratings_of(tmp_path, [[*row, ""] for row in ROWS] + gold, "gold_choice")
    rules = ExclusionRules(min_gold_accuracy=0.5)
    result = analyse(read.ratings, AnalysisSettings(baseline="base", resamples=0, rules=rules))
    assert result.excluded == (LeftOutRows("gold and repeated items check raters, not arms", 2),
                               LeftOutRows("gold accuracy 0 is below 0.5", 4, rater="y"))
    (row,), (everyone,) = result.comparisons, result.comparisons_without_exclusion
    assert (row.rate.wins, row.rate.losses, row.rate.n_raters) == (3, 1, 1)
    assert (everyone.rate.wins, everyone.rate.ties, everyone.rate.losses) == (5, 1, 2)


def test_a_baseline_that_the_file_has_not_is_named_with_its_arms(tmp_path) -> None:
    with pytest.raises(InputError, match=r"--baseline: no arm 'zero' in the ratings. The arms are base, rl"):
        analyse(ratings_of(tmp_path, ROWS).ratings, AnalysisSettings(baseline="zero"))
