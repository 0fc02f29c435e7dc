"""Changes backups of the rating store: bits, pages and lengths, and what stands in the tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from random import Random

from tests.fuzz.mutations import NUMBERS, TEXTS, mutate_bytes

_PAGE = 4096


def mutate_database(content: bytes, rng: Random) -> bytes:
    """A database that is damaged, or sound and of another schema or with other values."""
    what = rng.randrange(4)
    if what == 0:
        return mutate_bytes(content, rng)
    if what == 1:
        return _damaged(content, rng)
    try:
        return _changed(content, rng)
    except (sqlite3.Error, ValueError, OverflowError):
        return _damaged(content, rng)


def _damaged(content: bytes, rng: Random) -> bytes:
    changed = bytearray(content)
    pages = max(1, len(changed) // _PAGE)
    what = rng.randrange(5)
    if what == 0 and changed:  # the header says what kind of database it is
        changed[rng.randrange(min(100, len(changed)))] = rng.choice([0, 1, 2, 255, rng.randrange(256)])
    elif what == 1:
        start = rng.randrange(pages) * _PAGE
        changed[start:start + _PAGE] = rng.choice([b"\0", b"\xff", rng.randbytes(1)]) * _PAGE
    elif what == 2:
        one, other = (rng.randrange(pages) * _PAGE for _ in range(2))
        changed[one:one + _PAGE] = changed[other:other + _PAGE]
    elif what == 3:
        del changed[rng.randrange(pages) * _PAGE:]
    elif changed:  # the head of a page says where its cells lie
        start = rng.randrange(pages) * _PAGE + rng.randrange(40)
        changed[start:start + 2] = rng.randbytes(2)
    return bytes(changed)


def _changed(content: bytes, rng: Random) -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.deserialize(content)
        database.execute("PRAGMA foreign_keys=OFF")
        for _ in range(rng.choice([1, 1, 2])):
            _change(database, rng)
        return database.serialize()


def _change(database: sqlite3.Connection, rng: Random) -> None:
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
              if not name.startswith("sqlite_")]
    table = rng.choice(tables)
    columns = [row[1] for row in database.execute(f"PRAGMA table_info('{table}')")]
    column = rng.choice(columns)
    what = rng.randrange(10)
    if what < 5:
        database.execute(f"UPDATE OR REPLACE '{table}' SET \"{column}\" = ? WHERE rowid = (SELECT rowid FROM '{table}' "
                         "ORDER BY random() LIMIT 1)", (_value(rng),))
    elif what == 5:
        database.execute(f"DELETE FROM '{table}' WHERE rowid IN (SELECT rowid FROM '{table}' LIMIT ?)",
                         (rng.randint(1, 9),))
    elif what == 6:
        database.execute(f"DROP TABLE '{table}'")
    elif what == 7:
        database.execute(f"ALTER TABLE '{table}' RENAME COLUMN \"{column}\" TO other")
    elif what == 8:
        database.execute(f"ALTER TABLE '{table}' RENAME TO other")
        database.execute(rng.choice([f"CREATE VIEW '{table}' AS SELECT * FROM other", f"CREATE TABLE '{table}' (x)"]))
    else:
        database.execute(rng.choice([
            "UPDATE alembic_version SET version_num = '9999'", "DELETE FROM alembic_version",
            "INSERT INTO alembic_version VALUES ('0001')", "UPDATE alembic_version SET version_num = '0001'",
            f"CREATE TRIGGER t AFTER INSERT ON '{table}' BEGIN DELETE FROM '{table}'; END",
            "PRAGMA user_version = 77", "PRAGMA application_id = 77", "CREATE TABLE more (x)"]))


def _value(rng: Random) -> object:
    value = rng.choice([*NUMBERS, *TEXTS, None, b"\xff\x00", "{}", "[]", '{"a": 1}'])
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return value
