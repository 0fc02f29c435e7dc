"""A file system in memory that is soon full, for tests of what happens then."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FILLING = "filling"


def mounting() -> str:
    """Why none can be mounted here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root, to mount a small file system"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return "needs to be allowed to mount a file system"
    return ""


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """The folder, which is there, is such a file system inside."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def for_reading_only(folder: Path, place: Path) -> Iterator[None]:
    """What is in the folder is there at the place too inside, on a disk that is mounted for reading only."""
    subprocess.run(["mount", "--bind", str(folder), str(place)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def enlarge(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=1g", str(folder)], check=True)


def fill(folder: Path) -> None:
    """To the last byte."""
    with (folder / _FILLING).open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 12))
        except OSError:
            pass


def empty(folder: Path) -> None:
    """Take away what `fill` wrote."""
    (folder / _FILLING).unlink()
