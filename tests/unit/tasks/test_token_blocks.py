"""Running text as blocks of tokens: all of it, in order, with an end of text between the texts."""

import pytest

from harness.errors import InputError
from harness.tasks.token_blocks import blocks_of
from harness.tasks.tokenizer import train_tokenizer

TEXTS = [f"The cat number {n} sat on the mat and looked at the moon.\n" for n in range(700)]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(iter(TEXTS), 300)


def test_blocks_hold_the_texts_in_order_with_an_end_between(tokenizer) -> None:
    blocks = blocks_of(iter(TEXTS), tokenizer, tokens=None, block=16)
    expected = [token for text in TEXTS for token in [*tokenizer.encode(text), tokenizer.eos_token_id]]
    assert blocks.flatten().tolist() == expected[:blocks.numel()]
    assert len(expected) - blocks.numel() <= 16


def test_no_more_is_taken_than_was_asked_for(tokenizer) -> None:
    texts = iter(TEXTS)
    blocks = blocks_of(texts, tokenizer, tokens=200, block=16)
    assert 200 - 16 <= blocks.numel() < 200 + max(len(tokenizer.encode(text)) + 1 for text in TEXTS)
    assert next(texts, None) is not None


def test_too_little_text_says_how_much_there_is(tokenizer) -> None:
    n = len(tokenizer.encode("A cat.")) + 1
    with pytest.raises(InputError, match=f"task.source: the text has {n} tokens, fewer than one block of 500"):
        blocks_of(iter(["A cat."]), tokenizer, tokens=None, block=500)
