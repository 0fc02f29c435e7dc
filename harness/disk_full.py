"""Recognises a disk that takes no more, in whatever error a library makes of it, and says why.

It is full, a quota or a limit on file sizes is reached, or it is mounted for reading only.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import StoreRefused

_REASONS = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up",
            errno.EFBIG: "a file is larger than this process or the disk allows (see `ulimit -f`)",
            errno.EIO: "the disk cannot be written: it is full, a quota is used up, or it is broken",
            errno.EROFS: "the disk is mounted for reading only"}
_TEXTS = {errno.ENOSPC: re.compile(r"No space left on device|database or disk is full|os error 28\b|file write failed"),
          errno.EDQUOT: re.compile(r"Disk quota exceeded|os error 122\b"),
          errno.EFBIG: re.compile(r"File too large|os error 27\b"), errno.EIO: re.compile(r"disk I/O error")}
"""How SQLite, MLflow, safetensors, torch and Arrow pass it on, some of them as an error of their own kind."""
_UNWRITABLE = re.compile(r"readonly database|unable to open database")
"""How SQLite says that it may not write, be it for permissions or because the disk is mounted so."""

BY_CLEANING = " (`harness clean` says what no study needs)"
"""What `harness clean` itself leaves out."""
_MORE_SPACE = f"Free space there{BY_CLEANING} or move the folder to a larger disk"
_CURES = {errno.EFBIG: "Raise that limit or move the folder to another disk",
          errno.EROFS: "Mount it for writing or copy the folder to another disk"}


def full_disk(error: BaseException, place: str | Path, *, key: str | None = None) -> StoreRefused | None:
    """What is to be said where an error comes from a disk that takes no more; None for any other error.

    place: what was written to, where the error does not name it. key: the argument that names it.
    """
    for each in _chain(error):
        named = getattr(each, "filename2", None) or getattr(each, "filename", None)
        file = named if isinstance(named, str) else str(place)
        number = each.errno if isinstance(each, OSError) else None
        if number not in _REASONS:
            number = next((known for known, text in _TEXTS.items() if text.search(str(each))), None)
        if number is None and _UNWRITABLE.search(str(each)) and _is_read_only(_there(Path(file))):
            number = errno.EROFS
        if number is not None:
            return StoreRefused(f"{_REASONS[number]}, at {_mount(Path(file))}", file=file, key=key,
                                cure=f"{_CURES.get(number, _MORE_SPACE)}, then give the same command again.")
    return None


@contextmanager
def full_disk_said(place: str | Path) -> Iterator[None]:
    """Raise StoreRefused where the disk takes no more of what is written inside."""
    try:
        yield
    except Exception as error:  # each library has its own
        said = full_disk(error, place)
        if said is None or isinstance(error, StoreRefused):
            raise
        raise said from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _mount(path: Path) -> Path:
    """Where the file system begins that a path lies on. A folder that is mounted once more, of the same disk but for
    reading only, differs from the one above it in that alone.
    """
    here = _there(path)
    return next(above for above in (here, *here.parents)
                if os.path.ismount(above) or _is_read_only(above) != _is_read_only(above.parent))


def _is_read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _there(path: Path) -> Path:
    """The path, or what is there above it."""
    return next(above for above in (path.absolute(), *path.absolute().parents) if os.path.exists(above))
