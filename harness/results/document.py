"""Writes docs/results-json.md, every key of results.json with its meaning, from the records' docstrings."""

from __future__ import annotations

import inspect
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, Literal

from harness.json_records import is_inline, keys_of
from harness.results.records import VERSION, Results
from harness.text.copying import COPYING_KEYS

_HEAD = f"""# results.json

`harness.results.file.read_results(folder)` reads a study's `results.json` as typed records, and `write_results` writes
it. This page is made from the records' docstrings by `python -m harness.results.document`. The present form is version
{VERSION}; a file of another version is refused.

A figure that cannot be computed is null, and `why_undefined` beside it says why. Win rates lie in [0, 1].
Measures of texts have the names of [statistics.md](statistics.md): `rouge1` to `rougeLsum`, and the copying measures
({', '.join(f'`{name}`' for name in COPYING_KEYS)}). A key of `responses` names an arm, such as `rl/250/1`: arm, label
budget and seed.
People's results, which the rating store files at unblinding, are the record `PeopleResults`.
"""
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any"}


def page() -> str:
    """The page in Markdown: one section a record, in the order in which they are met from the top."""
    return "\n".join([_HEAD, *map(_section, records())])


def records() -> list[type]:
    """Every record of results.json, the outermost first."""
    found: dict[type, None] = {Results: None}
    waiting: list[type] = [Results]
    while waiting:
        for inner in _records_in(waiting.pop(0)):
            if inner not in found:
                found[inner] = None
                waiting.append(inner)
    return list(found)


def meanings(record: type) -> dict[str, str]:
    """What the record's docstring says of each key, in passages such as `win_rate, ci_low: in [0, 1].`"""
    names = {key for key, _, part in keys_of(record) if not is_inline(part)}
    text = " ".join(inspect.cleandoc(record.__doc__ or "").split())
    starts = [match for match in re.finditer(r"(?:^|(?<=[.;?] ))((?:\w+)(?:, \w+)*): ", text)
              if set(match[1].split(", ")) <= names]
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return {name: text[match.end():end].strip() for match, end in zip(starts, ends, strict=True)
            for name in match[1].split(", ")}


def _section(record: type) -> str:
    said = {key: _in_json(text) for key, text in meanings(record).items()}
    rows = [f"| *the keys of {_type(kind)}* | | |" if is_inline(part)
            else f"| `{key}` | {_type(kind)} | {said.get(key, '').rstrip('.')} |"
            for key, kind, part in keys_of(record)]
    return "\n".join([f"## {record.__name__}\n", f"{_summary(record)}\n", "| key | type | what |",
                      "| --- | --- | --- |", *rows, ""])


def _summary(record: type) -> str:
    return _in_json(inspect.cleandoc(record.__doc__ or "").split("\n\n", maxsplit=1)[0].replace("\n", " "))


def _in_json(text: str) -> str:
    return re.sub(r"\bNone\b", "null", text)


def _type(kind: Any) -> str:
    parts = typing.get_args(kind)
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join("null" if part is type(None) else _type(part) for part in parts)
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return f"list of {_type(parts[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"object of {_type(parts[1])}"
    return _PLAIN.get(kind) or f"[{kind.__name__}](#{kind.__name__.lower()})"


def _records_in(record: type) -> Iterator[type]:
    for _, kind, _ in keys_of(record):
        yield from _records_of(kind)


def _records_of(kind: Any) -> Iterator[type]:
    if is_dataclass(kind) and isinstance(kind, type):
        yield kind
    for part in typing.get_args(kind):
        yield from _records_of(part)


def main() -> int:
    """Write the page; the folder is the checkout's."""
    target = Path(__file__).resolve().parents[2] / "docs" / "results-json.md"
    target.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
