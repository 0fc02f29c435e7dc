"""Gives the runs of a store that was moved or copied, with its files, the places that the files have now.

MLflow records where the files of a run lie as a whole path. A copy that kept those would read and write in the folder
it was copied from.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlparse

_FILES = (("runs", "artifact_uri"), ("logged_models", "artifact_location"), ("model_versions", "source"),
          ("model_versions", "storage_location"))
"""Tables and their columns with a place below the experiment's own. The last two are of registered models."""
_ROOT = re.compile(r"file://.*/artifacts/(?=([0-9a-f]{32}|models/m-[0-9a-f]{32})/artifacts(/|$))")
"""The experiment's place, as the harness makes it, in that of a run or of a model."""
_SECONDS = 30


def take_places(file: Path, artifacts: Path, *, of: Path | None = None) -> None:
    """Let the store's records name this folder of artifacts wherever the files lie in it, in one transaction.

    Places elsewhere stay where their files are there and not here, since two folders may share a store; but not where
    the files are those of another folder's own store, of which this one is a copy. New runs get their place here,
    unless this is such a shared store. of: the file that this is a copy of for the moment.
    """
    own = of or file if (of or file).parent == artifacts.parent else None
    with closing(sqlite3.connect(file, timeout=_SECONDS, isolation_level=None)) as store:
        changes = [*_experiments(store, artifacts, own=own is not None), *_files(store, artifacts, own=own)]
        if not changes:
            return
        store.execute("BEGIN IMMEDIATE")
        for change, values in changes:
            store.execute(change, values)
        store.execute("COMMIT")


Change = tuple[str, tuple[str, str | int]]


def _experiments(store: sqlite3.Connection, artifacts: Path, *, own: bool) -> list[Change]:
    here = artifacts.as_uri()
    # MLflow's own experiment is made with the store, and has no runs of the harness.
    rows = store.execute("SELECT DISTINCT artifact_location FROM experiments WHERE artifact_location != ? AND "
                         "(artifact_location LIKE 'file:///%/artifacts' OR (experiment_id = 0 AND ?))", (here, own))
    return [("UPDATE experiments SET artifact_location = ? WHERE artifact_location = ?", (here, place))
            for place, in rows if own or not _path(place).exists()]


def _files(store: sqlite3.Connection, artifacts: Path, *, own: Path | None) -> list[Change]:
    """own: the store's file, where it lies in its own folder."""
    here = artifacts.as_uri() + "/"
    tables = {name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    changes: list[Change] = []
    for table, column in _FILES:
        if table not in tables:
            continue
        rows = store.execute(f"SELECT rowid, {column} FROM {table} WHERE {column} LIKE 'file:///%/artifacts/%' "
                             f"AND substr({column}, 1, ?) != ?", (len(here), here))
        for row, place in rows.fetchall():
            root = _ROOT.match(place)
            if root is None:
                continue
            moved = here + place[root.end():]
            if _path(moved).exists() or (own is not None and not _belongs_elsewhere(place, root.group(), own)):
                changes.append((f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (moved, row)))
    return changes


def _belongs_elsewhere(place: str, artifacts: str, own: Path) -> bool:
    """Whether files are there, and the folder with them has no store but this one."""
    other = _path(artifacts).parent / own.name
    return _path(place).exists() and (not other.exists() or other.samefile(own))


def _path(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path))
