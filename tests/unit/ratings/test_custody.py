"""A backup is whole and can be restored; what cannot be restored is refused, and the store stays."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from rating_helpers import item_set, publish

from harness.errors import InputError
from harness.ratings.custody import backup, integrity, restore
from harness.ratings.database import Database, database_url
from harness.ratings.store import RatingStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> RatingStore:
    return open_store(f"sqlite:///{tmp_path / 'ratings.db'}")


def test_a_backup_taken_while_others_write_is_whole_and_can_be_restored(store: RatingStore, tmp_path: Path) -> None:
    study = publish(store)
    store.backup(tmp_path / "backup.db")
    assert integrity(tmp_path / "backup.db") is None
    with pytest.raises(InputError, match="exists already"):
        store.backup(tmp_path / "backup.db")
    store.close(study)
    kept = restore(store.database, tmp_path / "backup.db")
    assert store.study(study).state == "open"
    assert kept is not None
    assert sqlite3.connect(kept).execute("SELECT state FROM studies").fetchone() == ("closed",)


def test_nothing_is_restored_under_a_running_app(store: RatingStore, tmp_path: Path) -> None:
    publish(store)
    store.backup(tmp_path / "backup.db")
    app = open_store(f"sqlite:///{tmp_path / 'ratings.db'}")
    app.database.hold()
    with pytest.raises(InputError, match=r"ratings\.db: the rating store is in use\. Stop the app first"):
        restore(store.database, tmp_path / "backup.db")
    app.database.release()
    assert not [path for path in tmp_path.iterdir() if "restor" in path.name]
    assert restore(store.database, tmp_path / "backup.db") is not None


@pytest.mark.parametrize("change", [
    "ALTER TABLE alembic_version RENAME COLUMN version_num TO other", "UPDATE alembic_version SET version_num = '0001'",
    "INSERT INTO alembic_version VALUES ('0001')", "DELETE FROM alembic_version", "DROP TABLE sealed_keys",
    "DELETE FROM sealed_keys", "UPDATE studies SET kind = 'other'", "UPDATE studies SET protocol = '[]'",
    f"UPDATE raters SET created_at = {2**62}", "ALTER TABLE raters RENAME TO other"])
def test_a_backup_that_nobody_could_read_is_not_restored(store: RatingStore, tmp_path: Path, change: str) -> None:
    publish(store)
    store.add_rater("amber")
    backup(store.database, tmp_path / "backup.db")
    with closing(sqlite3.connect(tmp_path / "backup.db", isolation_level=None)) as copy:
        copy.execute(change)
    with pytest.raises(InputError, match=r"backup\.db: what is in the backup does not fit together: .*\. Take"):
        restore(store.database, tmp_path / "backup.db")
    assert len(store.studies()) == 1
    assert not [path for path in tmp_path.iterdir() if "restor" in path.name]


@pytest.mark.parametrize("left", [b"no database, but as long as one could be " * 300, None])
def test_a_damaged_store_is_replaced_and_kept_as_it_lay(store: RatingStore, tmp_path: Path, left: bytes | None) -> None:
    publish(store)
    store.backup(tmp_path / "backup.db")
    place = tmp_path / "ratings.db"
    damaged = left if left is not None else place.read_bytes()[:30_000]
    place.write_bytes(damaged)
    kept = restore(store.database, tmp_path / "backup.db")
    assert kept is not None
    assert kept.read_bytes() == damaged
    assert len(store.studies()) == 1


def test_a_backup_of_a_newer_harness_is_named_and_not_restored(store: RatingStore, tmp_path: Path) -> None:
    store.backup(tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '9999'")
        copy.commit()
    with pytest.raises(InputError, match=r"newer\.db: the rating database was migrated .* by a newer version"):
        restore(store.database, tmp_path / "newer.db")
    assert store.studies() == []


def test_a_damaged_backup_is_not_restored(store: RatingStore, tmp_path: Path) -> None:
    publish(store, item_set(40))
    store.backup(tmp_path / "backup.db")
    content = bytearray((tmp_path / "backup.db").read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        restore(store.database, tmp_path / "backup.db")
    assert len(store.studies()) == 1


def test_what_is_no_backup_of_ours_leaves_the_store_in_its_place(store: RatingStore, tmp_path: Path) -> None:
    publish(store)
    store.backup(tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE alembic_version (version_num)")
    for name, said in (("newer.db", "newer version"), ("other.db", "no backup of a rating store")):
        with pytest.raises(InputError, match=said):
            restore(store.database, tmp_path / name)
        assert len(store.studies()) == 1
    assert not [path for path in tmp_path.iterdir() if "restor" in path.name]


@pytest.mark.parametrize("name", ["absent.db", "empty.db"])
def test_only_a_sound_backup_makes_a_folder_for_a_store(store: RatingStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.db").touch()
    database = Database(database_url(str(tmp_path / "new" / "ratings.db")))
    with pytest.raises(InputError, match=r"Give a file that harness raters backup wrote$"):
        restore(database, tmp_path / name)
    assert not (tmp_path / "new").exists()
    store.backup(tmp_path / "sound.db")
    restore(database, tmp_path / "sound.db")
    assert (tmp_path / "new" / "ratings.db").is_file()


@pytest.mark.parametrize("url", ["postgresql://me:a%20b%2F%40@host/ratings",
                                 "postgresql://host/ratings?user=me&password=a%20b%2F%40"])
def test_no_password_is_on_the_command_line_of_postgresqls_tools(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for tool in ("pg_dump", "pg_restore"):
        (tmp_path / tool).write_text(
            f'#!/bin/sh\necho "$PGPASSWORD $*" > {tmp_path}/seen\necho "no a b/@" >&2\nexit 1\n')
        (tmp_path / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    database = Database(database_url(url))
    (tmp_path / "old").touch()
    for called in (lambda: backup(database, tmp_path / "new"), lambda: restore(database, tmp_path / "old")):
        with pytest.raises(InputError, match=r"failed: no \*\*\*$"):
            called()
        password, bare = (tmp_path / "seen").read_text().split(" --dbname=")
        assert password == "a b/@"
        assert bare.startswith(("postgresql://me@host/ratings ", "postgresql://host/ratings?user=me "))
