"""Where trials happen: a frozen copy of the code, undisturbed results to compare with, and folders."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.provenance import BUILD_RECORD, commit
from tests.e2e.runs import TINY
from tests.faults.command import Study
from tests.faults.verdicts import compared

ROOT = Path(__file__).resolve().parents[2]
SMALL: dict[str, object] = {**TINY, "study": "small", "labels.budgets": "[40]", "seeds": "[1]"}
"""The study `quick`, cut to ten seconds: 14 stages."""
CHECKPOINTS = {"HARNESS_CHECKPOINT_SECONDS": "0"}
"""A checkpoint after every step, so that there is one to resume from."""


@dataclass(frozen=True)
class Undisturbed:
    """What a study comes to where nothing happens. seconds: it took. megabytes: it left."""

    results: bytes
    seconds: float
    megabytes: float


class Bench:
    """One study under trial. folder: all that is written lies below it. code: whose `harness` runs."""

    def __init__(self, study: Study, folder: Path, *, seed: int) -> None:
        self.study, self.folder, self.seed = study, folder, seed

    @cached_property
    def undisturbed(self) -> Undisturbed:
        """Run once; kept beside its folder, which stays as it was left."""
        note, folder = self.folder / "undisturbed.json", self.folder / "undisturbed"
        if not note.is_file():
            began = time.monotonic()
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            ended = self.study.run(folder)
            seconds = time.monotonic() - began
            compared(self.study, folder, self.study.results(folder) if ended.code == 0 else b"", ended)
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            note.write_text(json.dumps({"seconds": seconds, "megabytes": size / 1e6}), encoding="utf-8")
        return Undisturbed(results=self.study.results(folder), **json.loads(note.read_text(encoding="utf-8")))

    def fresh(self, name: str) -> Path:
        """An empty folder, always at the same place."""
        folder = self.folder / "trials" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def dice(self, fault: str, number: int) -> random.Random:
        """The chance of one trial: it is the same whenever the trial is done again."""
        return random.Random(f"{self.seed} {fault} {number}")

    def half_done(self, name: str, *, stages: int) -> Path:
        """A folder in which the study was killed when so many stages were finished and one had a checkpoint."""
        folder = self.fresh(name)
        study = Study(self.study.code, self.study.name, self.study.settings, {**self.study.variables, **CHECKPOINTS})
        process = study.start(folder)

        def reached() -> bool:
            return finished_stages(folder) >= stages and _has_checkpoint(folder)

        while process.until(reached):
            process.signal(signal.SIGSTOP, group=True)
            if reached():  # nothing has gone on meanwhile
                process.kill()
                break
            process.signal(signal.SIGCONT, group=True)
        return folder


def finished_stages(folder: Path) -> int:
    """How many stages of a study have their files in the place of finished ones."""
    return sum("outcome.json" in files for _, _, files in os.walk(folder / "mlruns" / "artifacts"))


def _has_checkpoint(folder: Path) -> bool:
    return any("checkpoint.pt" in files for _, _, files in os.walk(folder / "mlruns" / "underway"))


def frozen_code(folder: Path) -> Path:
    """A copy of the harness that anybody may read and nobody edits, which knows the commit that it was made from."""
    target = folder / "code"
    if not target.is_dir():
        part = folder / "code.part"
        shutil.rmtree(part, ignore_errors=True)
        for name in ("harness", "studies", "dashboards"):
            shutil.copytree(ROOT / name, part / name, ignore=shutil.ignore_patterns("__pycache__"))
        head, dirty = commit()
        (part / "harness" / BUILD_RECORD).write_text(json.dumps({"commit": head, "dirty": dirty}), encoding="utf-8")
        part.rename(target)
    return target


def frozen_commit(code: Path) -> str:
    """The commit that a frozen copy was made from; with a plus where files had been changed."""
    record = json.loads((code / "harness" / BUILD_RECORD).read_text(encoding="utf-8"))
    return record["commit"][:8] + ("+" if record["dirty"] else "")
