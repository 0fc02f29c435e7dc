"""Cleaning of the paper's two summarization sources (released datasets/cnndm.py and tldr.py, in substance).

The released code reads the original story files, in which each paragraph is a line. The data set of today's hub has
an article on one line, its former lines ended with ' . ', so each rule here knows both forms.
"""

from __future__ import annotations

import re
from typing import Literal

import ftfy

Cleaning = Literal["cnndm", "tldr"]

_LINE_END = r"(?:\s*\.\s+|\s*\n+\s*)"
_BYLINE = re.compile(rf"^By{_LINE_END}[^.\n]{{1,80}}{_LINE_END}(?:and{_LINE_END}?[^.\n]{{1,80}}{_LINE_END})?")
_DATE_STAMP = re.compile(
    r"(?:PUBLISHED|UPDATED):[\s.]*\d{1,2}:\d{2}(?: \w+)?, \d{1,2} \w+ \d{4}(?:\s*\.(?=\s))?[\s|]*(?:\.\s+)?")
_STAMPS_STAND_WITHIN = 600
_CNN_DASH = re.compile(r"\(CNN\) +--\s*")
_CNN_STANDS_WITHIN = 100
_HIGHLIGHT = "@highlight"
_SPACED_STOP = re.compile(r" +\.(?=\n|$)")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean_source(text: str, kind: Cleaning) -> str:
    """An article without by-line, dates, place and '(CNN)'; a post as it is. Both: ftfy's repairs, one blank line."""
    if kind == "cnndm":
        text = _without_opening(text)
    return _tidy(text)


def clean_reference(text: str, kind: Cleaning) -> str:
    """A summary with the same repairs; CNN/DM's highlights, a line each, lose the space before their full stop."""
    text = _tidy(text)
    return _SPACED_STOP.sub(".", text) if kind == "cnndm" else text


def _without_opening(text: str) -> str:
    """Where '(CNN) --' stands, what follows its last (before it are notes and the place); else what the head allows."""
    text = text.split(_HIGHLIGHT)[0]
    stamps = list(_DATE_STAMP.finditer(text[:_STAMPS_STAND_WITHIN]))
    text = text[stamps[-1].end():] if stamps else _BYLINE.sub("", text)
    text = _CNN_DASH.split(text)[-1]
    return text[:_CNN_STANDS_WITHIN].rpartition("(CNN)")[2] + text[_CNN_STANDS_WITHIN:]


def _tidy(text: str) -> str:
    """ftfy mends wrong decodings and makes curly quotes straight."""
    return _BLANK_LINES.sub("\n\n", ftfy.fix_text(text)).strip()
