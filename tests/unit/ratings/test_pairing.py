"""Pairs are made of queries that both arms answered validly."""

from __future__ import annotations

import pytest
from rating_helpers import pairs

from harness.errors import InputError
from harness.ratings.pairing import ArmSample, pair_arms
from harness.records import ArmKey, Contrast


def test_an_empty_arm_is_named() -> None:
    rl, zero_shot = ArmKey("rl"), ArmKey("zero_shot")
    samples = [ArmSample("q", "t", None, rl, "", True), ArmSample("q", "t", None, zero_shot, "x", True)]
    with pytest.raises(InputError, match="'rl' is empty"):
        pair_arms(samples, [Contrast(rl, zero_shot)], per_comparison=3, seed=1)


def test_pairs_helper_is_what_the_tests_think() -> None:
    assert {pair.text[0] + pair.opponent_text[0] for pair in pairs(3)} == {"PQ"}
