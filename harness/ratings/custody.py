"""Erases or exports one rater's data; backs up, checks and restores the store."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import URL, Connection, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from harness.disk_full import full_disk
from harness.durable import replaced, sync
from harness.errors import InputError, look_for
from harness.passwords import without_password, without_password_of
from harness.ratings.access import all_raters
from harness.ratings.assignment import recount
from harness.ratings.database import Database, StoreUnavailable
from harness.ratings.progress import coverage, studies_of
from harness.ratings.publishing import log
from harness.ratings.schema import assignments, credentials, enrolments, flags, judgments, raters, studies
from harness.ratings.unblinding import verify

_UNSOUND = (SQLAlchemyError, CommandError, ValueError, LookupError, TypeError, AttributeError, OverflowError)
"""What reading raises of tables that are whole, but that the harness did not fill."""
_OF_BACKUPS = "Give a file that harness raters backup wrote"


def rater_id_of(connection: Connection, handle: str) -> str:
    """The id behind a pseudonym. Raises InputError."""
    rater_id = connection.execute(select(raters.c.id).where(raters.c.handle == handle)).scalar_one_or_none()
    if rater_id is None:
        raise InputError(f"there is no rater {handle!r}", cure="See: harness raters list")
    return str(rater_id)


def export_rater(connection: Connection, rater_id: str) -> dict[str, Any]:
    """Everything that is stored of one rater, for the rater."""
    row = connection.execute(select(raters).where(raters.c.id == rater_id)).one()
    mine = connection.execute(select(studies.c.name, judgments.c.assignment_id, judgments.c.revision,
                                     judgments.c.content)
                              .join(assignments, assignments.c.id == judgments.c.assignment_id)
                              .join(studies, studies.c.id == judgments.c.study_id)
                              .where(assignments.c.rater_id == rater_id)
                              .order_by(judgments.c.study_id, judgments.c.sequence))
    notes = connection.execute(select(flags.c.note, flags.c.raised_at).where(flags.c.rater_id == rater_id))
    return {"handle": row.handle, "created_at": row.created_at, "revoked_at": row.revoked_at,
            "judgments": [dict(each._mapping) for each in mine], "flags": [dict(each._mapping) for each in notes]}


def erase_rater(connection: Connection, rater_id: str, *, now: int) -> int:
    """Take a rater out: pseudonym, sign-in, judgments' contents and notes. Returns how many judgments were erased.

    The chain keeps the hashes as tombstones, so that it still verifies; the items' places are free again.
    """
    mine = select(assignments.c.id).where(assignments.c.rater_id == rater_id)
    erased = connection.execute(update(judgments).where(
        judgments.c.assignment_id.in_(mine), judgments.c.content.is_not(None)).values(content=None, salt=None))
    freed = connection.execute(update(assignments).where(assignments.c.rater_id == rater_id).values(
        state="expired", leased_until=0).returning(assignments.c.item_id)).scalars().all()
    recount(connection, freed)
    connection.execute(update(flags).where(flags.c.rater_id == rater_id).values(note=""))
    connection.execute(delete(credentials).where(credentials.c.rater_id == rater_id))
    connection.execute(delete(enrolments).where(enrolments.c.rater_id == rater_id))
    connection.execute(update(raters).where(raters.c.id == rater_id).values(
        handle=f"erased-{rater_id}", identity_hash=None, revoked_at=now, erased_at=now))
    log(connection, None, "rater erased", now=now, rater=rater_id, judgments=erased.rowcount)
    return erased.rowcount


def backup(database: Database, target: Path) -> None:
    """A consistent copy while the app runs: SQLite's online backup, or pg_dump. Never overwrites a file, and leaves
    none that is not whole.
    """
    if os.path.exists(target):
        raise InputError("the file exists already", file=str(target), cure="Name a new one")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replaced(target) as copy:
            copy.touch()  # with the user's umask; SQLite itself would let nobody else write
            _copy_into(database, copy)
    except OSError as error:
        raise full_disk(error, target) or InputError(
            f"it cannot be written: {error.strerror}", file=str(target)) from None


def _copy_into(database: Database, target: Path) -> None:
    if database.path is None:
        _postgresql(database, "pg_dump", "--format=custom", f"--file={target}")
        return
    try:
        with closing(sqlite3.connect(database.path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            # One file that can be read wherever it lies: in WAL mode even reading it needs two more beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise full_disk(error, target) or StoreUnavailable(f"no backup was made: {error}") from error
    problem = integrity(target)
    if problem:
        raise InputError(f"the database is damaged, so no backup was made: {problem}", file=str(database.path),
                         cure="Restore an older backup")


def _read_only(path: Path) -> str:
    """SQLite's address of the file, whatever its name: a bare ?, # or % would end the path or mean another letter."""
    return f"{path.absolute().as_uri()}?mode=ro"


