"""Checks that MLflow's database can be opened, before a run begins; leaves nothing behind."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from harness.engine.store_errors import damage
from harness.errors import InputError, look_for
from harness.folders import check_folder
from harness.hub import is_address
from harness.passwords import without_password, without_password_of
from harness.sqlite_files import tables_of

_SERVERS = ("postgresql", "mysql", "mssql")
_MLFLOWS = frozenset({"experiments", "runs", "_alembic_tmp_experiments", "_alembic_tmp_runs"})
"""Some of these are in a store that was cut short while it was made, too."""
_SECONDS = 5
_CURE = "Give for example http://host:5000 or sqlite:///mlruns/mlflow.db."


def check_database(uri: str) -> None:
    """Raise InputError unless this names a database that MLflow can keep its runs in."""
    try:
        url = make_url(uri)
    except (SQLAlchemyError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in ("sqlite", *_SERVERS):
        what = "names no server and no database" if is_address(uri) else "is not an MLflow tracking URI"
        raise InputError(f"'{without_password(uri)}' {what}", file="--tracking-uri", cure=_CURE)
    if url.get_backend_name() == "sqlite":
        _check_sqlite(url)
    else:
        _check_server(url)


def _check_server(url: URL) -> None:
    # MLflow itself would try for minutes.
    wait = {} if url.get_backend_name() == "mssql" else {"connect_timeout": _SECONDS}
    cure = "Start it, or leave the option out to use the embedded store."
    try:
        with create_engine(url, connect_args=wait).connect():
            return
    except ImportError as error:
        reason, cure = str(error), "Install that driver, or name one you have: postgresql+psycopg://USER@HOST/NAME."
    except SQLAlchemyError as error:
        reason = (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]
    uri = url.render_as_string(hide_password=False)
    raise InputError(f"no MLflow store can be opened at {without_password(uri)} ({without_password_of(uri, reason)})",
                     file="--tracking-uri", cure=cure)


def _check_sqlite(url: URL) -> None:
    if url.host or not url.database or url.database == ":memory:":
        raise InputError("it names no file", file="--tracking-uri", cure="Write sqlite:/// and the path of the file.")
    path = Path(url.database)
    if not look_for(path, key="--tracking-uri"):
        check_folder(path.parent, key="--tracking-uri")
        return
    try:
        tables = tables_of(path)
    except sqlite3.Error as error:
        raise damage(error, str(path)) or InputError(
            f"the MLflow store cannot be opened ({error})", file=str(path), key="--tracking-uri",
            cure="Move the file away, or name another.") from None
    if tables and not tables & _MLFLOWS:  # MLflow would add its own tables to them
        what = "people's judgments" if "judgments" in tables else "another program's tables"
        raise InputError(f"it is no MLflow store: it holds {what}", file=str(path), key="--tracking-uri",
                         cure="Name another file, or leave the option out to use the embedded store.")
