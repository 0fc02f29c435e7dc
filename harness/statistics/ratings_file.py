"""Reads a file of ratings into columns of judgments, and checks every row."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.cli.rows import BadRows, LeftOutRows, Row, parse_columns, read_rows, with_mapped
from harness.errors import InputError
from harness.records import Choice
from harness.statistics.clustered import FloatArray, encode

REQUIRED = ("item_id", "rater_id", "left_arm", "right_arm", "choice")
NUMBERS = ("label_budget", "left_length", "right_length", "left_copying", "right_copying")
OPTIONAL = ("query_id", "shown_at", "decided_at", "run", "seed", "gold_choice", "repeat_of", *NUMBERS)
COLUMNS = (*REQUIRED, *OPTIONAL)

_SIDES = {"left": 1.0, "right": 0.0, "tie": 0.5}
_CHOICES = (*_SIDES, Choice.SKIP.value)
_MISSING = ("", None)
MILLISECONDS = 1e11
"""A time this large counts milliseconds since 1970, as the rating app's exports do: in seconds it is after 5100."""


@dataclass(frozen=True)
class Ratings:
    """n judgments. outcomes: (n,) 1 where the left response was chosen, ½ for a tie, 0 for the right.

    item: (n,) one label an item, pair of arms and run. query, run, seed: labels or None, a run or seed "" where
    unknown. decided: seconds, -inf where unknown. seconds: from shown to decided, NaN where unknown. numbers: the
    numeric columns that the file has. gold: (n,) the right outcome for the left side, NaN elsewhere. repeat_of: (n,)
    the item that this one repeats, or None. line: (n,) where the row stands in the file.
    """

    item: NDArray[Any]
    rater: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]
    outcomes: FloatArray
    query: NDArray[Any] | None
    run: NDArray[Any] | None
    seed: NDArray[Any] | None
    decided: FloatArray
    seconds: FloatArray
    numbers: dict[str, FloatArray]
    gold: FloatArray
    repeat_of: NDArray[Any]
    line: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.outcomes)

    def take(self, kept: NDArray[Any]) -> Ratings:
        """The judgments at these places (a mask or indices)."""
        numbers = {name: values[kept] for name, values in self.numbers.items()}
        columns: dict[str, Any] = {part.name: getattr(self, part.name) for part in fields(self)} | {"numbers": None}
        taken: dict[str, Any] = {name: None if one is None else one[kept] for name, one in columns.items()}
        return Ratings(**taken | {"numbers": numbers})

    @property
    def training_runs(self) -> NDArray[Any] | None:
        """(n,) the training run, or pair of runs, that each judgment is of: the column `run`, else `seed`."""
        return self.seed if self.run is None else self.run

    @property
    def chosen(self) -> NDArray[Any]:
        """(n,) the arm chosen, or 'tie'."""
        return np.where(self.outcomes == 0.5, "tie", np.where(self.outcomes == 1, self.left, self.right))


@dataclass(frozen=True)
class ReadRatings:
    """excluded: what was left out. warnings: what a reader of the results must know."""

    ratings: Ratings
    excluded: tuple[LeftOutRows, ...]
    warnings: tuple[str, ...]


def read_ratings(path: Path, *, columns: str | None = None, skip_bad: bool = False) -> ReadRatings:
    """The judgments of a CSV or JSONL file. columns: `file_column=our_column,...`.

    choice is left, right, tie or skip, or the name of the arm that won. Skips are left out and counted;
    of several judgments of one rater on one item the latest counts. Raises InputError with file and line
    for a bad row.
    """
    mapping = parse_columns(columns, COLUMNS)
    bad = BadRows(str(path), skip_bad)
    table, skips = _Table(), 0
    for line, row in _checked(with_mapped(read_rows(path, bad), mapping, str(path)), mapping, bad):
        if row["choice"] == Choice.SKIP:
            skips += 1
        else:
            table.add(line, row)
    excluded = bad.left_out
    if skips:
        excluded.append(LeftOutRows("skipped by the rater", skips))
    if not table.lines:
        raise InputError("every judgment is a skip" if skips else "no judgments in it", file=str(path), cure=(
            "Every row of it was bad." if bad.counts else f"Write a row for each choice: {', '.join(REQUIRED)}"))
    ratings = table.ratings()
    kept = _latest(ratings)
    warnings = []
    if kept.sum() < len(ratings):
        n = int(len(ratings) - kept.sum())
        were = "judgment was" if n == 1 else "judgments were"
        warnings.append(f"{n} {were} replaced by a later one of the same rater on the same item")
        excluded.append(LeftOutRows("replaced by a later judgment", n))
    known = set(table.columns["item_id"])
    if lost := sum(of is not None and of not in known for of in ratings.repeat_of[kept]):
        warnings.append(f"repeat_of names no item of the file in {lost} row{'s' if lost > 1 else ''}")
    return ReadRatings(ratings.take(kept), tuple(excluded), tuple(warnings))


