"""A look into a SQLite file changes nothing, whatever it is."""

import sqlite3
from contextlib import closing

import pytest

from harness.sqlite_files import damage_of, tables_of


def test_the_tables_are_named_and_nothing_is_left_beside(tmp_path):
    file = tmp_path / "a?b#c%20.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE one (id)")
    before = file.read_bytes()
    assert tables_of(file) == {"one"}
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [before]


def test_an_empty_file_has_none_and_one_that_is_absent_is_not_made(tmp_path):
    (tmp_path / "empty.db").touch()
    assert tables_of(tmp_path / "empty.db") == frozenset()
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        tables_of(tmp_path / "absent.db")
    assert [(each.name, each.stat().st_size) for each in tmp_path.iterdir()] == [("empty.db", 0)]


def test_a_lost_page_is_found_and_said_on_one_line(tmp_path):
    with closing(sqlite3.connect(tmp_path / "one.db")) as database:
        database.execute("CREATE TABLE one (id)")
    assert damage_of(tmp_path / "one.db") is None
    with (tmp_path / "one.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    said = damage_of(tmp_path / "one.db")
    assert said and "\n" not in said
