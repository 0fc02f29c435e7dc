"""What was tried, one line of JSON each: the record behind docs/faults.md, which is kept with the code."""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trial:
    """One fault and what came of it. number: of its kind. times: how often it struck. date: a day. commit: of the
    code that was tried. machine: its processor and cores. seconds: on the clock.
    """

    fault: str
    number: int
    outcome: str
    said: str
    times: int
    date: str
    commit: str
    machine: str
    seconds: float


class Ledger:
    """A file of trials to which lines are only added. A trial that was made again counts as it came out last."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def trials(self) -> list[Trial]:
        """The last of each fault and number; a line that a kill cut short is left out."""
        if not self._path.is_file():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines(keepends=True)
        made = [Trial(**json.loads(line)) for line in lines if line.endswith("\n")]
        return list({(trial.fault, trial.number): trial for trial in made}.values())

    def add(self, trial: Trial) -> None:
        """Write one more line, in place of one that a kill cut short. Several runners may do so at once."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
            file.write(json.dumps(asdict(trial), ensure_ascii=False).encode() + b"\n")
