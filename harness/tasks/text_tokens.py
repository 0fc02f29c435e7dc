"""Turns text into token ids and back, with any tokenizer.

There are no special tokens but those that the tokenizer itself puts before every text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.errors import InputError
from harness.records import PAD


def encode(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """The ids of each text, without special tokens."""
    if not texts:
        return []
    found: list[list[int]] = tokenizer(list(texts), add_special_tokens=False, return_attention_mask=False,
                                       verbose=False)["input_ids"]
    return found


def decode(tokenizer: Any, tokens: Sequence[Sequence[int]]) -> list[str]:
    """The text of each row; PAD and ids past the vocabulary stand for no token."""
    size = len(tokenizer)
    return [str(text) for text in tokenizer.batch_decode(
        [[token for token in row if 0 <= token < size] for row in tokens],
        skip_special_tokens=True, clean_up_tokenization_spaces=False)]


def beginning_tokens(tokenizer: Any) -> tuple[int, ...]:
    """What the tokenizer itself puts before every text: a Llama's BOS, nothing for a GPT-2."""
    return tuple(tokenizer("")["input_ids"][:1])


def single_token(tokenizer: Any, text: str, *, key: str) -> int:
    """The id of a text that is one token, wherever it stands. Raises InputError where it is several."""
    alone = encode(tokenizer, [text])[0]
    after_word = encode(tokenizer, [f"a{text}"])[0]
    if len(alone) == 1 and after_word[-1] == alone[0]:
        return alone[0]
    # A sentencepiece tokenizer puts a space before a text that stands alone.
    if after_word and decode(tokenizer, [after_word[-1:]])[0] == text:
        return after_word[-1]
    raise InputError(f"{text!r} is not a single token of this base model's tokenizer ({after_word[1:]})", key=key,
                     cure="Choose an end text that is one token, such as '.' or a newline.")


def strip_padding(tokens: Sequence[int]) -> tuple[int, ...]:
    return tuple(token for token in tokens if token != PAD)
