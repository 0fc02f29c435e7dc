"""Moves a finished stage's folder to its place, which may be on another disk: whole or not at all."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from harness.durable import sync


def move_folder(source: Path, target: Path) -> None:
    """Take the place of what is at the target. A kill leaves the source, the target, or both whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_over(source, target)
    for folder in (source.parent, target.parent):
        sync(folder)


def _copy_over(source: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    if part.exists():
        shutil.rmtree(part)
    shutil.copytree(source, part, copy_function=_copy_and_sync)
    part.rename(target)
    sync(target.parent)
    shutil.rmtree(source)


def _copy_and_sync(source: str, target: str) -> None:
    shutil.copyfile(source, target)  # with the umask of this user, as if it were written there
    sync(Path(target))
