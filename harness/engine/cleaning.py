"""Finds what no study needs any more below `mlruns/`, and removes it; what a running study holds stays.

A stage is needed where its fingerprint is in the plan of an execution that is finished, running or waiting for people,
or in that of its study's last one, however it ended. Reports, what people were shown and what they said always stay,
and so do files that a store names elsewhere. A link below `mlruns/` to another disk is not elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from filelock import FileLock, Timeout

from harness.artifacts.outcome import OUTCOME_FILE
from harness.disk_full import full_disk
from harness.engine.logged_models import LINK, remove_link
from harness.engine.stored_runs import CLEANED_TAG, DAMAGED_TAG, StoredRun, StoredRuns

Kind = Literal["stages", "links of models", "unfinished stages", "downloads", "temporary files", "locks"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_MARKED: tuple[Kind, ...] = ("stages", "links of models")
_PEOPLE_AND_REPORTS = ("report", "publish", "people")
_COUNTING = ("FINISHED", "SCHEDULED")
_LOCKED = ("locks", "underway", "downloads")
"""The folders with locks: of stages that run and of executions, of folders that are written, and fetched."""
_TEMPORARY = ("*.part", "*.tmp", "part-*")
_SETTLED = 3600.0
"""Seconds. What was not written to for so long has no writer: a temporary file, an execution that has no plan yet."""
_DAY = 86_400.0
_MIB = 1 << 20


@dataclass(frozen=True)
class Waste:
    """Something that can go. fingerprint: of the stage it belongs to. run: that of a finished stage."""

    kind: Kind
    path: Path
    size: int
    fingerprint: str = ""
    run: StoredRun | None = None


@dataclass(frozen=True)
class Findings:
    """What can go. kept: how many finished stages stay. served: so many of them on a server. unknown: unfinished ones
    of which this store has no run.
    """

    waste: tuple[Waste, ...]
    kept: int
    served: int
    unknown: tuple[Path, ...]


@dataclass(frozen=True)
class Claims:
    """What running studies may read or write now. all: one of them has not said here what it needs."""

    all: bool
    experiments: frozenset[str]
    fingerprints: frozenset[str]

    def cover(self, fingerprint: str, run: StoredRun | None = None) -> bool:
        """A study can plan more of its own stages while it runs: where an arm fails, for a report without it."""
        return self.all or fingerprint in self.fingerprints or (run is not None and run.experiment in self.experiments)


class Cleaner:
    """Looks below a store's root. older_than: days since anything in what goes was written."""

    def __init__(self, runs: StoredRuns, root: Path, *, older_than: float = 0.0) -> None:
        self._runs, self._root, self._older_than = runs, root.resolve(), older_than * _DAY
        self._plans: dict[str, frozenset[str]] = {}

    def find(self) -> Findings:
        """Looks, and changes nothing."""
        executions, stages = self._runs.of_level("execution"), self._runs.of_level("stage")
        claims, needed, asking = self._claims(), self._needed(executions, stages), self._asking(executions)
        with_files = [run for run in stages if run.folder is not None and (run.folder / OUTCOME_FILE).is_file()]
        here = [run for run in with_files if run.folder is not None and run.folder.is_relative_to(self._root)]
        going = [run for run in here if not (
            _stays(run, needed, asking) or claims.cover(run.fingerprint, run) or self._busy(run.fingerprint))]
        waste = [Waste("stages", run.folder, _size(run.folder), run.fingerprint, run)
                 for run in going if run.folder is not None]
        waste += self._dead_links([each.path for each in waste], stages, claims)
        done = {run.fingerprint for run in stages if run.active and run.status == "FINISHED"}
        free = [folder for folder in _folders(self._root / "underway")
                if not (folder.name in needed - done or claims.cover(folder.name) or self._busy(folder.name))]
        known = {run.fingerprint for run in stages}
        waste += [Waste("unfinished stages", folder, _size(folder), folder.name)
                  for folder in free if folder.name in known]
        waste += [Waste("downloads", folder, _size(folder), folder.name) for folder in _folders(
            self._root / "downloads") if not (claims.cover(folder.name) or self._busy(folder.name))]
        if not claims.all:
            waste += self._temporary_files([each.path for each in waste], here, claims)
            waste += self._dead_locks(executions)
        served = sum(map(_is_served, stages))
        return Findings(tuple(each for each in waste if _unwritten_for(each.path) >= self._older_than),
                        len(with_files) - len(going) + served, served,
                        tuple(folder for folder in free if folder.name not in known))

    def remove(self, waste: Iterable[Waste]) -> list[Waste]:
        """Remove what no study has claimed since it was found; give what was removed.

        After a kill a stage is whole, or its folder is a temporary one that no study takes for a stage. On a full disk
        nothing has to be written first, and what is told MLflow comes last: by then there may be room for it.
        """
        first = sorted(waste, key=lambda each: each.kind in _MARKED)
        return [each for each in first if self._removed(each)]

    def _needed(self, executions: list[StoredRun], stages: list[StoredRun]) -> set[str]:
        """The fingerprints of all stages that an execution which counts planned, ran or took."""
        active = sorted((run for run in executions if run.active), key=lambda run: run.began)
        last = {run.experiment: run.run_id for run in active}
        counting = {run.run_id: run for run in active
                    if run.status in _COUNTING or last[run.experiment] == run.run_id or self._is_running(run)}
        return {fingerprint for run in counting.values() for fingerprint in self._plan(run)} | {
            run.fingerprint for run in stages if run.execution in counting}

    def _asking(self, executions: list[StoredRun]) -> set[str]:
        """The executions whose labels come from people."""
        return {run.run_id for run in executions if json.loads(
            self._runs.text(run, "study.json") or "{}").get("labels", {}).get("source") == "human"}

    def _claims(self) -> Claims:
        running = [run for run in self._runs.of_level("execution", running=True) if self._is_running(run)]
        unplanned = any(not self._plan(run) and time.time() - run.began < _SETTLED for run in running)
        # A study that uses the same folders with another store.
        elsewhere = any(_is_held(lock) for lock in (self._root / "locks").glob("execution-*.lock")
                        if lock.stem not in {f"execution-{run.run_id}" for run in running})
        return Claims(unplanned or elsewhere, frozenset(run.experiment for run in running),
                      frozenset(fingerprint for run in running for fingerprint in self._plan(run)))

    def _is_running(self, execution: StoredRun) -> bool:
        """It takes its lock soon after it began; only where the lock is free it was killed."""
        lock = self._root / "locks" / f"execution-{execution.run_id}.lock"
        return execution.status == "RUNNING" and (not lock.exists() or _is_held(lock))

    def _plan(self, execution: StoredRun) -> frozenset[str]:
        """The fingerprints of an execution's stages; none where it has not written its plan yet."""
        if not self._plans.get(execution.run_id):
            plan = json.loads(self._runs.text(execution, "plan.json") or "[]")
            self._plans[execution.run_id] = frozenset(str(stage["fingerprint"]) for stage in plan)
        return self._plans[execution.run_id]

    def _locks_of(self, fingerprint: str) -> list[Path]:
        """Whose holders write a stage's folder, run it or fetch it."""
        return [folder / f"{fingerprint}.lock" for folder in map(self._root.joinpath, _LOCKED) if folder.is_dir()]

    def _busy(self, fingerprint: str) -> bool:
        return any(_is_held(lock) for lock in self._locks_of(fingerprint))

    def _dead_links(self, going: list[Path], stages: list[StoredRun], claims: Claims) -> Iterator[Waste]:
        """What MLflow has for a model's place, where its files are gone or go. A running stage's are not there yet."""
        by_folder = {run.folder: run for run in stages}
        for folder in sorted((self._root / "artifacts" / "models").glob("*")):
            link = folder / LINK
            if not link.is_symlink():
                continue
            files = Path(os.path.normpath(folder.resolve() / os.readlink(link))).parent
            run = by_folder.get(files)
            held = claims.all or (run is not None and (claims.cover(run.fingerprint, run)
                                                       or self._busy(run.fingerprint)))
            if not held and (files in going or not link.exists()):
                yield Waste("links of models", folder, 0)

    def _temporary_files(self, going: list[Path], stages: list[StoredRun], claims: Claims) -> Iterator[Waste]:
        """What a killed process left half written, and checkpoints that finished stages took with them."""
        found = {path for name in _TEMPORARY for path in self._root.rglob(name)}
        found |= {path for run in stages if run.folder is not None for path in (run.folder / "checkpoint").glob("*")}
        for path in sorted(found):
            stage = path.relative_to(self._root).parts[1:2]
            held = any(claims.cover(Path(name).stem) or self._busy(Path(name).stem) for name in stage)
            within = any(above in found or above in going for above in path.parents)
            if not held and not within and path not in going and _unwritten_for(path) > _SETTLED:
                yield Waste("temporary files", path, _size(path))

    def _dead_locks(self, executions: list[StoredRun]) -> Iterator[Waste]:
        """An execution that says RUNNING keeps its lock: the next one learns by it that the other was killed."""
        telling = {f"execution-{run.run_id}" for run in executions if run.status == "RUNNING"}
        for lock in (lock for folder in _LOCKED for lock in sorted((self._root / folder).glob("*.lock"))):
            if lock.stem not in telling and _unwritten_for(lock) > _SETTLED and not _is_held(lock):
                yield Waste("locks", lock, 0)

    def _removed(self, waste: Waste) -> bool:
        """Whether it could be. A study that begins now either misses the stage's files or is seen here."""
        if waste.kind == "links of models":
            return self._removed_link(waste.path)
        stage_locks = self._locks_of(waste.fingerprint) if waste.fingerprint else []
        locks = [waste.path] if waste.kind == "locks" else stage_locks
        with ExitStack() as holding:
            try:
                for lock in locks:
                    holding.enter_context(FileLock(lock, timeout=0))
            except Timeout:
                return False
            if self._claims().cover(waste.fingerprint, waste.run):
                return False
            away = _put_away(waste.path)
            if away != waste.path and self._claims().cover(waste.fingerprint, waste.run):
                away.rename(waste.path)
                return False
            _delete(away)
            for lock in locks:
                lock.unlink(missing_ok=True)
        if (run := waste.run) is not None:  # last, since a full disk has no room for it before
            what = f"{datetime.now(UTC):%Y-%m-%d}: {waste.size / _MIB:.1f} MiB"
            self._told(lambda: self._runs.mark_cleaned(run, what))
        return True

    def _told(self, tell: Callable[[], None]) -> bool:
        """Whether there was room for it on the disk. That a stage's files are gone holds without a word of it."""
        try:
            tell()
        except Exception as error:  # MLflow and SQLite have their own
            if full_disk(error, self._root) is None:
                raise
            return False
        return True

    def _removed_link(self, folder: Path) -> bool:
        """Not where the stage itself could not be removed."""
        if (folder / LINK).exists() or not self._told(lambda: self._runs.delete_model(folder.name)):
            return False
        remove_link(folder)
        return True


