"""What a running stage reports: its progress, and metrics by step in a file that survives a kill."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

METRICS_FILE = "metrics.jsonl"


@dataclass(frozen=True)
class Progress:
    """How far a stage is. done of total, in the stage's own unit; note: the figure to watch."""

    done: int
    total: int
    note: str = ""


class StageLog:
    """Given to every stage. send: where progress goes (the driver's screen)."""

    def __init__(self, out: Path, send: Callable[[Progress], None]) -> None:
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

    def rewind(self, step: int) -> None:
        """Forget metrics of steps after `step`: a resumed stage will write them again."""
        kept = [record for record in read_metrics(self._path) if record["step"] <= step]
        temporary = self._path.with_suffix(".part")
        temporary.write_text("".join(json.dumps(record) + "\n" for record in kept), encoding="utf-8")
        os.replace(temporary, self._path)


def read_metrics(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    """The records of a metrics file, in order; a torn last line is left out."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
