"""Copied spans side by side: source and response with what they share marked. Every text is escaped."""

from __future__ import annotations

from html import escape

from harness.text.copying import copied_fragments
from harness.text.tokenization import Span, Tokenizer, load_tokenizer

SHORTEST = 3
"""Shorter runs ('of the') are shared by any two texts and would only colour the page."""


def highlighted_pair(response: str, source: str, *, tokenizer: Tokenizer | None = None,
                     shortest: int = SHORTEST) -> str:
    """HTML of both texts next to each other, runs of `shortest` tokens or more in <mark>."""
    tokenizer = tokenizer or load_tokenizer()
    in_response, in_source = copied_spans(response, source, tokenizer=tokenizer, shortest=shortest)
    return (f'<div class="pair"><div>{marked(source, in_source)}</div>'
            f"<div>{marked(response, in_response)}</div></div>")


def copied_spans(response: str, source: str, *, tokenizer: Tokenizer | None = None,
                 shortest: int = SHORTEST) -> tuple[list[Span], list[Span]]:
    """The shared runs as character spans: (in the response, in the source), each in order and apart."""
    tokenizer = tokenizer or load_tokenizer()
    response_spans, source_spans = tokenizer.spans(response), tokenizer.spans(source)
    fragments = [fragment for fragment in copied_fragments(response, source, tokenizer=tokenizer)
                 if fragment.length >= shortest]
    in_response = [_span(response_spans, fragment.response_start, fragment.length) for fragment in fragments]
    in_source = [_span(source_spans, fragment.source_start, fragment.length) for fragment in fragments]
    return in_response, _merged(in_source)


def _span(spans: list[Span], start: int, length: int) -> Span:
    return spans[start][0], spans[start + length - 1][1]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def marked(text: str, spans: list[Span]) -> str:
    """HTML of a text with these spans of it in <mark>, everything escaped."""
    parts, at = [], 0
    for start, end in spans:
        parts += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
        at = end
    return "".join([*parts, escape(text[at:])])