def _stays(run: StoredRun, needed: set[str], asking: set[str]) -> bool:
    """asking: the executions whose labels come from people."""
    if run.kind in _PEOPLE_AND_REPORTS or (run.kind == "labels" and run.execution in asking):
        return True
    gone = run.tags.keys() & {CLEANED_TAG, DAMAGED_TAG}
    return run.active and run.status == "FINISHED" and not gone and run.fingerprint in needed


def _is_served(run: StoredRun) -> bool:
    """Whether a server keeps this finished stage's files. What is here of them is a copy."""
    return run.folder is None and run.active and run.status == "FINISHED" and run.tags.get("is_original") == "true"


def _put_away(path: Path) -> Path:
    """Where it is then: a folder that is half deleted must not be taken for a stage."""
    whole = path.is_dir() and not path.is_symlink() and path.suffix != ".part"
    return path.rename(path.with_name(f"{path.name}.part")) if whole else path


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_held(lock: Path) -> bool:
    """Asked without a write, which a look at somebody else's folder may lack: `FileLock` takes the same lock."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _folders(folder: Path) -> list[Path]:
    """The folders of stages in it."""
    return [path for path in sorted(folder.glob("*")) if path.is_dir() and not path.suffix]


def _status(path: Path) -> Iterator[os.stat_result]:
    """Of all in it that is still there."""
    for each in (path, *path.rglob("*")) if path.is_dir() and not path.is_symlink() else (path,):
        with suppress(FileNotFoundError):
            yield each.lstat()


def _size(path: Path) -> int:
    return sum(found.st_size for found in _status(path) if stat.S_ISREG(found.st_mode))


def _unwritten_for(path: Path) -> float:
    """Seconds since anything in it was written, copied or moved."""
    return time.time() - max((max(found.st_mtime, found.st_ctime) for found in _status(path)), default=0.0)
