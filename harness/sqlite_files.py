"""Looks into a SQLite file before anything opens it to write: opening one may change it, and make files beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

_SECONDS = 30


def tables_of(file: Path) -> frozenset[str]:
    """The names of its tables; none for an empty file. Nothing is written. Raises sqlite3.Error."""
    with closing(_opened(file)) as database:
        return frozenset(name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))


def damage_of(file: Path) -> str | None:
    """What SQLite's own check of all pages finds wrong, None where they are sound: a second for some 50 MB. Nothing is
    written. Raises sqlite3.Error.
    """
    with closing(_opened(file)) as database:
        found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
        return None if found == "ok" else " ".join(found.split())


def _opened(file: Path) -> sqlite3.Connection:
    # Never in mode `ro`: after a kill the first to open the file may have to roll a transaction back.
    return sqlite3.connect(f"file:{quote(os.fsencode(file))}?mode=rw", uri=True, timeout=_SECONDS)
