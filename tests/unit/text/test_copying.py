"""The measures of copying and their controls: known answers, and a plain search as the oracle."""

import tracemalloc

import numpy as np
import pytest

from harness.text.copying import (
    COPYING_KEYS,
    copy_statistics,
    has_preamble,
    lead,
    mean_of_defined,
    random_sentences,
)
from harness.text.tokenization import load_tokenizer

WHITESPACE = load_tokenizer("whitespace")
CAT = "the cat sat on the mat . the dog ran away ."


def _one(response: str, source: str, **options) -> dict[str, float]:
    found = copy_statistics([response], [source], tokenizer=WHITESPACE, **options)
    return {key: values[0] for key, values in found.values.items()}


def test_a_copied_sentence() -> None:
    found = _one("the cat sat on the mat .", CAT)
    assert (found["coverage"], found["density"]) == (1, 7)
    assert found["compression"] == pytest.approx(1.714, abs=5e-4)
    assert [found[key] for key in COPYING_KEYS[:5]] == [0, 0, 0, 0, 0]
    assert (found["copied_sentences"], found["lead_copied"], found["longest_copied_span"]) == (1, 1, 7)


def test_a_changed_sentence() -> None:
    found = _one("the dog sat on a mat .", CAT)
    assert (found["coverage"], found["density"]) == pytest.approx((0.857, 1.714), abs=5e-4)
    assert [found[key] for key in COPYING_KEYS[:4]] == pytest.approx([1 / 7, 3 / 6, 5 / 5, 4 / 4])
    assert (found["copied_sentences"], found["novel_sentences"], found["lead_copied"]) == (0, 1, 0)


def test_both_fragment_algorithms_where_they_differ() -> None:
    assert _one("a a b", "a a a b", fragments="newsroom")["density"] == pytest.approx(1.667, abs=5e-4)
    assert _one("a a b", "a a a b", fragments="exact")["density"] == 3.0


@pytest.mark.parametrize("rule", ["newsroom", "exact"])
def test_fragments_are_those_of_a_plain_search(rule: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        response, source = (list(rng.choice(list("abc"), size)) for size in (9, 14))
        squares, place = 0, 0
        while place < len(response):
            best = at = 0
            while at < len(source):
                length = 0
                while source[at:at + length + 1] == response[place:place + length + 1] and length < len(source) - at \
                        and length < len(response) - place:
                    length += 1
                best = max(best, length)
                at += max(length, 1) if rule == "newsroom" else 1
            squares += best**2
            place += max(best, 1)
        found = _one(" ".join(response), " ".join(source), fragments=rule)
        assert found["density"] == pytest.approx(squares / len(response))


def test_long_texts_do_not_fill_the_memory() -> None:
    tracemalloc.start()
    found = _one("a b " * 500, "a b " * 1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found["density"] == 1000
    assert peak < 10e6


def test_token_and_distinct_counts_differ_on_repetitive_text() -> None:
    found = copy_statistics(["x x x cat"], ["the cat sat on it ."], tokenizer=WHITESPACE)
    assert found.values["novel_unigrams"][0] == 3 / 4
    assert found.distinct_ngrams["novel_unigrams"][0] == 1 / 2


def test_a_cut_off_sentence_is_not_a_sentence() -> None:
    cut = copy_statistics(["the cat sat on the mat . the dog ran"], [CAT], tokenizer=WHITESPACE)
    assert cut.values["copied_sentences"][0] == 1
    assert cut.copied_from == ((0,),)
    only_cut = copy_statistics(["the dog ran"], [CAT], tokenizer=WHITESPACE)
    assert np.isnan(only_cut.values["copied_sentences"][0])
    assert mean_of_defined(only_cut.values["copied_sentences"]) is None
    written_to_its_end = copy_statistics(["the dog ran"], [CAT], tokenizer=WHITESPACE, cut_off=False)
    assert written_to_its_end.values["copied_sentences"][0] == 0


def test_where_copied_sentences_stand_and_who_copies_the_opening() -> None:
    source = "Hi all. The bank failed today. Nobody was paid. Shares fell."
    found = copy_statistics(["Shares fell.", "Hi all. It failed."], [source, source], preambles=[True, False])
    assert found.copied_from == ((3,), (0,))
    assert found.copied_positions.tolist() == [1.0, 0.0]
    assert found.first_three_rate() == 0.0
    assert found.first_three_rate(preamble=True) == 0.0
    opening = copy_statistics(["Hi all. Yes."], [source], preambles=[None])
    assert opening.first_three_rate(preamble=True) is None


def test_an_empty_or_short_text_is_undefined_not_zero() -> None:
    found = copy_statistics(["", "cat"], [CAT, CAT], tokenizer=WHITESPACE)
    assert all(np.isnan(values[0]) for values in found.values.values())
    assert found.values["novel_unigrams"][1] == 0
    assert np.isnan(found.values["novel_bigrams"][1])


def test_controls_lead_and_random_sentences() -> None:
    source = "One fish swam. Two birds flew off. Three cats slept. Four dogs ran."
    assert lead(source, 2) == "One fish swam. Two birds flew off."
    assert lead("", 3) == ""
    drawn = random_sentences(source, 8, np.random.default_rng(0))
    found = copy_statistics([drawn], [source])
    assert found.values["copied_sentences"][0] == 1
    assert 4 <= len(load_tokenizer().tokens(drawn)) <= 12
    starts = {random_sentences(source, 4, np.random.default_rng(seed)) for seed in range(30)}
    assert len(starts) == 4


def test_case_and_quotes_do_not_make_a_copy_new() -> None:
    source = "“It’s over,” said Ann. Nobody won."
    found = copy_statistics(["\"it's over,\" said ann."], [source])
    assert found.values["coverage"][0] == 1
    assert found.values["copied_sentences"][0] == 1
    kept = copy_statistics(["nobody won."], [source], tokenizer=load_tokenizer(lowercase=False))
    assert kept.values["copied_sentences"][0] == 0


def test_preamble_rules() -> None:
    assert has_preamble("Hey reddit, I need help", "tldr")
    assert not has_preamble("Sofia left me", "tldr")
    assert has_preamble("Washington (CNN): The president", "cnndm")
    assert not has_preamble("The president spoke on Monday: nothing new", "cnndm")
