"""MLflow's database file is whole or not there, whenever the process is killed; a half one is made anew or named."""

import multiprocessing
import os
import shutil
import sqlite3
import stat
import time
from contextlib import closing

import pytest

from harness.engine import sqlite_store
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.errors import InputError

KILLS = 10
forked = multiprocessing.get_context("fork")


def opened(root):
    return Tracking(default_uri(root), root=root)


def begin_opening(root):
    """A process of its own, since MLflow keeps what it has opened."""
    process = forked.Process(target=opened, args=(root,))
    process.start()
    return process


def opens(root):
    process = begin_opening(root)
    process.join()
    return process.exitcode == 0


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder with a whole store, and the seconds that its making took."""
    root = tmp_path_factory.mktemp("whole")
    begun = time.monotonic()
    assert opens(root)
    return root, time.monotonic() - begun


def broken(whole, root, *changes):
    """A copy of the whole store after these statements."""
    shutil.copy(whole[0] / "mlflow.db", root)
    with closing(sqlite3.connect(root / "mlflow.db")) as store:
        for change in changes:
            store.execute(change)
        store.commit()
    return root


@pytest.mark.slow
def test_whenever_the_making_is_killed_the_store_opens_afterwards(whole, tmp_path):
    file = tmp_path / "mlflow.db"
    for number in range(KILLS):
        process = begin_opening(tmp_path)
        process.join(whole[1] * (number + 1) / KILLS)
        process.kill()
        process.join()
        if file.exists():
            assert opens(tmp_path)
            file.unlink()
    assert opens(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["mlflow.db", "mlflow.lock"]


@pytest.mark.parametrize("changes", [
    ["DELETE FROM alembic_version"],
    ["UPDATE alembic_version SET version_num = '7ac759974ad8'", "DROP TABLE webhooks"]])
def test_a_half_made_store_without_runs_is_made_anew(whole, tmp_path, changes):
    store = opened(broken(whole, tmp_path, *changes))
    store.begin_run(store.experiment("one"), "a run", tags={})
    assert sorted(os.listdir(tmp_path)) == ["mlflow.db", "mlflow.lock"]


@pytest.mark.parametrize("row", [
    "INSERT INTO runs (run_uuid, experiment_id) VALUES ('kept', 0)",
    "INSERT INTO experiments (experiment_id, name) VALUES (7, 'kept')"])
def test_a_store_that_does_not_open_and_holds_something_stays_as_it_is(whole, tmp_path, row):
    broken(whole, tmp_path, row, "UPDATE alembic_version SET version_num = '7ac759974ad8'")
    with pytest.raises(InputError, match=r"mlflow\.db: the MLflow store cannot be used: .*mlflow db upgrade"):
        opened(tmp_path)
    assert not sqlite_store.holds_nothing(tmp_path / "mlflow.db")


def test_an_empty_file_is_no_store(tmp_path):
    def initialize(uri):
        with closing(sqlite3.connect(sqlite_store.file_of(uri))) as store:
            store.execute("CREATE TABLE runs (run_uuid)")

    file = tmp_path / "mlflow.db"
    file.touch()
    file.with_name("mlflow.db-journal").write_text("of a file that is gone")
    assert not sqlite_store.is_made(file)
    sqlite_store.make_file(file, initialize)
    assert sqlite_store.is_made(file) and sqlite_store.holds_nothing(file)
    assert os.listdir(tmp_path) == ["mlflow.db"]


def test_the_store_follows_the_umask(tmp_path):
    before = os.umask(0o002)
    try:
        sqlite_store.make_file(tmp_path / "mlflow.db", lambda uri: None)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "mlflow.db").stat().st_mode) == 0o664


@pytest.mark.parametrize(("uri", "file"), [
    ("sqlite:////a/b.db", "/a/b.db"), ("sqlite+pysqlite:////a/b.db?timeout=3", "/a/b.db"), ("http://host:5000", None),
    ("postgresql://host/name", None)])
def test_only_sqlite_stores_are_files(uri, file):
    assert (str(sqlite_store.file_of(uri)) if file else sqlite_store.file_of(uri)) == file
