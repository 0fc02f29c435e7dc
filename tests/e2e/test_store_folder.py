"""A `mlruns/` that cannot be used is the same line and the same exit code, whichever command comes upon it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import app, clean, export_labels, mlflow_ui, raters, run
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from tests.small_disk import for_reading_only, mounting

Command = tuple[Callable[[list[str]], int], list[str]]
EXPORT_LABELS = (export_labels.main, ["quick", "--out", "labels.json"])
COMMANDS: dict[str, Command] = {
    "run": (run.main, ["quick"]), "dry run": (run.main, ["quick", "--dry-run"]),
    "run with a server": (run.main, ["quick", "--tracking-uri", "http://127.0.0.1:9"]),
    "clean": (clean.main, []), "mlflow": (mlflow_ui.main, []), "app": (app.main, []), "raters": (raters.main, ["list"]),
    "invite": (raters.main, ["invite", "amber"]), "export-labels": EXPORT_LABELS}


def said(command: Command, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code of a command, and its one line."""
    main, arguments = command
    capsys.readouterr()
    code = main(arguments)
    line = capsys.readouterr().err
    assert line.startswith("error: ") and line.count("\n") == 1, line
    return code, line


@pytest.mark.parametrize("name", COMMANDS)
def test_a_link_to_nothing_and_a_file_in_its_place_are_named_by_all(
        name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "mlruns"
    root.symlink_to(tmp_path / "disk")
    assert said(COMMANDS[name], capsys) == (2, f"error: mlruns: it is a link to {tmp_path / 'disk'}, which is not "
                                               "there. Make that folder or mount its disk, or remove the link.\n")
    root.unlink()
    root.write_text("mine", encoding="utf-8")
    assert said(COMMANDS[name], capsys) == (2, f"error: mlruns: {root} is a file, and a folder is needed there. Move "
                                               "the file away, or work in another folder.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["mlruns"] and root.read_text(encoding="utf-8") == "mine"


@pytest.fixture
def read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, with a store, on a disk that is mounted for reading only."""
    if lack := mounting():
        pytest.skip(lack)
    written, disk = tmp_path / "written", tmp_path / "disk"
    written.mkdir()
    disk.mkdir()
    monkeypatch.chdir(written)
    store = Tracking(default_uri(Path("mlruns")), root=Path("mlruns"))
    store.end_run(store.begin_run(store.experiment("one"), "one", tags={"level": "execution"}))
    with for_reading_only(written, disk):
        monkeypatch.chdir(disk)
        yield disk
        monkeypatch.chdir(tmp_path)


def test_a_disk_that_is_mounted_for_reading_only_has_one_code_and_one_cure(
        read_only: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (COMMANDS["run"], (clean.main, ["--yes"]), COMMANDS["mlflow"], COMMANDS["invite"]):
        code, line = said(command, capsys)
        assert code == 4 and f"the disk is mounted for reading only, at {read_only}. Mount it for writing or" in line


def test_what_writes_nothing_needs_no_disk_to_write_on(read_only: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clean.main([]) == 0
    assert "can go: `harness clean --yes` removes it" in capsys.readouterr().out
    assert run.main(["quick", "--dry-run"]) == 0
    assert "stages to run" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "is_folder"), [
    ("reports/quick", False), ("reports/quick/figures", False), ("reports/quick/results.json", True),
    ("reports/quick/execution.json", True), ("reports/quick/figures/win_rates.svg", True), ("mlflow.lock", True)])
def test_what_stands_in_the_report_s_way_is_said_before_the_study_begins(
        name: str, is_folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "mlruns" / name
    place.parent.mkdir(parents=True)
    place.mkdir() if is_folder else place.write_text("mine", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    for command in (COMMANDS["run"], COMMANDS["dry run"]):
        code, line = said(command, capsys)
        assert code == 2 and f"mlruns/{name}" in line and " away" in line
    assert sorted(tmp_path.rglob("*")) == before
