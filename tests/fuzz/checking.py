"""What must hold for any bytes in a file: they are read, or refused in one line that names the file."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from harness.errors import InputError

SECONDS = 10
"""Of the processor's time: longer no file may keep a reader busy, however busy the machine is with other things."""
LONGEST = 2600
"""Characters of a message: a line that is longer is not read by anybody."""

_CHANGES = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink",
            "os.truncate", "os.utime", "sqlite3.connect")
_LEAVES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect",
           "socket.getaddrinfo", "socket.bind")
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, kw_only=True)
class Target:
    """A reader and the files it reads.

    file: the input's name. seeds: sound files, from which inputs are made. mutate: another file like this one.
    read: reads the file, and raises InputError for a bad one. names: what a message may name in its place. prepare:
    puts what else the reader needs into the folder, before every input. writes: whether reading a sound file may change
    the folder.
    """

    name: str
    file: str
    seeds: Callable[[], Sequence[bytes]]
    mutate: Callable[[bytes, Random], bytes]
    read: Callable[[Path], object]
    names: tuple[str, ...] = ()
    prepare: Callable[[Path], None] = lambda folder: None
    writes: bool = False


class Hang(BaseException):
    """A reader took longer than SECONDS. No handler of ordinary errors may catch it."""


def warm_up(target: Target, folder: Path) -> None:
    """Read the sound files once, so that what is imported late or made once is there before anything is watched."""
    for content in target.seeds():
        path = folder / target.file
        path.parent.mkdir(exist_ok=True)
        target.prepare(folder)
        path.write_bytes(content)
        target.read(path)


def check(target: Target, content: bytes, folder: Path) -> bool:
    """Whether the target reads this content, or refuses it as it should. folder: what `warm_up` was given.

    Raises AssertionError, Hang, or whatever the reader itself let through.
    """
    path = folder / target.file
    target.prepare(folder)
    path.write_bytes(content)
    before = _contents(folder)
    said = None
    with _at_most(SECONDS), confined(folder) as escapes:
        try:
            target.read(path)
        except InputError as error:
            said = str(error)
    assert not escapes, f"it reached out of its folder: {escapes[0]}"
    if said is not None or not target.writes:
        after = _contents(folder)
        changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        assert not changed, f"it was refused or only read, but changed {', '.join(changed)}"
    if said is not None:
        assert_one_line(said, names=(path.name, *target.names))
    return said is None


def assert_one_line(said: str, *, names: Sequence[str]) -> None:
    """What a person is told is one line that can be printed anywhere and names the file."""
    assert said.isprintable(), f"the message holds a control character: {said[:LONGEST]!r}"
    assert len(said) <= LONGEST, f"the message has {len(said)} characters: {said[:200]!r}"
    assert any(name in said for name in names), f"the message names no file: {said!r}"


def _contents(folder: Path) -> dict[str, tuple[int, int]]:
    """By path of every file below the folder its length and when it was last written to."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found |= _contents(Path(entry.path))
            else:
                status = entry.stat()
                found[entry.path] = status.st_size, status.st_mtime_ns
    return found


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise Hang(f"longer than {seconds} s")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


class _Watch:
    """Python's audit hooks stay for the life of the process, so there is one, which is on while `folder` is set."""

    folder: str | None = None
    installed = False
    escapes: list[str]

    def __init__(self) -> None:
        self.escapes = []

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        if event == "open":
            path, _, flags = arguments
            if not isinstance(flags, int) or not flags & _FOR_WRITING:
                return
            paths: tuple[Any, ...] = (path,)
        elif event in _CHANGES:
            paths = tuple(each for each in arguments[:2] if isinstance(each, str | bytes | os.PathLike))
        elif event.startswith(_LEAVES):
            self._escaped(f"{event} {arguments[:2]!r}")
            return
        else:
            return
        for path in paths:
            if not isinstance(path, int) and not self._is_inside(os.fsdecode(path)):
                self._escaped(f"{event} {path!r}")

    def _is_inside(self, path: str) -> bool:
        assert self.folder is not None
        path = path.removeprefix("file:").removeprefix("//").partition("?")[0]
        full = os.path.abspath(path)
        # What Python keeps of a module it imports late is no output of the reader.
        return full.startswith(self.folder) or full == os.devnull or "__pycache__" in full or path in ("", ":memory:")

    def _escaped(self, what: str) -> None:
        self.escapes.append(what)
        raise PermissionError(f"a reader may not: {what}")


_WATCH = _Watch()


@contextlib.contextmanager
def confined(folder: Path) -> Iterator[list[str]]:
    """Lets nothing be written outside the folder, no program be started and no address be asked; what was tried is
    in the list.
    """
    if not _WATCH.installed:
        sys.addaudithook(_WATCH.hook)
        _WATCH.installed = True
    _WATCH.escapes, _WATCH.folder = [], os.path.abspath(folder)
    try:
        yield _WATCH.escapes
    finally:
        _WATCH.folder = None
