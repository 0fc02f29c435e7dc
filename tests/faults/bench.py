"""Where trials happen: a frozen copy of the code, undisturbed results to compare with, and folders."""

from __future__ import annotations

import compileall
import json
import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from filelock import FileLock

from harness.provenance import BUILD_RECORD
from tests.e2e.runs import TINY
from tests.faults.command import Missed, Running, Study
from tests.faults.verdicts import compared

ROOT = Path(__file__).resolve().parents[2]
SMALL: dict[str, object] = {**TINY, "study": "small", "labels.budgets": "[40]", "seeds": "[1]"}
"""The study `quick`, cut to ten seconds: 14 stages."""
STATES = {"early": 3, "late": 7, "finished": None}
"""How many stages were finished when the study was killed; None: it was not."""
SERVED = "served"
"""Where in a study's folder a tracking server of its own keeps files."""
_CODE = ("harness", "studies", "dashboards")
CHECKPOINTS = {"HARNESS_CHECKPOINT_SECONDS": "0"}
"""A checkpoint after every step, so that there is one to resume from."""


@dataclass(frozen=True)
class Undisturbed:
    """What a study comes to where nothing happens. seconds: it took. megabytes: it left. stages: it has."""

    results: bytes
    seconds: float
    megabytes: float
    stages: int


class Bench:
    """One study under trial. folder: all that is written lies below it. lane: trials at the same time have other ones,
    and share the undisturbed study alone.
    """

    def __init__(self, study: Study, folder: Path, *, seed: int, lane: int = 0) -> None:
        self.study, self.folder, self.seed, self.lane = study, folder, seed, folder / f"lane{lane}"

    @cached_property
    def undisturbed(self) -> Undisturbed:
        """Run once, by the lane that first needs it; kept beside its folder, which stays as it was left."""
        note, folder = self.folder / "undisturbed.json", self.folder / "undisturbed"
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "undisturbed.lock"):
            if not note.is_file():
                began = time.monotonic()
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                ended = self.study.run(folder)
                seconds = time.monotonic() - began
                compared(self.study, folder, self.study.results(folder) if ended.code == 0 else b"", ended)
                size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                note.write_text(json.dumps({"seconds": seconds, "megabytes": size / 1e6}), encoding="utf-8")
        return Undisturbed(results=self.study.results(folder), stages=finished_stages(folder),
                           **json.loads(note.read_text(encoding="utf-8")))

    def fresh(self, name: str) -> Path:
        """An empty folder, always at the same place."""
        folder = self.lane / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def dice(self, fault: str, number: int) -> random.Random:
        """The chance of one trial: it is the same whenever the trial is done again."""
        return random.Random(f"{self.seed} {fault} {number}")

    def half_way(self, process: Running, folder: Path, dice: random.Random) -> None:
        """Wait until a random number of stages is finished, and up to a second more: a moment that does not depend on
        how busy the machine is. Raises Missed.
        """
        stages = dice.randrange(1, self.undisturbed.stages - 1)
        if not (process.until(lambda: finished_stages(folder) >= stages) and process.sleep(dice.uniform(0, 1))):
            raise Missed

    def in_state(self, state: str) -> Path:
        """A copy of the study in that state, at the place where it was made: stores of MLflow may name places."""
        kept, made = self.lane / "states" / state, self.lane / f"state-{state}"
        if not kept.is_dir():
            stages = STATES[state]
            if stages is None:
                self.study.run(self.fresh(made.name))
            else:
                self._half_done(made.name, stages=stages)
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(made, part, symlinks=True)
            part.rename(kept)
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(kept, made, symlinks=True)
        return made

    def _half_done(self, name: str, *, stages: int) -> None:
        """Begin the study, and kill it when so many stages were finished and one had a checkpoint."""
        folder = self.fresh(name)
        study = Study(self.study.code, self.study.name, self.study.settings, {**self.study.variables, **CHECKPOINTS})
        process = study.start(folder)

        def reached() -> bool:
            return finished_stages(folder) >= stages and _has_checkpoint(folder)

        while process.until(reached):
            process.signal(signal.SIGSTOP, group=True)
            if reached():  # nothing has gone on meanwhile
                process.kill()
                return
            process.signal(signal.SIGCONT, group=True)


def finished_stages(folder: Path) -> int:
    """How many stages of a study have their files in the place of finished ones: its own, or its server's."""
    return sum("outcome.json" in files for place in (folder / "mlruns" / "artifacts", folder / SERVED)
               for _, _, files in os.walk(place))


def _has_checkpoint(folder: Path) -> bool:
    return any("checkpoint.pt" in files for _, _, files in os.walk(folder / "mlruns" / "underway"))


def frozen_code(folder: Path) -> Path:
    """A copy of the harness that anybody may read and nobody edits, in a folder named after its commit.

    It is made once for each commit; where files were changed since, anew. What studies of the former copy left goes
    with it.
    """
    head, dirty = _commit_of_code()
    place = folder / (head[:8] + ("+" if dirty else ""))
    if dirty:
        shutil.rmtree(place, ignore_errors=True)
    if not (place / "code").is_dir():
        part = place / "code.part"
        shutil.rmtree(part, ignore_errors=True)
        for name in _CODE:
            shutil.copytree(ROOT / name, part / name, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(part, quiet=1)  # once, not in each of hundreds of studies
        (part / "harness" / BUILD_RECORD).write_text(json.dumps({"commit": head, "dirty": dirty}), encoding="utf-8")
        part.rename(place / "code")
    return place / "code"


def _commit_of_code() -> tuple[str, bool]:
    """The last commit that changed what is tried, and whether that was changed since: notes and results beside it,
    as the page that the runner writes, are no other code.
    """
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(ROOT), *words, "--", *_CODE], check=True, capture_output=True,
                              text=True).stdout.strip()

    try:
        return git("log", "-1", "--format=%H"), bool(git("status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return "unknown", True  # a source archive: nobody knows what it was made of
