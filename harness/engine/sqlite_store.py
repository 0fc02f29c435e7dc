"""Makes MLflow's database file whole or not at all, whenever a kill comes.

MLflow builds its tables in many steps that are no transaction. A file in which they were cut short never opens again.
So they are built in a file beside, and the whole one takes its place in one step.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

Initialize = Callable[[str], None]
"""Builds MLflow's tables in the database at this URI, and closes it."""

_SECONDS = 30
_SIDE_FILES = ("-journal", "-wal", "-shm")
_HOLDING = {"runs": "1", "experiments": "experiment_id != 0"}
"""Table -> which of its rows are somebody's."""


def file_of(uri: str) -> Path | None:
    """The file of a SQLite store; None for another kind of store, and where `check_database` says what is wrong."""
    try:
        database = make_url(uri).database if uri.startswith("sqlite") else None
        return Path(os.path.realpath(database)) if database else None
    except (SQLAlchemyError, ValueError):  # no address; a null character
        return None


def uri_of(file: Path) -> str:
    """The address of a file, in which some characters have another meaning."""
    return f"sqlite:///{str(file).replace('%', '%25').replace('?', '%3F')}"


def is_made(file: Path) -> bool:
    """Whether there is more than the empty file with which SQLite begins."""
    return file.exists() and file.stat().st_size > 0


def make_file(file: Path, initialize: Initialize) -> None:
    """Make a store where there is none. A lock must keep others from the same."""
    part = _part(file, initialize)
    _remove_side_files(file)  # of a file that is gone; SQLite would roll them back into the new one
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def copy_file(file: Path, copy: Path) -> None:
    """Copy what the store holds at one moment. Writes nothing beside the file; raises sqlite3.Error."""
    # In mode `rw` SQLite reads what it may not write, and rolls back what a kill left where it may.
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, timeout=_SECONDS)) as store, \
            closing(sqlite3.connect(copy)) as target:
        store.backup(target)


def holds_nothing(file: Path) -> bool:
    """Whether there is no run and no experiment but MLflow's own, also where tables are missing or half copied."""
    with closing(sqlite3.connect(file)) as store:
        tables = {name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return not any(
            store.execute(f"SELECT 1 FROM {table} WHERE {rows} LIMIT 1").fetchall()
            for name, rows in _HOLDING.items() for table in (name, f"_alembic_tmp_{name}") if table in tables)


def remake_file(file: Path, initialize: Initialize) -> None:
    """Replace a half-made store by a whole one, in one transaction: who has the file open sees the new one."""
    part = _part(file, initialize)
    with closing(sqlite3.connect(part)) as whole, closing(sqlite3.connect(file)) as half:
        whole.backup(half)
    part.unlink()


def _part(file: Path, initialize: Initialize) -> Path:
    """A whole store beside the file. SQLite has synced it."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    _remove_side_files(part)
    part.parent.mkdir(parents=True, exist_ok=True)
    part.touch()  # with the user's umask; SQLite itself would let nobody else write
    initialize(uri_of(part))
    return part


def _remove_side_files(file: Path) -> None:
    for suffix in _SIDE_FILES:
        file.with_name(file.name + suffix).unlink(missing_ok=True)
