"""What a run cannot write into or connect to is one line before it begins, and nothing is written."""

import os
import sqlite3
from contextlib import closing

import pytest

from harness.engine.writable import check_database
from harness.errors import InputError


@pytest.mark.parametrize(("uri", "said"), [
    ("runs", "'runs' is not an MLflow tracking URI"),
    ("file:///tmp/runs", "'file:///tmp/runs' names no server and no database"),
    ("ftp://host/runs", "'ftp://host/runs' names no server and no database"),
    ("oracle://host/runs", "'oracle://host/runs' names no server and no database"),
    ("sqlite://", "it names no file"),
    ("sqlite:///:memory:", "it names no file"),
    ("sqlite://mlruns/mlflow.db", "it names no file"),
    ("mysql://host/runs", "No module named 'MySQLdb'"),
    ("postgresql+psycopg://127.0.0.1:9/runs", "no MLflow store can be opened at postgresql"),
])
def test_a_tracking_uri_that_no_store_answers_at_is_one_line(uri, said):
    with pytest.raises(InputError) as caught:
        check_database(uri)
    message = str(caught.value)
    assert message.startswith("--tracking-uri: ")
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("uri", [
    "htp://user:secret@host", "http//user:secret@host:5000", "postgresql+psycopg://user:secret@127.0.0.1:9/runs",
    "postgresql+psycopg://127.0.0.1:9/runs?password=secret", "postgresql+psycopg://user:secret@127.0.0.1:port/runs"])
def test_no_password_is_in_the_line(uri):
    with pytest.raises(InputError) as caught:
        check_database(uri)
    assert "secret" not in str(caught.value)


def test_a_store_is_a_database_or_a_place_for_one(tmp_path):
    check_database(f"sqlite:///{tmp_path}/new/mlflow.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    check_database(f"sqlite:///{tmp_path}/empty.db")
    (tmp_path / "text.db").write_text("no database at all", encoding="utf-8")
    with pytest.raises(InputError, match=r"text\.db: .*not a database.* move it away"):
        check_database(f"sqlite:///{tmp_path}/text.db")
    with pytest.raises(InputError, match=r"unable to open"):
        check_database(f"sqlite:///{tmp_path}")
    with pytest.raises(InputError, match=r"text\.db is a file, and a folder is needed there"):
        check_database(f"sqlite:///{tmp_path}/text.db/mlflow.db")


def test_no_file_takes_the_place_of_a_pipe_or_a_device(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/null")
    (tmp_path / "to itself").symlink_to("to itself")
    for name, said in (("pipe", "it is no regular file"), ("link", "it is no regular file"), ("%00", "it is no path"),
                       ("to itself", "cannot be read .Too many levels"), ("n" * 300, "cannot be read .File name too")):
        with pytest.raises(InputError, match=f"--tracking-uri: {said}"):
            check_database(f"sqlite:///{tmp_path}/{name}")
    assert (tmp_path / "pipe").is_fifo() and (tmp_path / "link").is_char_device()


@pytest.mark.parametrize(("table", "said"), [
    ("judgments", "it holds people's judgments"), ("other", "it holds another program's tables")])
def test_what_another_program_keeps_is_no_store_and_stays(tmp_path, table, said):
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute(f"CREATE TABLE {table} (id)")
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(InputError, match=rf"other\.db: --tracking-uri: it is no MLflow store: {said}"):
        check_database(f"sqlite:///{tmp_path}/other.db")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [before]


@pytest.mark.parametrize("table", ["experiments", "_alembic_tmp_runs"])
def test_a_store_that_is_half_made_is_one(tmp_path, table):
    with closing(sqlite3.connect(tmp_path / "half.db")) as half:
        half.execute(f"CREATE TABLE {table} (id)")
    check_database(f"sqlite:///{tmp_path}/half.db")
