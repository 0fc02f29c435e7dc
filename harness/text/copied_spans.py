"""Where a response repeats its source word for word, as character positions in both texts."""

from __future__ import annotations

from typing import NamedTuple

from harness.text.copying import copied_fragments
from harness.text.tokenization import Span, Tokenizer, load_tokenizer

LEAST_WORDS = 3
"""Shorter runs ('of the') are shared by any two texts, and marking them would only colour the page."""


class CopiedSpans(NamedTuple):
    """(start, end) of the runs of `LEAST_WORDS` words or more that both texts share, each list in order and apart."""

    response: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()


def copied_spans(response: str, source: str, *, tokenizer: Tokenizer | None = None) -> CopiedSpans:
    """The longest shared runs, from left to right. A token without a letter or a digit is part of a run and no word."""
    tokenizer = tokenizer or load_tokenizer()
    response_spans, source_spans = tokenizer.spans(response), tokenizer.spans(source)
    in_response, in_source = [], []
    for fragment in copied_fragments(response, source, tokenizer=tokenizer):
        run = response_spans[fragment.response_start:fragment.response_start + fragment.length]
        if sum(any(map(str.isalnum, response[start:end])) for start, end in run) >= LEAST_WORDS:
            in_response.append((run[0][0], run[-1][1]))
            last = fragment.source_start + fragment.length - 1
            in_source.append((source_spans[fragment.source_start][0], source_spans[last][1]))
    return CopiedSpans(tuple(in_response), tuple(_merged(in_source)))


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
