"""Opens MLflow's store: a server, a database, or the SQLite file of a folder, which is made where it is missing."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock
from sqlalchemy.exc import SQLAlchemyError

from harness.disk_full import full_disk
from harness.engine import sqlite_store
from harness.engine.moved_store import take_places
from harness.engine.patience import Patience, PatientClient
from harness.engine.store_errors import damage, is_away, is_refused
from harness.engine.tracking_uri import is_server, signed_in
from harness.errors import InputError
from harness.imports import without_module
from harness.passwords import without_password, without_password_of

# Who waits for a server is `engine.patience` alone: a call that MLflow repeats by itself could make a run twice.
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
# Two lines a run, and bars of what comes from a server, between the lines of a command.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

# Keeping runs needs no pandas, and a study that is all cached would wait a tenth of its time for it.
with without_module("pandas"):
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient

logging.getLogger("mlflow").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)
# It shows the traceback of an error that it raises as well, and what a full disk means is said in one line.
logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
# It warns before the error that says the same.
logging.getLogger("mlflow.utils.databricks_utils").setLevel(logging.ERROR)


_OWN = "0"
"""The experiment that MLflow itself makes."""


class OpenStore(NamedTuple):
    """A store that answers. uri: without its password. experiments: their ids. lock: for what two processes that start
    at once must not both make.
    """

    uri: str
    client: PatientClient
    experiments: list[str]
    lock: FileLock


def open_store(uri: str, root: Path, patience: Patience) -> OpenStore:
    """The store, with its tables made. root: the folder of local artifacts, in whose place those of a store that was
    moved or copied are. Raises InputError where it is none, StoreRefused and StoreUnreachable.
    """
    if is_server(uri):
        uri = signed_in(uri)
    root.mkdir(parents=True, exist_ok=True)
    file = sqlite_store.file_of(uri)
    lock = FileLock((file or root / "mlflow").with_suffix(".lock"))
    with lock:
        client, experiments = _opened(uri, file, patience)
        if file is not None:
            take_places(file, artifacts_below(root))
    return OpenStore(without_password(uri), client, experiments, lock)


def check_file(uri: str) -> None:
    """Raise InputError unless MLflow itself will open this SQLite store; what was moved finds its files again."""
    file = sqlite_store.file_of(uri)
    assert file is not None, uri
    with FileLock(file.with_suffix(".lock")):
        _opened(uri, file, Patience(uri, seconds=0))
        if artifacts_below(file.parent).is_dir():
            take_places(file, artifacts_below(file.parent))


def experiments_of(uri: str) -> list[tuple[str, str]]:
    """The name and the id of each experiment of a store that is there, the last one that was written to first."""
    client = MlflowClient(tracking_uri=uri)
    return [(found.name, found.experiment_id) for found in client.search_experiments(order_by=["last_update_time DESC"])
            if found.experiment_id != _OWN]


def look_into(uri: str, root: Path, patience: Patience, copy: Path) -> OpenStore:
    """The store, in which nothing is written. A SQLite file is read from a copy in an empty folder, since MLflow writes
    where it reads; the copy is of one moment, and may be made where nothing can be written.
    """
    if is_server(uri):
        uri = signed_in(uri)
    file = sqlite_store.file_of(uri)
    lock = FileLock(copy / "mlflow.lock")
    if file is None:
        client, experiments = _opened(uri, None, patience)
    else:
        copied = copy / "mlflow.db"
        try:
            sqlite_store.copy_file(file, copied)
        except sqlite3.Error as error:
            raise damage(error, uri) or InputError(f"the MLflow store cannot be read ({error})", file=str(file),
                                                   cure=_cure(uri)) from None
        client, experiments = _opened(sqlite_store.uri_of(copied), copied, patience)
        take_places(copied, artifacts_below(root), of=file)
    return OpenStore(without_password(uri), client, experiments, lock)


def artifacts_below(root: Path) -> Path:
    """Where the files of local runs are. A link there stays one, so that they may lie on another disk."""
    return root.resolve() / "artifacts"


def _opened(uri: str, file: Path | None, patience: Patience) -> tuple[PatientClient, list[str]]:
    try:
        return patience.call(lambda: _open(uri, patience) if file is None else _open_file(uri, file, patience))
    except (MlflowException, SQLAlchemyError, sqlite3.Error) as error:
        if is_refused(error) or (file is not None and full_disk(error, file) is not None):
            raise
        reason = without_password_of(uri, str(error).splitlines()[0]).split(". ")[0]  # MLflow goes on for a paragraph
        raise damage(error, uri) or InputError(f"the MLflow store cannot be used: {reason}", file=without_password(uri),
                         cure="Check --tracking-uri." if file is None else _cure(uri)) from None


def _open(uri: str, patience: Patience) -> tuple[PatientClient, list[str]]:
    """A client of the store, and the ids of its experiments."""
    client = MlflowClient(tracking_uri=uri)
    experiments = [found.experiment_id for found in client.search_experiments()]
    return PatientClient(client, patience, marks_runs=is_server(uri)), experiments


def _open_file(uri: str, file: Path, patience: Patience) -> tuple[PatientClient, list[str]]:
    """The same for a SQLite store, which is made where it is missing, and anew where it is half made and holds no run.
    """
    if not sqlite_store.is_made(file):
        sqlite_store.make_file(file, _build_tables)
    try:
        return _open(uri, patience)
    except (MlflowException, SQLAlchemyError) as error:
        if is_away(error) or not sqlite_store.holds_nothing(file):
            raise
    sqlite_store.remake_file(file, _build_tables)
    return _open(uri, patience)


def _build_tables(uri: str) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    SqlAlchemyStore(uri, default_artifact_root="mlruns").engine.dispose()


def _cure(uri: str) -> str:
    return (f"Copy the file and try `mlflow db upgrade {uri}`; or move it away, or name another store with "
            "--tracking-uri.")
