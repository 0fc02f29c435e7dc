"""Reads rows of CSV and JSONL files with their line numbers, and checks where a page may be written.

A bad line is one clear message, or is left out and counted.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from harness.durable import replaced
from harness.errors import InputError, look_for, readable_inputs

Row = dict[str, Any]


@dataclass(frozen=True)
class LeftOutRows:
    """So many rows are left out for this reason; of one rater, where a rule excludes him or her."""

    reason: str
    n: int
    rater: str | None = None


@dataclass
class BadRows:
    """What to do with a bad row: raise, or with skip count it by reason. can_skip: the command has --skip-bad."""

    file: str
    skip: bool
    can_skip: bool = True
    counts: Counter[str] = field(default_factory=Counter)

    def report(self, problem: str, *, line: int, key: str | None = None, cure: str | None = None,
               reason: str | None = None) -> None:
        """Raise InputError, or count under `reason` (the problem itself where None) and return."""
        if not self.skip:
            skipping = "--skip-bad leaves such rows out" if self.can_skip else None
            cures = " ".join(part for part in (cure, skipping) if part)
            raise InputError(problem, file=self.file, line=line, key=key, cure=cures or None)
        self.counts[reason or problem] += 1

    @property
    def left_out(self) -> list[LeftOutRows]:
        """What was counted."""
        return [LeftOutRows(reason, n) for reason, n in self.counts.items()]


def read_rows(path: Path, bad: BadRows) -> Iterator[tuple[int, Row]]:
    """(line, row) for each row of a .csv, .jsonl or .ndjson file; empty lines are passed over.

    Raises InputError where the file cannot be read or is of another kind, and through `bad` for a broken
    line.
    """
    readers = {".csv": _csv_rows, ".jsonl": _json_rows, ".ndjson": _json_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"not a CSV or JSONL file: {path.suffix or 'no ending'}", file=str(path),
                         cure="Give a file that ends in .csv or .jsonl")
    look_for(path)
    with readable_inputs():
        data = path.read_bytes()
    return reader(data.removeprefix(b"\xef\xbb\xbf"), bad)


def _decoded(lines: Iterable[bytes], bad: BadRows) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        try:
            yield number, line.decode("utf-8")
        except UnicodeDecodeError as error:
            bad.report(f"invalid UTF-8 (byte {error.start + 1} of the line)", line=number,
                       reason="invalid UTF-8", cure="Save the file as UTF-8.")


def _json_rows(data: bytes, bad: BadRows) -> Iterator[tuple[int, Row]]:
    for number, text in _decoded(data.split(b"\n"), bad):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
            # Half a surrogate pair ("\ud800") parses, but can be written to no file and no terminal.
            json.dumps(row, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            bad.report(f"invalid JSON ({_json_fault(error)})", line=number, reason="invalid JSON")
            continue
        if not isinstance(row, dict):
            bad.report("not a JSON object", line=number, cure="Write one {...} a line.")
            continue
        yield number, row


def _json_fault(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    if isinstance(error, UnicodeEncodeError):
        return "half of a surrogate pair, which is no character"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number of thousands of digits"


def _csv_rows(data: bytes, bad: BadRows) -> Iterator[tuple[int, Row]]:
    try:
        text, lines = data.decode("utf-8"), None
    except UnicodeDecodeError:
        # Lines as the reader below counts them: a carriage return alone ends one too.
        kept = list(_decoded(data.splitlines(keepends=True), bad))
        if not kept or kept[0][0] > 1:
            raise InputError("the header is invalid UTF-8", file=bad.file, line=1,
                             cure="Save the file as UTF-8") from None
        text, lines = "".join(line for _, line in kept), [number for number, _ in kept]
    csv.field_size_limit(2**31 - 1)
    # strict: an unclosed quote swallows the rows up to the next quote, so how many are lost cannot be counted.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    last = 0
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            start = last + 1 if lines is None else lines[last]
            raise InputError(f"invalid CSV ({error})", file=bad.file, line=start,
                             cure="Is there a quote too many or too few?") from None
        first, last = last, reader.line_num
        line = first + 1 if lines is None else lines[first]
        if not values:
            continue
        if header is None:
            header = [name.strip() for name in values]
            if twice := next((name for name in header if name and header.count(name) > 1), None):
                raise InputError(f"two columns called {twice!r}", file=bad.file, line=line, cure="Rename one of them")
        elif len(values) != len(header):
            bad.report(f"{len(values)} fields, but the header has {len(header)}", line=line,
                       reason="wrong number of fields")
        else:
            yield line, dict(zip(header, values, strict=True))


def with_mapped(rows: Iterator[tuple[int, Row]], mapping: dict[str, str], file: str) -> Iterator[tuple[int, Row]]:
    """The rows. At their end raises InputError for a name in --columns that none of them had: what it maps would be
    left out without a word."""
    lacking = set(mapping.values())
    names: dict[str, None] = {}
    for line, row in rows:
        if lacking:
            lacking.difference_update(row)
            names.update(dict.fromkeys(row))
        yield line, row
    if lacking and names:
        raise InputError(f"no column {min(lacking)!r}", file=file, key="--columns",
                         cure=f"The file has {', '.join(map(str, names))}")


def check_page(path: Path) -> None:
    """Raise InputError where --html names no place for a file: before the work, whose results would be lost."""
    problem = "Is a directory" if path.is_dir() else None if path.parent.is_dir() else "No such file or directory"
    if problem:
        raise InputError(f"cannot be written ({problem})", file=str(path), key="--html")


def write_page(path: Path, markup: str) -> None:
    """Write a page, whole or not at all. Raises InputError where that cannot be done."""
    try:
        with replaced(path) as temporary:
            temporary.write_text(markup, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=str(path), key="--html") from None


def parse_columns(text: str | None, known: Sequence[str]) -> dict[str, str]:
    """`winner=choice,id=item_id` -> {our name: the file's name}. The file's name stands first.

    Raises InputError for a name that is not ours, with the nearest that is.
    """
    mapping: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in (text or "").split(","))):
        theirs, equals, ours = (piece.strip() for piece in part.partition("="))
        if not (theirs and equals and ours):
            raise InputError(f"cannot read {part!r}", key="--columns",
                             cure="Write file_column=our_column,...")
        if ours not in known and theirs in known:
            theirs, ours = ours, theirs
        if ours not in known:
            near = get_close_matches(ours, list(known), n=1)
            cure = f"Did you mean {near[0]}?" if near else f"Ours are {', '.join(known)}"
            raise InputError(f"there is no column {ours!r} to map to", key="--columns", cure=cure)
        if ours in mapping:
            raise InputError(f"two columns for {ours!r}: {mapping[ours]!r} and {theirs!r}", key="--columns")
        mapping[ours] = theirs
    return mapping
