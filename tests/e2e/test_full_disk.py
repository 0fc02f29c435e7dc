"""A full disk under ratings, their exports and backups, pages and the cleaning of it: one line, and nothing is lost."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import app_visitor
import pytest
from app_visitor import Visitor, press, words
from rating_helpers import item_set, publish, rater_in

from dashboards import identity
from harness import analyze, clean
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.raters import main
from harness.ratings import judging
from harness.ratings.store import RatingStore, open_store
from tests.e2e.command_files import rows_of_three_raters, write_csv
from tests.small_disk import empty, fill, mounting, small_disk

visit = app_visitor.visit


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of two megabytes."""
    if lack := mounting():
        pytest.skip(lack)
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, 2048):
        yield folder


@pytest.fixture
def store(disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RatingStore]:
    """A rating store on the small disk."""
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{disk / 'ratings.db'}")
    monkeypatch.setattr(judging, "MIN_DWELL_MS", 0)
    monkeypatch.chdir(disk)
    identity.store.cache_clear()
    yield identity.store()
    identity.store().database.release()
    identity.store.cache_clear()


def judged(store: RatingStore, count: int = 4) -> str:
    study = publish(store, item_set(count, overlap=1))
    rater = rater_in(store, study, "amber")
    for _ in range(count):
        store.vote(rater, str(store.next_assignment(study, rater)), revision=0, choice="left")
    return study


def refused(capsys: pytest.CaptureFixture[str], act: Callable[[], int]) -> str:
    """What a command says that ends with exit code 4 and one line."""
    capsys.readouterr()
    assert act() == 4
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1, said.err
    assert "the disk is full" in said.err and "Free space there" in said.err, said.err
    return said.err


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_an_export_that_does_not_fit_leaves_the_old_one_whole(
        store: RatingStore, disk: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    judged(store)
    target = disk / f"ratings.{kind}"
    export = lambda: main(["export", "pilot", "-o", str(target)])  # noqa: E731
    assert export() == 0
    whole = target.read_bytes()
    fill(disk)
    before = {path.name for path in disk.iterdir()}
    assert str(disk) in refused(capsys, export)
    assert target.read_bytes() == whole and {path.name for path in disk.iterdir()} == before
    empty(disk)
    assert export() == 0 and target.read_bytes() == whole


def test_a_backup_that_does_not_fit_is_none_and_a_restore_leaves_the_store(
        store: RatingStore, disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = judged(store)
    assert main(["backup", str(tmp_path / "whole.db")]) == 0
    fill(disk)
    refused(capsys, lambda: main(["backup", str(disk / "copy.db")]))
    assert not list(disk.glob("copy.db*"))
    empty(disk)
    identity.store().database.release()
    gc.collect()  # what the commands above opened, as their process would let go of it at its end
    with closing(sqlite3.connect(disk / "ratings.db")) as alone:
        alone.execute("PRAGMA journal_mode=DELETE")  # as a restore begins, which makes room
    fill(disk)
    assert "Nothing was changed" in refused(capsys, lambda: main(["restore", str(tmp_path / "whole.db")]))
    assert not list(disk.glob("*restor*"))
    empty(disk)
    again = open_store()
    assert len(again.finals(study)) == 4 and again.verify(study).problems == ()


def test_a_vote_that_cannot_be_written_is_said_to_the_rater_and_not_counted(
        store: RatingStore, disk: Path, visit: Callable[..., Visitor], caplog: pytest.LogCaptureFixture) -> None:
    study = publish(store, item_set(60, overlap=1))
    app = visit("amber").open()
    press(press(app, "I agree: begin"), "Left")
    fill(disk)
    saved = 1
    for _ in range(40):  # the write-ahead log has room for a few more
        press(app, "Left")
        if "can't be saved" in words(app):
            break
        saved += 1
    else:
        pytest.fail("nothing was refused")
    assert f"the disk is full, at {disk}" in caplog.text and "Free space there" in caplog.text
    if "Left" in words(app):
        press(app, "Left")
        assert "can't be saved" in words(app)
    empty(disk)
    app.run()
    assert len(store.finals(study)) == saved and store.verify(study).problems == ()
    press(app, "Left")
    assert len(store.finals(study)) == saved + 1


def test_a_page_that_does_not_fit_leaves_the_old_one_whole(
        disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ratings, page = write_csv(tmp_path / "ratings.csv", rows_of_three_raters()), disk / "page.html"
    command = [str(ratings), "--html", str(page)]
    assert analyze.main(command) == 0
    whole = page.read_bytes()
    fill(disk)
    refused(capsys, lambda: analyze.main(command))
    assert page.read_bytes() == whole and {path.name for path in disk.iterdir()} == {"page.html", "filling"}


def test_cleaning_makes_room_on_the_disk_that_is_full(
        disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
    monkeypatch.chdir(disk)
    store = Tracking(default_uri(disk / "mlruns"), root=disk / "mlruns")
    store.end_run(store.begin_run(store.experiment("one"), "one", tags={"level": "execution"}), "FINISHED")
    folder = disk / "mlruns" / "downloads" / ("0" * 32)
    folder.mkdir(parents=True)
    (folder / "model").write_bytes(bytes(1 << 20))
    fill(disk)
    assert clean.main(["--yes"]) == 0, capsys.readouterr().err
    assert not folder.exists()


def test_cleaning_does_not_send_to_itself(
        disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The store was moved, and its places cannot be written."""
    monkeypatch.chdir(disk)
    store = Tracking(default_uri(disk / "mlruns"), root=disk / "mlruns")
    store.end_run(store.begin_run(store.experiment("one"), "one", tags={"level": "execution"}), "FINISHED")
    (disk / "mlruns").rename(disk / "moved")
    (disk / "new").mkdir()
    (disk / "moved").rename(disk / "new" / "mlruns")
    monkeypatch.chdir(disk / "new")
    fill(disk)
    assert "harness clean" not in refused(capsys, lambda: clean.main(["--yes"]))
