"""Which arms can be ranked at all, and what their judgments become."""

import numpy as np
import pytest

from harness.statistics.paired_models import prepare_pairs

# a, b and c beat each other in a ring; d beat a and never lost; nobody judged e against the ring.
LEFT = ["a", "b", "c", "d", "e"]
RIGHT = ["b", "c", "a", "a", "f"]
OUTCOMES = [1.0, 1.0, 0.5, 1.0, 0.5]


def test_arms_are_ranked_where_a_chain_of_wins_leads_there_and_back() -> None:
    pairs = prepare_pairs(LEFT, RIGHT, OUTCOMES, "b")
    assert (pairs.arms, pairs.baseline, pairs.unranked) == (("a", "b", "c"), "b", ("d", "e", "f"))
    assert pairs.kept.tolist() == [True, True, True, False, False]
    assert [pairs.arms[code] for code in pairs.left] == ["a", "b", "c"]
    assert [pairs.arms[code] for code in pairs.right] == ["b", "c", "a"]
    assert pairs.outcomes.tolist() == [1.0, 1.0, 0.5]
    # The baseline has no column; the others have theirs in the order of their names.
    assert pairs.columns.tolist() == [0, -1, 1]


def test_without_a_baseline_the_largest_group_is_ranked_from_its_first_arm() -> None:
    assert prepare_pairs(LEFT, RIGHT, OUTCOMES, None).baseline == "a"


def test_a_baseline_from_another_group_ranks_that_group() -> None:
    pairs = prepare_pairs(LEFT, RIGHT, OUTCOMES, "e")
    assert (pairs.arms, pairs.unranked) == (("e", "f"), ("a", "b", "c", "d"))


def test_a_baseline_without_judgments_is_named() -> None:
    with pytest.raises(ValueError, match="'z'"):
        prepare_pairs(LEFT, RIGHT, np.array(OUTCOMES), "z")
