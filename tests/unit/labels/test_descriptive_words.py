"""The vocabulary of the descriptiveness scorer."""

import pytest

from harness.labels.descriptive_words import DESCRIPTIVE_WORDS


def test_every_word_is_as_the_scorer_looks_it_up() -> None:
    assert all(word.isalpha() and word.islower() for word in DESCRIPTIVE_WORDS)


@pytest.mark.parametrize("word", ["crimson", "moonlit", "gnarled", "velvety", "creaking", "salty", "marble"])
def test_each_sense_has_its_words(word: str) -> None:
    assert word in DESCRIPTIVE_WORDS


@pytest.mark.parametrize("word", ["the", "said", "house", "very", "good", "happy"])
def test_words_that_tell_no_sense_are_left_out(word: str) -> None:
    assert word not in DESCRIPTIVE_WORDS
