"""What texts are like: intervals, paired differences, and what more labels did to copying."""

import numpy as np
import pytest

from harness.records import ArmKey, Contrast
from harness.results.records import Outcomes, PairOutcomes
from harness.results.texts import growth_rows, preference_rows, text_rows

RL = ArmKey("rl", 100, 1)
ZERO_SHOT = ArmKey("zero_shot")


def texts(novel, **others):
    n = len(novel)
    figures = {"novel_trigrams": novel, "novel_sentences": novel, "words": [5.0] * n,
               "first_three_words": [np.nan] * n, "has_preamble": [np.nan] * n, **others}
    return {name: np.array(values, dtype=float) for name, values in figures.items()}


def test_what_more_labels_did_to_copying_is_a_paired_difference_on_the_same_queries_and_seeds() -> None:
    measures = {ZERO_SHOT: texts([1.0, 1.0]), RL: texts([0.9, 0.5]), ArmKey("rl", 100, 2): texts([0.7, np.nan]),
                ArmKey("rl", 400, 1): texts([0.6, 0.2]), ArmKey("rl", 400, 2): texts([0.4, 0.1]),
                ArmKey("rl", 400, 3): texts([9.0, 9.0]), ArmKey("mock_reward", 0, 1): texts([0.3, 0.3]),
                ArmKey("online", 400, 1): texts([0.3, 0.3])}
    (row,) = growth_rows(measures, confidence=0.95, seed=1)
    assert (row.arm, row.smallest, row.largest) == ("rl", 100, 400)
    found = row.measures["novel_trigrams"]
    assert found.smallest == pytest.approx((0.9 + 0.5 + 0.7) / 3)
    assert found.largest == pytest.approx((0.6 + 0.2 + 0.4 + 0.1) / 4)
    assert found.difference.mean == pytest.approx(-0.3), "the third seed has nothing to be compared with"


def test_a_difference_from_zero_shot_is_paired_by_query() -> None:
    measures = {ZERO_SHOT: texts([1.0, 0.2, 0.6]), RL: texts([0.9, 0.1, 0.5])}
    zero_shot, trained = text_rows(measures, confidence=0.95, seed=1, compared_with=ZERO_SHOT)
    assert zero_shot.difference is None
    found = trained.difference["novel_trigrams"]
    assert found.mean == pytest.approx(-0.1)
    assert found.why_undefined, "every pair differs by the same: no spread to measure"
    assert trained.measures["novel_trigrams"].mean == pytest.approx(0.5)


def test_openings_are_split_by_the_preamble_of_the_source() -> None:
    measures = {RL: texts([1.0] * 4, first_three_words=[1, 0, 0, np.nan], has_preamble=[1, 0, 0, 1])}
    (row,) = text_rows(measures, confidence=0.95, seed=1, compared_with=ZERO_SHOT)
    found = row.first_three_words
    assert (found.all, found.with_preamble, found.without_preamble) == (pytest.approx(1 / 3), 1.0, 0.0)


def test_what_copying_earns_is_a_win_rate_by_kind_of_text() -> None:
    measures = {RL: texts([1.0] * 4, copied_sentences=[0, 0, 1, np.nan], invented_names=[0, 0, 2, 0])}
    outcomes = Outcomes("simulated", "facts", tuple("abcd"), (PairOutcomes(
        Contrast(RL, ZERO_SHOT), (1.0, 0.0, 1.0, 0.0)),))
    none, every = preference_rows(outcomes, measures, baselines=["zero_shot"], confidence=0.95)
    assert none.contrast == every.contrast == Contrast(ArmKey("rl"), ZERO_SHOT)
    assert (none.copied, none.accurate, none.n, none.win_rate) == ("none", True, 2, 0.5)
    assert (every.copied, every.accurate, every.n, every.win_rate) == ("all", False, 1, 1.0)
