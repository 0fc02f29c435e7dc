"""Words and sentences, and that their places fit the original text."""

import pytest

from harness.errors import InputError
from harness.text.tokenization import load_tokenizer, split_sentences


@pytest.mark.parametrize(("text", "expected"), [
    ("Mr. Smith of the U.S. Navy paid 3.5 dollars. He left at 5 p.m. on Monday.", 2),
    ('"Why now?" he said. "Because." She nodded.', 3),
    ("so i went home... and slept. then i woke up", 2),
    ("He is No. 5 on the list. J. R. Smith is first!", 2),
    ("A headline\n\nThe text begins here. It ends", 3),
    ("the score was 0-0 on Sunday . ' just watch , ' he said . ok", 3),
])
def test_sentences(text: str, expected: int) -> None:
    found = split_sentences(text)
    assert len(found) == expected, [sentence.text for sentence in found]
    assert all(text[sentence.start:sentence.end] == sentence.text for sentence in found)


def test_spans_fit_the_original_text_even_where_lowering_changes_its_length() -> None:
    text = "İstanbul’da 1,000 cats sat."
    spans = load_tokenizer().spans(text)
    assert [text[start:end] for start, end in spans] == ["İstanbul’da", "1,000", "cats", "sat", "."]


def test_unknown_tokenizer_is_a_clear_error() -> None:
    with pytest.raises(InputError, match="whitespace, regex, spacy"):
        load_tokenizer("no-such-folder")