def _checked(rows: Iterable[tuple[int, Row]], mapping: dict[str, str],
             bad: BadRows) -> Iterable[tuple[int, Row]]:
    """Rows under our names, each of them sound; a fault goes to `bad`."""
    names = {ours: mapping.get(ours, ours) for ours in COLUMNS}
    # Hashes instead of rows: a million of them take 60 MB, and two alike by chance are not to be feared.
    seen: set[int] = set()
    for place, (line, raw) in enumerate(rows):
        if place == 0:
            _check_header(raw, names, bad.file)
        row = {ours: raw.get(theirs) for ours, theirs in names.items()}
        if not _is_sound(row, line, bad):
            continue
        exact = hash(tuple(map(str, raw.values())))
        if exact in seen:
            bad.report("the same row again", line=line, reason="duplicate row", cure="Remove one of them.")
            continue
        seen.add(exact)
        yield line, row


def _check_header(raw: Row, names: dict[str, str], file: str) -> None:
    for ours in REQUIRED:
        if names[ours] not in raw:
            cure = f"Map one with --columns NAME={ours}; the file has {', '.join(map(str, raw))}"
            raise InputError(f"no column {names[ours]!r}", file=file, line=1, key=ours, cure=cure)


def _is_sound(row: Row, line: int, bad: BadRows) -> bool:
    for name in (*REQUIRED, "run", "seed"):
        if isinstance(row[name], (dict, list)):
            bad.report("neither a text nor a number", line=line, key=name, reason=f"{name} is not a text")
            return False
        row[name] = "" if row[name] is None else str(row[name]).strip()
        if not row[name] and name in REQUIRED:
            bad.report("empty", line=line, key=name, reason=f"empty {name}")
            return False
    for name in ("left_arm", "right_arm"):
        if row[name].lower() in _CHOICES:
            raise InputError(f"an arm called {row[name]!r}", file=bad.file, line=line, key=name,
                             cure=f"Rename it: a choice of {', '.join(_CHOICES)} must mean one thing")
    if row["left_arm"] == row["right_arm"]:
        bad.report(f"both sides are the arm {row['left_arm']!r}", line=line, key="right_arm",
                   reason="the same arm on both sides")
        return False
    for name in ("choice", "gold_choice"):
        if row[name] in _MISSING:
            row[name] = None
        elif (side := _side(str(row[name]).strip(), row)) is not None:
            row[name] = side
        else:
            bad.report(f"unknown choice {row[name]!r}", line=line, key=name, reason=f"unknown {name}",
                       cure="It is left, right, tie, skip, or the name of one of the row's arms.")
            return False
    return _has_sound_optionals(row, line, bad)


def _side(choice: str, row: Row) -> str | None:
    if choice in (row["left_arm"], row["right_arm"]):
        return "left" if choice == row["left_arm"] else "right"
    lowered = choice.lower()
    return lowered if lowered in _SIDES or lowered == Choice.SKIP else None


def _has_sound_optionals(row: Row, line: int, bad: BadRows) -> bool:
    for name in NUMBERS:
        if row[name] in _MISSING:
            row[name] = np.nan
            continue
        try:
            number = float(row[name])
        except (TypeError, ValueError, OverflowError):
            bad.report(f"not a number: {row[name]!r}", line=line, key=name,
                       reason=f"{name} is not a number")
            return False
        whole = name != "label_budget" or np.isnan(number) or (number >= 0 and number.is_integer())
        if np.isinf(number) or not whole:
            kind = "a finite number" if whole else "a whole number of labels"
            bad.report(f"not {kind}: {row[name]!r}", line=line, key=name, reason=f"{name} is not {kind}")
            return False
        row[name] = number
    return _has_sound_times(row, line, bad)


