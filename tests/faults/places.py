"""mlruns/ elsewhere: moved, copied, its artifacts on another disk, shared by two users; and two drivers at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.bench import Bench, finished_stages
from tests.faults.command import Study, User, Wrong
from tests.faults.fault import Fault
from tests.faults.verdicts import Verdict, compared, goes_on, reused

GROUP, FIRST_USER = 64_100, 64_101
"""Ids that no account has."""
_TURNS = ("late", "early", "finished")


def moved(bench: Bench, number: int) -> Verdict:
    """The folder of a study gets another name. Nothing is computed again, nothing written at the old place."""
    old = bench.in_state(_TURNS[number % len(_TURNS)])
    new = old.with_name("moved-to")
    shutil.rmtree(new, ignore_errors=True)
    old.rename(new)
    verdict = _takes_what_is_there(bench, new)
    if old.exists():
        raise Wrong(f"it wrote at the old place: {sorted(path.name for path in old.rglob('*'))[:5]}")
    return verdict


def copied(bench: Bench, number: int) -> Verdict:
    """A copy of a study goes on; the original stays as it was, to the second."""
    old = bench.in_state(_TURNS[number % len(_TURNS)])
    new = old.with_name("copied-to")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(old, new)
    before = _state(old)
    verdict = _takes_what_is_there(bench, new)
    if _state(old) != before:
        changed = {path.relative_to(old).as_posix() for path, _, _ in _state(old) ^ before}
        raise Wrong(f"it wrote into the original: {sorted(changed)[:5]}")
    return verdict


def _state(folder: Path) -> set[tuple[Path, int, int]]:
    return {(path, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def _takes_what_is_there(bench: Bench, folder: Path) -> Verdict:
    there = finished_stages(folder) - 1  # one may not have been said finished
    ended = bench.study.run(folder)
    said = compared(bench.study, folder, bench.undisturbed.results, ended)
    if reused(ended) < there:
        raise Wrong(f"{there} stages were there and {reused(ended)} were taken: the others were computed again")
    return Verdict("same bytes", said)


def other_disk() -> str:
    shared = Path("/dev/shm")  # noqa: S108  a file system, not a temporary file
    if not (shared.is_dir() and os.access(shared, os.W_OK)):
        return "needs /dev/shm as a second file system"
    return ""


def artifacts_elsewhere(bench: Bench, number: int) -> Verdict:
    """mlruns/artifacts is a link to another file system, from the beginning or from half-way on."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as disk:
        artifacts = Path(disk) / "artifacts"
        folder = bench.in_state(_TURNS[number // 2 % len(_TURNS)]) if number % 2 else bench.fresh("disk")
        link = folder / "mlruns" / "artifacts"
        if link.is_dir():
            shutil.move(link, artifacts)
        else:
            artifacts.mkdir()
            link.parent.mkdir()
        link.symlink_to(artifacts)
        return goes_on(bench.study, folder, bench.undisturbed.results)


def two_users() -> str:
    if os.geteuid() != 0:
        return "needs root, to be two users"
    try:
        subprocess.run([sys.executable, "-c", "import torch"], user=FIRST_USER, group=GROUP, check=True,
                       capture_output=True, cwd="/")
    except (OSError, subprocess.CalledProcessError):
        return "needs a Python that other users may run"
    return ""


def shared_by_two(bench: Bench, number: int) -> Verdict:
    """Two users of one group, umask 002, in a folder that hands its group on: the one begins and is killed half-way,
    the other goes on; then the first gives the command again.
    """
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "project"
        folder.mkdir()
        os.chown(folder, FIRST_USER, GROUP)
        folder.chmod(0o2775)
        code = Path(shutil.copytree(bench.study.code, Path(name) / "code"))
        study = Study(code, bench.study.name, bench.study.settings)
        users = [User(FIRST_USER + n, GROUP, Path(name) / f"home{n}") for n in range(2)]
        for user in users:
            user.home.mkdir(mode=0o700)
            os.chown(user.home, user.uid, user.gid)
        process = study.start(folder, user=users[0])
        if process.until(lambda: finished_stages(folder) >= (7 if number % 2 else 2)):
            process.kill()
        verdict = goes_on(study, folder, bench.undisturbed.results, user=users[1])
        again = study.run(folder, user=users[0])
        compared(study, folder, bench.undisturbed.results, again)
        return verdict


def two_drivers(bench: Bench, number: int) -> Verdict:
    """The same command twice, at most five seconds apart. In every other trial one of them is killed."""
    dice, folder, undisturbed = bench.dice("drivers", number), bench.fresh("drivers"), bench.undisturbed
    first = bench.study.start(folder)
    first.sleep(dice.uniform(0, 5))
    second = bench.study.start(folder)
    if number % 2:
        bench.half_way(first, folder, dice)
        first.kill()
    else:
        compared(bench.study, folder, undisturbed.results, first.end())
    return Verdict("same bytes", compared(bench.study, folder, undisturbed.results, second.end()))


FAULTS = (
    Fault("mlruns moved", 3, moved),
    Fault("mlruns copied", 3, copied),
    Fault("artifacts on another disk", 4, artifacts_elsewhere, lacks=other_disk),
    Fault("mlruns shared by two users", 4, shared_by_two, lacks=two_users),
    Fault("two drivers at once", 6, two_drivers),
)
