"""Where a response repeats its source word for word, as character positions in both, for highlighting."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

WORD = re.compile(r"\w+")
LEAST_WORDS = 4
"""Shorter runs are everybody's phrases ('in the end the'), and marking them would colour every text."""


@dataclass(frozen=True)
class CopiedSpans:
    """(start, end) character spans of the runs of four or more words that stand in both texts."""

    response: tuple[tuple[int, int], ...]
    source: tuple[tuple[int, int], ...]


def copied_spans(response: str, source: str) -> CopiedSpans:
    """Greedy longest matches from left to right, case and punctuation aside."""
    said, stood = list(WORD.finditer(response)), list(WORD.finditer(source))
    words, origin = [each.group().lower() for each in said], [each.group().lower() for each in stood]
    places: dict[str, list[int]] = defaultdict(list)
    for index, word in enumerate(origin):
        places[word].append(index)
    found_response, found_source = [], []
    at = 0
    while at < len(words):
        length, start = max(((_run(words, at, origin, place), -place) for place in places[words[at]]),
                            default=(0, 0))
        if length >= LEAST_WORDS:
            found_response.append((said[at].start(), said[at + length - 1].end()))
            found_source.append((stood[-start].start(), stood[-start + length - 1].end()))
        at += max(length, 1) if length >= LEAST_WORDS else 1
    return CopiedSpans(tuple(found_response), tuple(found_source))


def _run(words: list[str], at: int, origin: list[str], place: int) -> int:
    length = 0
    while (at + length < len(words) and place + length < len(origin)
           and words[at + length] == origin[place + length]):
        length += 1
    return length
