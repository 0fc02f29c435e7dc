"""Connections of the rating store: SQLite by default, PostgreSQL by URL, and the schema's migrations.

SQLite runs in WAL mode with `synchronous=FULL`: what was committed survives a power cut. Every operation opens
its own connection (Streamlit runs scripts in threads), and every writing operation begins with BEGIN IMMEDIATE,
so that reading what is free and taking it is one step.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from harness.errors import InputError, look_for
from harness.folders import ROOT, check_place
from harness.passwords import without_password, without_password_of
from harness.ratings.schema import judgments, raters, sealed_keys
from harness.sqlite_files import tables_of

URL_VARIABLE = "HARNESS_RATINGS_URL"
DEFAULT_PATH = ROOT / "ratings.db"
BUSY_TIMEOUT_MS = 30_000
_NAME_ANOTHER = f"Name another file with --url or in {URL_VARIABLE}"
_OURS = frozenset({judgments.name, raters.name, sealed_keys.name})
"""Other programs have tables called `items` or `events`, too; and of these one may be damaged."""
MIGRATION_LOCK = 7_202_519  # any fixed number: PostgreSQL's advisory lock for migrations


class StoreUnavailable(Exception):
    """The database cannot be read or written now (disk full, server gone). Nothing was recorded.

    is_of_the_contents: it can be read and written, but its tables are not those of a rating store.
    """

    is_of_the_contents = False


def database_url(url: str | None) -> URL:
    """The URL given, the one in HARNESS_RATINGS_URL, or the default file; a bare path means SQLite."""
    given = url or os.environ.get(URL_VARIABLE) or f"sqlite:///{DEFAULT_PATH}"
    if "://" not in given:
        given = f"sqlite:///{given}"
    try:
        parsed = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise InputError(f"the rating store's URL is not one: {without_password_of(given, str(error))}",
                         key=URL_VARIABLE) from None
    if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise InputError(f"the rating store runs on sqlite or postgresql, not {parsed.get_backend_name()}",
                         key=URL_VARIABLE, cure="Write sqlite:///PATH or postgresql://USER@HOST/NAME")
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None for another kind. Raises InputError where its folder cannot be one, or
    something else than a file is in its place.
    """
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    file = Path(url.database)
    check_place(file.parent)
    if not look_for(file) and os.path.islink(file):
        raise InputError(f"it is a link to {os.readlink(file)}, which is not there", file=str(file),
                         cure="Mount its disk, or remove the link")
    if file.is_dir():
        raise InputError("it is a folder, and a rating store is a file", file=str(file),
                         cure=f"Name the file in it, with --url or in {URL_VARIABLE}")
    return file


class Database:
    """One rating database. `reading()` and `writing()` give a connection in a transaction, for one operation."""

    def __init__(self, url: URL, *, durable: bool = True) -> None:
        """durable False is for rehearsals, whose database is thrown away: nothing waits for the disk."""
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.path = sqlite_file(url)
        # SQLite's busy handler polls and starves threads; within one process a lock queues the writers instead.
        self._turn: Any = threading.Lock() if self.is_sqlite else nullcontext()
        self.engine = _sqlite_engine(url, durable=durable) if self.is_sqlite else _postgresql_engine(url)
        self._anchor: sqlite3.Connection | None = None

    @property
    def address(self) -> str:
        """The URL without its password, to show."""
        return without_password(self.url.render_as_string(hide_password=False))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state. Raises StoreUnavailable."""
        with _as_unavailable(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that commits at the end, or not at all. Raises StoreUnavailable."""
        with self._turn, _as_unavailable():
            writer = self.engine.execution_options(begin="IMMEDIATE")
            with writer.begin() as connection:
                yield connection

    def is_made(self) -> bool:
        """Whether there is a store already, of whatever version; of a server it is not asked. Writes nothing. Raises
        InputError where the file is another program's, StoreUnavailable where it cannot be read.
        """
        if self.path is None or not self.path.exists():
            return not self.is_sqlite
        try:
            tables = tables_of(self.path)
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StoreUnavailable(f"{self.path} is not a rating database, or a damaged one ({error}). Restore a "
                                   "backup, or name another file") from error
        if tables and not tables & _OURS:
            raise InputError("it is not a rating database but another program's", file=str(self.path),
                             cure=_NAME_ANOTHER)
        return bool(tables)

    def migrate(self) -> None:
        """Bring the schema up to this code's. Raises InputError where a newer code has migrated it, or it is another
        program's.
        """
        self.is_made()
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        script = ScriptDirectory.from_config(config)
        with _as_unavailable(), self._migration_turn():
            with self.engine.connect() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
            if current == script.get_current_head():
                return
            if current is not None and current not in {each.revision for each in script.walk_revisions()}:
                raise InputError(
                    f"the rating database was migrated to {current!r} by a newer version of the harness",
                    file=self.address,
                    cure="Update the harness, or restore a backup made before (harness raters restore)")
            with self.engine.execution_options(begin="IMMEDIATE").begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def hold(self) -> None:
        """Keep the file open between operations.

        SQLite empties the write-ahead log whenever the last connection closes, which with one connection an
        operation is every time, and costs more than the operation. This connection does nothing but stay.
        """
        if self.path is not None and self._anchor is None:
            self._anchor = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            self._anchor.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def release(self) -> None:
        """Let go of the file, so that it can be replaced."""
        if self._anchor is not None:
            self._anchor.close()
            self._anchor = None

    @contextmanager
    def _migration_turn(self) -> Iterator[None]:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.migration.lock"):
                if not self.path.exists():
                    self.path.touch()  # with the user's umask; SQLite itself would let nobody else write
                yield
        elif self.is_sqlite:
            yield
        else:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT pg_advisory_lock(:id)"), {"id": MIGRATION_LOCK})
                try:
                    yield
                finally:
                    connection.execute(text("SELECT pg_advisory_unlock(:id)"), {"id": MIGRATION_LOCK})


def _sqlite_engine(url: URL, *, durable: bool) -> Engine:
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", f"synchronous={'FULL' if durable else 'OFF'}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")

    return engine


def _postgresql_engine(url: URL) -> Engine:
    try:
        return create_engine(url, poolclass=NullPool)
    except ModuleNotFoundError:
        raise InputError("PostgreSQL needs the psycopg driver", key=URL_VARIABLE,
                         cure="pip install 'harness[postgres]'") from None


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """Turn what the machine did wrong (full disk, lost server, a file that is no database) into one error."""
    try:
        yield
    except (OperationalError, DBAPIError) as error:
        if isinstance(error, OperationalError) or error.connection_invalidated:
            unavailable = StoreUnavailable(_first_line(error))
            # Without a name it is of Python's own: of a text that is no UTF-8, say.
            unavailable.is_of_the_contents = isinstance(error.orig, sqlite3.OperationalError) and (
                getattr(error.orig, "sqlite_errorname", "SQLITE_ERROR") == "SQLITE_ERROR")
            raise unavailable from error
        if "not a database" in str(error):  # while it was open
            raise StoreUnavailable("the file is not a rating database") from error
        raise
    except OSError as error:
        raise StoreUnavailable(str(error)) from error


def _first_line(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return (str(cause).splitlines() or [type(cause).__name__])[0]
