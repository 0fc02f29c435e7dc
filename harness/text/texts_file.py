"""Texts of a JSONL file, checked line by line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cli.rows import BadRows, LeftOutRows, Row, parse_columns, read_rows, with_mapped
from harness.errors import InputError
from harness.text.tokenization import Tokenizer

COLUMNS = ("response", "source", "reference", "arm", "id", "has_preamble")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": None}
"""How a CSV file writes what JSON has words for."""

ONLY_ARM = "responses"
"""The arm's name in a file that has no arms."""


@dataclass(frozen=True)
class TextRow:
    """One response. references: empty where there are none. id: None where the file has none."""

    arm: str
    id: str | None
    response: str
    source: str | None
    references: tuple[str, ...]
    has_preamble: bool | None

    @property
    def article(self) -> str:
        """What rows of different arms have in common."""
        return self.id or self.source or "\x1f".join(self.references)


@dataclass(frozen=True)
class ReadTexts:
    """excluded: what was left out."""

    rows: tuple[TextRow, ...]
    excluded: tuple[LeftOutRows, ...]


def read_texts(path: Path, *, tokenizer: Tokenizer, columns: str | None = None,
               skip_bad: bool = False) -> ReadTexts:
    """The rows of a JSONL (or CSV) file. Raises InputError with file and line for a bad one.

    Bad: no response or an empty one, neither source nor reference, a source shorter than the response, a
    second row of the same arm and id.
    """
    mapping = parse_columns(columns, COLUMNS)
    bad = BadRows(str(path), skip_bad)
    seen: set[tuple[str, ...]] = set()
    rows = []
    for line, raw in with_mapped(read_rows(path, bad), mapping, str(path)):
        row = _parsed(raw, {ours: mapping.get(ours, ours) for ours in COLUMNS}, line, bad, tokenizer)
        if row is None:
            continue
        key = (row.arm, row.article, "" if row.id else row.response)
        if key in seen:
            bad.report(f"a second row of arm {row.arm!r} and {row.id or 'this text'!r}", line=line, key="id",
                       reason="duplicate row")
            continue
        seen.add(key)
        rows.append(row)
    if not rows:
        raise InputError("no texts in it", file=str(path), cure="Every row was bad." if bad.counts else
                         "Write a row for each response")
    return ReadTexts(tuple(rows), tuple(bad.left_out))


def _parsed(raw: Row, names: dict[str, str], line: int, bad: BadRows, tokenizer: Tokenizer) -> TextRow | None:
    values: dict[str, Any] = {ours: raw.get(theirs) for ours, theirs in names.items()}
    for key in ("response", "source"):
        value = values[key]
        if value is not None and not isinstance(value, str):
            bad.report("not a text", line=line, key=key, reason=f"{key} is not a text")
            return None
        if (key == "response" or value is not None) and _is_empty(value or ""):
            missing = value is None
            cure = f"Map one with --columns NAME={key}; the row has {', '.join(map(str, raw))}." if missing else None
            problem = "empty text" if not missing else "missing" if names[key] == key else f"no key {names[key]!r}"
            bad.report(problem, line=line, key=key, cure=cure,
                       reason=f"{key} is {'missing' if missing else 'empty'}")
            return None
    for key in ("arm", "id"):
        if isinstance(values[key], (dict, list)):
            bad.report("neither a text nor a number", line=line, key=key, reason=f"{key} is not a text")
            return None
    references = _references(values["reference"], line, bad)
    if references is None:
        return None
    source = values["source"]
    if source is None and not references:
        bad.report("neither source nor reference", line=line, reason="neither source nor reference",
                   cure="ROUGE needs a reference, the copy statistics a source.")
        return None
    if source is not None and len(tokenizer.tokens(source)) < len(tokenizer.tokens(values["response"])):
        bad.report("the source is shorter than the response", line=line, key="source",
                   reason="source shorter than the response", cure="Are the two swapped?")
        return None
    preamble = "" if values["has_preamble"] is None else str(values["has_preamble"]).strip().lower()
    if preamble not in _TRUTH:
        bad.report(f"neither true nor false: {values['has_preamble']!r}", line=line, key="has_preamble",
                   reason="has_preamble is neither true nor false")
        return None
    return TextRow(arm=str(values["arm"] if values["arm"] is not None else ONLY_ARM),
                   id=None if values["id"] is None else str(values["id"]), response=values["response"],
                   source=source, references=references,
                   has_preamble=_TRUTH[preamble])


def _is_empty(text: str) -> bool:
    """Whether there is nothing to see: white space, zero-width and control characters only."""
    return not any(letter.isprintable() and not letter.isspace() for letter in text)


def _references(value: Any, line: int, bad: BadRows) -> tuple[str, ...] | None:
    """The references of a row, () where it has none; None where they are bad."""
    if value is None:
        return ()
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        bad.report("neither a text nor a list of texts", line=line, key="reference",
                   reason="reference is not a text")
        return None
    if not texts or any(map(_is_empty, texts)):
        bad.report("empty text", line=line, key="reference", reason="reference is empty")
        return None
    return tuple(texts)