def _has_sound_times(row: Row, line: int, bad: BadRows) -> bool:
    """Sets `decided` (seconds, -inf where unknown) and `seconds` from shown to decided (NaN where unknown)."""
    times: dict[str, float | None] = {"shown_at": None, "decided_at": None}
    for name in times:
        if row[name] in _MISSING:
            continue
        try:
            times[name] = _seconds(row[name])
        except (TypeError, ValueError, OverflowError):
            bad.report(f"not a time: {row[name]!r}", line=line, key=name, reason="not a time",
                       cure="Write ISO 8601, or seconds.")
            return False
    shown, decided = times.values()
    row["decided"] = -np.inf if decided is None else decided
    row["seconds"] = np.nan if shown is None or decided is None else decided - shown
    if row["seconds"] < 0:
        bad.report("decided before it was shown", line=line, key="decided_at",
                   reason="decided before it was shown")
        return False
    return True


def _seconds(value: Any) -> float:
    """A time in seconds; see `MILLISECONDS`. Raises TypeError, ValueError or OverflowError for what is no time."""
    try:
        seconds = float(value)
    except ValueError:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()
    if not np.isfinite(seconds):
        raise ValueError(f"not a time: {value}")
    return seconds / 1000 if abs(seconds) >= MILLISECONDS else seconds


class _Table:
    """The rows so far, column by column: a dictionary for each of a million rows would not fit."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.columns: dict[str, list[Any]] = {name: [] for name in (*COLUMNS, "seconds", "decided")}

    def add(self, line: int, row: Row) -> None:
        self.lines.append(line)
        for name, values in self.columns.items():
            value = row[name]
            values.append(sys.intern(value) if type(value) is str else value)

    def ratings(self) -> Ratings:
        left, right = self._texts("left_arm"), self._texts("right_arm")
        run, seed, query = self._labels("run"), self._labels("seed"), self._labels("query_id")
        numbers = {name: np.array(self.columns[name], dtype=np.float64) for name in NUMBERS}
        present = {name: values for name, values in numbers.items() if not np.isnan(values).all()}
        low, high = np.where(left < right, left, right), np.where(left < right, right, left)
        parts = [self.columns["item_id"], low, high, *(column for column in (run, seed) if column is not None)]
        if "label_budget" in present:
            parts.append(present["label_budget"])
        # An item is one pair of responses: files that number queries reuse the number for other arms.
        item = np.array([sys.intern("\x1f".join(map(str, part))) for part in zip(*parts, strict=True)],
                        dtype=object)
        if query is not None:
            # A row without a query stands alone; all of them are not one cluster.
            query = np.where(query == "", item, query)
        elif run is not None or seed is not None:
            # An item that several runs answered is one query.
            query = self._texts("item_id")
        return Ratings(
            item=item, rater=self._texts("rater_id"), left=left, right=right,
            outcomes=np.array([_SIDES[choice] for choice in self.columns["choice"]]),
            query=query, run=run, seed=seed, numbers=present,
            decided=np.array(self.columns["decided"], dtype=np.float64),
            seconds=np.array(self.columns["seconds"], dtype=np.float64),
            gold=np.array([_SIDES.get(str(gold), np.nan) for gold in self.columns["gold_choice"]]),
            repeat_of=np.array([None if value in _MISSING else str(value).strip() or None
                                for value in self.columns["repeat_of"]], dtype=object),
            line=np.array(self.lines))

    def _texts(self, name: str) -> NDArray[Any]:
        return np.array(self.columns[name], dtype=object)

    def _labels(self, name: str) -> NDArray[Any] | None:
        """A column of optional labels, "" where a row has none; None where no row has one."""
        if all(value in _MISSING for value in self.columns[name]):
            return None
        return np.array(["" if value is None else str(value) for value in self.columns[name]], dtype=object)


def _latest(ratings: Ratings) -> NDArray[np.bool_]:
    """Mask of each rater's last judgment on each item: by the time decided where given, else by its place."""
    rater, n_raters = encode(ratings.rater)
    cell = encode(ratings.item)[0] * n_raters + rater
    kept = np.zeros(len(ratings), dtype=bool)
    if len(np.unique(cell)) == len(cell):
        return ~kept
    order = np.lexsort((np.arange(len(cell)), ratings.decided, cell))
    last = np.append(np.diff(cell[order]) != 0, True)
    kept[order[last]] = True
    return kept
