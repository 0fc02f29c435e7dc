"""The leak scan finds what tells the arms apart, and is silent on arms that are alike."""

from __future__ import annotations

import pytest

from harness.ratings.blinding import Pair
from harness.ratings.leaks import auc, scan
from harness.records import ArmKey, Contrast


def compared(a: str, b: str, count: int = 30) -> list:
    contrast = Contrast(ArmKey("one"), ArmKey("two"))
    return [Pair(f"q{i}", "query", None, contrast, f"{a} {i}.", f"{b} {i}.") for i in range(count)]


@pytest.mark.parametrize(("a", "b", "what"), [
    ("a few words", "many more words than in the other one here", "length in words"),
    ("As an AI I think", "As a man I think", "words that name a model"),
    ("the end <|endoftext|>", "the end and more", "artefacts of generation"),
    ("Begins high", "begins low", "begins with a capital letter"),
    ("so so so so so so", "now we go to the sea", "repeated words"),
])
def test_the_scan_finds_what_tells_the_arms_apart(a: str, b: str, what: str) -> None:
    assert what in {leak.what for leak in scan(compared(a, b))}


def test_the_scan_is_silent_on_arms_that_are_alike() -> None:
    assert scan(compared("the cat sat on a mat", "the dog sat on a rug")) == []


def test_auc_of_the_textbook() -> None:
    import numpy as np

    assert auc(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1
    assert auc(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0.5
