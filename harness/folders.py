"""The folder `mlruns/`, which all commands share, and checks of a folder before it is used; they leave nothing behind.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harness.disk_full import full_disk
from harness.errors import InputError, StoreRefused

ROOT = Path("mlruns")
"""Where runs, their files and people's judgments lie, below the folder in which a command is given."""
_PARTS = ("artifacts", "downloads", "locks", "reports", "underway")
"""The folders in it, any of which may be a link to another disk."""
_LOCKED = ("locks", "underway", "downloads")
"""Those with locks, which are files."""


def check_root() -> None:
    """Raise InputError where a file or a link to nothing is in the place of `mlruns/` or of a folder in it, or a folder
    in that of a lock. None of them need be there.
    """
    for folder in (ROOT, *(ROOT / part for part in _PARTS)):
        check_place(folder)
    for lock in (*ROOT.glob("*.lock"), *(lock for part in _LOCKED for lock in (ROOT / part).glob("*.lock"))):
        check_file_place(lock)


def check_file_place(file: Path, *, key: str | None = None) -> None:
    """Raise InputError where a folder is in the way."""
    if os.path.isdir(file):
        raise InputError("it is a folder, and a file is needed there", file=str(file), key=key,
                         cure="Move the folder away.")


def check_place(folder: Path, *, key: str | None = None) -> Path:
    """The folder, or the one above it in which it would be made. Raises InputError where a file or a link to nothing is
    in the way.
    """
    # os.path says False where pathlib would raise: a name too long, a folder that may not be entered.
    for place in (folder, *folder.parents):
        if os.path.islink(place) and not os.path.exists(place):
            raise InputError(f"it is a link to {os.readlink(place)}, which is not there", file=str(place), key=key,
                             cure="Make that folder or mount its disk, or remove the link.")
    there = next(above for above in (folder.absolute(), *folder.absolute().parents) if os.path.exists(above))
    if not there.is_dir():
        raise InputError(f"{there} is a file, and a folder is needed there", file=str(folder), key=key,
                         cure=f"Move the file away, or {'choose another place' if key else 'work in another folder'}.")
    return there


def check_folder(folder: Path, *, key: str | None = None) -> None:
    """Raise InputError for a folder that cannot be written into, or neither is there nor can be made. key: the argument
    that names it; where there is none, it is the store that refuses.
    """
    place = check_place(folder, key=key)
    try:
        tempfile.TemporaryDirectory(dir=place).cleanup()  # its permissions do not tell all: /proc has them
    except OSError as error:
        raise full_disk(OSError(error.errno, error.strerror), folder, key=key) or (InputError if key else StoreRefused)(
            f"{place} cannot be written into ({error.strerror})", file=str(folder), key=key,
            cure="Change its permissions, or choose another place.") from None
    longest = os.pathconf(place, "PC_NAME_MAX")
    if any(len(os.fsencode(part)) > longest for part in folder.parts):
        raise InputError(f"a name in it is longer than the {longest} bytes that {place} allows", file=str(folder),
                         key=key, cure="Choose a shorter name.")
