"""HTML of texts with parts of them marked. Every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from harness.text.copied_spans import copied_spans
from harness.text.tokenization import Span, Tokenizer


def marked(text: str, spans: Iterable[Span]) -> str:
    """HTML of the text with these (start, end) spans of its characters in <mark>, overlapping ones joined."""
    parts, at = [], 0
    for start, end in sorted(spans):
        start = max(start, at)
        if end > start:
            parts += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
            at = end
    return "".join([*parts, escape(text[at:])])


def marked_pair(response: str, source: str, *, tokenizer: Tokenizer | None = None) -> str:
    """HTML of source and response next to each other, with what they share marked in both."""
    found = copied_spans(response, source, tokenizer=tokenizer)
    return (f'<div class="pair"><div>{marked(source, found.source)}</div>'
            f"<div>{marked(response, found.response)}</div></div>")
