"""Opening a store makes nothing where it only looks, and says in one line why it cannot."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from harness import clean, export_labels, mlflow_ui, run
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def error(main, capsys, *argv):
    """The one line that a command ends with, and its exit code."""
    code = main(argv)
    shown = capsys.readouterr()
    assert shown.err.startswith("error: ") and shown.err.count("\n") == 1, shown.err
    assert "Traceback" not in shown.out
    return code, shown.err


def test_mlflow_s_page_of_a_store_elsewhere_makes_no_folder_here(folder, monkeypatch):
    Tracking(default_uri(folder / "there"), root=folder / "there")
    here = folder / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    command = mlflow_ui.server(["--tracking-uri", f"sqlite:///{folder / 'there' / 'mlflow.db'}"])
    assert "--backend-store-uri" in command
    assert os.listdir(here) == []


@pytest.mark.parametrize("argv", [["quick"], ["quick", "--dry-run"]])
def test_a_store_that_is_a_folder_is_one_line(folder, capsys, argv):
    (folder / "mlruns" / "mlflow.db").mkdir(parents=True)
    code, said = error(run.main, capsys, *argv)
    assert code == 2 and "mlflow.db: --tracking-uri: the MLflow store cannot be opened (unable" in said
    code, said = error(mlflow_ui.main, capsys)
    assert code == 2 and "mlflow.db" in said


def test_an_account_that_is_not_set_up_is_one_short_line(folder, capfd, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    assert run.main(["quick", "--dry-run", "--tracking-uri", "databricks"]) == 2
    said = capfd.readouterr().err
    assert said.startswith("error: databricks: the MLflow store cannot be used: ")
    assert said.endswith(". Check --tracking-uri.\n")
    assert len(said) < 200


def test_a_dry_run_leaves_no_trace(folder, capsys):
    Tracking(default_uri(folder / "mlruns"), root=folder / "mlruns")
    (folder / "mlruns" / "mlflow.lock").unlink()
    assert run.main(["quick", "--dry-run"]) == 0
    assert os.listdir(folder / "mlruns") == ["mlflow.db"]
    shutil.rmtree(folder / "mlruns")
    assert run.main(["quick", "--dry-run"]) == 0
    assert os.listdir(folder) == []


@pytest.mark.parametrize(("main", "argv"), [
    (run.main, ["quick"]), (run.main, ["quick", "--dry-run"]), (clean.main, []),
    (export_labels.main, ["quick", "--out", "labels.json"])])
def test_every_command_says_in_one_line_that_the_store_is_damaged(folder, capsys, main, argv):
    tracking = Tracking(default_uri(folder / "mlruns"), root=folder / "mlruns")
    tracking.begin_run(tracking.experiment("quick"), "a run", tags={})
    with closing(sqlite3.connect(folder / "mlruns" / "mlflow.db")) as store, store:
        store.execute("ALTER TABLE runs RENAME COLUMN status TO statur")  # as a flipped bit in its name does
    code, said = error(main, capsys, *argv)
    assert code == 2 and "mlflow.db: the MLflow store is damaged (no such column: runs.status). Put a copy" in said


@pytest.mark.parametrize(("main", "argv"), [(clean.main, ["--yes"]), (mlflow_ui.main, [])])
def test_a_damaged_page_is_met_by_what_would_not_read_it(folder, capsys, main, argv):
    tracking = Tracking(default_uri(folder / "mlruns"), root=folder / "mlruns")
    tracking.begin_run(tracking.experiment("quick"), "a run", tags={})
    with closing(sqlite3.connect(folder / "mlruns" / "mlflow.db")) as store, store:
        page, = store.execute("SELECT rootpage FROM sqlite_master WHERE name = 'guardrails'").fetchone()
        size, = store.execute("PRAGMA page_size").fetchone()
    with (folder / "mlruns" / "mlflow.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(range(256)) * (size // 256))
    code, said = error(main, capsys, *argv)
    assert code == 2 and "mlflow.db: the MLflow store is damaged (*** in database main ***" in said
