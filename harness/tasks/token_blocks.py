"""Cuts running text into the blocks of tokens that language models are trained on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from torch import Tensor

from harness.errors import InputError
from harness.tasks.text_tokens import encode
from harness.training.language_model_fit import pack_blocks

_AT_ONCE = 512


def blocks_of(texts: Iterator[str], tokenizer: Any, *, tokens: int | None, block: int) -> Tensor:
    """Packed blocks (n, block) int64 of about `tokens` tokens (None: all there are), end-of-text between the texts."""
    sequences: list[list[int]] = []
    count = 0
    while (tokens is None or count < tokens) and (batch := list(islice(texts, _AT_ONCE))):
        for sequence in encode(tokenizer, batch):
            if tokens is not None and count >= tokens:
                break
            sequences.append(sequence)
            count += len(sequence) + 1
    try:
        return pack_blocks(sequences, block=block, separator=tokenizer.eos_token_id)
    except ValueError:
        raise InputError(f"the text has {count} tokens, fewer than one block of {block}", key="task.source",
                         cure="Give more text.") from None