def integrity(path: Path) -> str | None:
    """What SQLite's own check finds wrong with the file, None where it is sound."""
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            return None if found == "ok" else " ".join(str(found).split())
    except UnicodeDecodeError:
        return "what it says of its own tables is no UTF-8"
    except sqlite3.DatabaseError as error:
        return str(error)


def restore(database: Database, source: Path) -> Path | None:
    """Put a backup in the database's place. What was there is kept beside it; its path is returned."""
    if not look_for(source):
        raise InputError("there is no such backup", file=str(source), cure=_OF_BACKUPS)
    if source.is_dir() and database.path is not None:  # PostgreSQL has backups that are folders
        raise InputError("a backup is a file, and this is a folder", file=str(source), cure="Name the file in it")
    if database.path is None:
        _postgresql(database, "pg_restore", "--clean", "--if-exists", str(source))
        return None
    with suppress(StoreUnavailable):  # a damaged one is what a backup is for
        database.is_made()
    database.release()
    in_the_way = database.path.exists()
    if in_the_way:
        _gather(database.path)
    staged = _staged(source, database.path)
    sync(staged)
    kept = _free_name(database.path) if in_the_way else None
    if kept is not None:
        for suffix in ("-wal", "-shm"):  # of a damaged one
            if Path(f"{database.path}{suffix}").exists():
                Path(f"{database.path}{suffix}").rename(f"{kept}{suffix}")
        _also_named(database.path, kept)
    staged.replace(database.path)
    sync(database.path.parent)
    return kept


def _also_named(path: Path, kept: Path) -> None:
    """Until another takes its place the file stays where it was: an app that starts in between must find a store."""
    try:
        os.link(path, kept)
    except OSError:  # a file system without links
        path.rename(kept)


def _gather(path: Path) -> None:
    """Bring a database that is about to be replaced into one file, which SQLite does only where nobody else has it
    open: clicks that an app acknowledges meanwhile would be in neither store. A damaged one is left as it lies.
    """
    try:
        with closing(sqlite3.connect(path)) as old:
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise InputError("the rating store is in use", file=str(path), cure="Stop the app first") from None
        raise StoreUnavailable(str(error)) from error
    except sqlite3.DatabaseError:
        pass


def _staged(source: Path, place: Path) -> Path:
    """A copy of the backup beside the database, brought up to date there: what cannot be restored, or does not fit on
    the disk, must not have taken the place of what can be read.
    """
    problem = integrity(source)
    if problem:
        raise InputError(f"the backup is damaged: {problem}", file=str(source), cure="Take another backup")
    with closing(sqlite3.connect(_read_only(source), uri=True)) as backup_file:
        if not backup_file.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (judgments.name,)).fetchone():
            raise InputError("it is no backup of a rating store", file=str(source), cure=_OF_BACKUPS)
    staged = place.with_name(f"{place.name}.restoring")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, staged)
        database = Database(URL.create("sqlite", database=str(staged)))
        database.migrate()
        _check_contents(database)
        with closing(sqlite3.connect(staged)) as copy:
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException as error:
        staged.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreUnavailable(str(error)) from error
        if isinstance(error, InputError):  # it names the copy, which nobody knows of and which is gone
            raise InputError(error.problem, file=str(source), cure="Update the harness, or take an older backup"
                             ) from None
        if isinstance(error, _UNSOUND) or (isinstance(error, StoreUnavailable) and error.is_of_the_contents):
            raise InputError(f"what is in the backup does not fit together: {str(error).partition(chr(10))[0]}",
                             file=str(source), cure="Take an older backup") from None
        raise
    finally:
        for suffix in ("-wal", "-shm", ".migration.lock"):
            Path(f"{staged}{suffix}").unlink(missing_ok=True)
    return staged


def _check_contents(database: Database) -> None:
    """Read what `harness raters list` and `verify` read. Raises one of _UNSOUND for what cannot be read."""
    with database.reading() as connection:
        for rater in all_raters(connection):
            datetime.fromtimestamp(rater.created_at / 1000, UTC)
        for study in studies_of(connection, None):
            coverage(connection, study.id, now=0)
            verify(connection, study.id)


def _free_name(path: Path) -> Path:
    number = 1
    while (candidate := path.with_name(f"{path.name}.before-restore-{number}")).exists():
        number += 1
    return candidate


def _postgresql(database: Database, tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise InputError(f"{tool} is not on the PATH", cure="Install PostgreSQL's client tools")
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    password = database.url.password or database.url.query.get("password")
    # Other users of the machine see a command line, but not its environment.
    environment = os.environ if password is None else {**os.environ, "PGPASSWORD": str(password)}
    done = subprocess.run([tool, f"--dbname={without_password(url)}", *arguments], env=environment,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.splitlines() or ["no message"])[0]
        raise InputError(f"{tool} failed: {without_password_of(url, said)}")
