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
    # Never in mode `ro`: after a kill the first to open the file may have to roll a transaction back.
    with closing(sqlite3.connect(f"file:{quote(os.fsencode(file))}?mode=rw", uri=True, timeout=_SECONDS)) as database:
        return frozenset(name for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
