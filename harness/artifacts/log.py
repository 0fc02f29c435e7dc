"""What a running stage reports: its progress, and metrics by step in a file that survives a kill."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

METRICS_FILE = "metrics.jsonl"
_PARTS = {"step": int, "time": int, "metrics": dict}


@dataclass(frozen=True)
class Progress:
    """How far a stage is. done of total, in the stage's own unit; note: the figure to watch."""

    done: int
    total: int
    note: str = ""


@dataclass(frozen=True)
class Said:
    """A line for the person in front of the screen."""

    line: str


Told = Progress | Said


class StageLog:
    """Given to every stage. send: where progress goes (the driver's screen)."""

    def __init__(self, out: Path, send: Callable[[Told], None]) -> None:
        self._path = out / METRICS_FILE
        self._send = send
        self._last_sent = 0.0

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """Append the values of one step. The line is complete or absent after a kill."""
        record = {"step": step, "time": int(time.time() * 1000), "metrics": dict(values)}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Report progress; more than ten reports a second are thinned out, the last one never."""
        now = time.monotonic()
        if done >= total or now - self._last_sent >= 0.1:
            self._last_sent = now
            self._send(Progress(done, total, note))

    def say(self, line: str) -> None:
        """Tell the person in front of the screen."""
        self._send(Said(line))

    def rewind(self, step: int) -> None:
        """Forget metrics of steps after `step`: a resumed stage will write them again."""
        kept = [record for record in read_metrics(self._path) if record["step"] <= step]
        temporary = self._path.with_suffix(".part")
        temporary.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
        os.replace(temporary, self._path)


def read_metrics(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a metrics file, in order, up to the first line that is torn or damaged."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            record = _record(line)
            if record is None:
                return
            yield record


def metrics_of(folder: Path) -> list[dict[str, float]]:
    """The metrics of each logged step of the stage in this folder, in order."""
    return [record["metrics"] for record in read_metrics(folder / METRICS_FILE)]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), kind) for name, kind in _PARTS.items()):
        return None
    return found if all(isinstance(value, int | float) for value in found["metrics"].values()) else None
