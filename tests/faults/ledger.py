"""What was tried, one line of JSON each, so that the runner may be stopped at any moment and go on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Trial:
    """One fault and what came of it. number: of its kind. times: how often it struck. date: a day. commit: of the
    code. seconds: on the clock.
    """

    fault: str
    number: int
    outcome: str
    said: str
    times: int
    date: str
    commit: str
    seconds: float


class Ledger:
    """A file of trials. What is in it is not done again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def trials(self) -> list[Trial]:
        """All that were written whole; a line that a kill cut short is left out."""
        if not self._path.is_file():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines(keepends=True)
        return [Trial(**json.loads(line)) for line in lines if line.endswith("\n")]

    def add(self, trial: Trial) -> None:
        self._write([*self.trials(), trial])

    def forget(self, outcome: str) -> None:
        """Leave out the trials with this outcome, so that they are made again."""
        self._write([trial for trial in self.trials() if trial.outcome != outcome])

    def _write(self, trials: list[Trial]) -> None:
        whole = "".join(json.dumps(asdict(trial), ensure_ascii=False) + "\n" for trial in trials)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(whole, encoding="utf-8")
        part.replace(self._path)
