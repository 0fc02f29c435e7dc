"""A look into a SQLite file changes nothing, whatever it is."""

import sqlite3
from contextlib import closing

import pytest

from harness.sqlite_files import tables_of


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
