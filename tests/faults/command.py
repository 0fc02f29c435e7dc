"""One study on the command line: started, signalled, waited for, and what it left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMIT = 1800.0
"""Seconds after which a command that has not ended is called wedged, however busy the machine is."""
_GRACE = 30.0
"""Seconds that workers get to notice that their driver is gone."""


class Wrong(Exception):
    """What must not be: other bytes, a traceback, a second line, something that does not end."""


class Missed(Exception):
    """The study ended before the fault came: nothing was tried."""


@dataclass(frozen=True)
class Ended:
    """A command that is over. code: as the shell has it, negative for a signal's number."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class User:
    """Another person on this machine: a user id, a group, and a home of their own."""

    uid: int
    gid: int
    home: Path


@dataclass(frozen=True)
class Study:
    """A study as it is given on the command line. code: the folder whose `harness` runs. settings: for --set."""

    code: Path
    name: str = "quick"
    settings: dict[str, object] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The name under which its reports lie."""
        return str(self.settings.get("study", Path(self.name).stem))

    def start(self, folder: Path, *extra: str, user: User | None = None) -> Running:
        """Start the command in a folder, as the leader of a process group of its own."""
        sets = [word for key, value in self.settings.items() for word in ("--set", f"{key}={value}")]
        words = [sys.executable, "-m", "harness.run", self.name, *sets, *extra]
        environment = {**os.environ, "PYTHONPATH": str(self.code), **self.variables}
        as_user: dict[str, Any] = {}
        if user is not None:
            environment |= {"HOME": str(user.home), "USER": f"user{user.uid}"}
            as_user = {"user": user.uid, "group": user.gid, "extra_groups": [], "umask": 0o002}
        return Running(subprocess.Popen(words, cwd=folder, env=environment, text=True, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                        **as_user))

    def run(self, folder: Path, *extra: str, user: User | None = None) -> Ended:
        """The same, and wait for its end."""
        return self.start(folder, *extra, user=user).end()

    def report(self, folder: Path) -> Path:
        """Where the command leaves its report."""
        return folder / "mlruns" / "reports" / self.title

    def results(self, folder: Path) -> bytes:
        """The study's results.json. Raises Wrong where there is none."""
        try:
            return (self.report(folder) / "results.json").read_bytes()
        except FileNotFoundError:
            raise Wrong("the command ended well and left no results.json") from None


class Running:
    """A command that was started. Its process group has its process id."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid
        self.began = time.monotonic()

    def lives(self) -> bool:
        return self._process.poll() is None

    def sleep(self, seconds: float) -> bool:
        """Wait that long; whether the command still runs."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def until(self, holds: Any, *, every: float = 0.02) -> bool:
        """Wait until a condition holds; whether the command still runs then."""
        while self.lives():
            if holds():
                return self.lives()
            if time.monotonic() - self.began > LIMIT:
                self.kill()
                raise Wrong("what the fault waits for never came")
            time.sleep(every)
        return False

    def signal(self, number: int, *, group: bool = False) -> None:
        """Send a signal to the driver, or to its whole group as a terminal does."""
        (os.killpg if group else os.kill)(self.pid, number)

    def kill(self, *, group: bool = True) -> None:
        """SIGKILL, without a word."""
        self.signal(signal.SIGKILL, group=group)
        self.end()

    def end(self) -> Ended:
        """Wait for the end, and for that of the command's other processes. Raises Wrong where one does not come."""
        try:
            out, err = self._process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            raise Wrong(f"it did not end in {LIMIT:.0f} seconds") from None
        limit = time.monotonic() + _GRACE
        while left := others(self.pid):
            if time.monotonic() > limit:
                os.killpg(self.pid, signal.SIGKILL)
                raise Wrong(f"processes outlived their driver by {_GRACE:.0f} seconds: {left}")
            time.sleep(0.05)
        return Ended(self._process.returncode, out, err)


def others(group: int) -> dict[int, str]:
    """Process id -> command line of the living processes of a group, its leader left out."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != group:
            try:
                state, _, pgid = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:3]
                if int(pgid) == group and state != "Z":
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
            except OSError:
                continue
    return found


def workers(group: int) -> list[int]:
    """The processes of a command that run its stages: those forked from the one that has imported the libraries."""
    server = [pid for pid, words in others(group).items() if "forkserver" in words]
    return [pid for pid in others(group) if _parent(pid) in server]


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None
