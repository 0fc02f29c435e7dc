"""`harness raters` looks first at what is in the place of the store: what it refuses stays as it lies."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from harness.raters import main


@pytest.mark.parametrize(("content", "said"), [
    (b"some text", "is not a rating database, or a damaged one (file is not a database). Restore a backup"),
    (bytes(range(256)) * 20, "is not a rating database, or a damaged one"),
    (b"", "the file is empty, no rating store")])
def test_a_file_that_is_no_store_is_left_as_it_lies(content: bytes, said: str, tmp_path: Path,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wrong.db"
    file.write_bytes(content)
    assert main(["--url", f"sqlite:///{file}", "list"]) == 2
    assert said in capsys.readouterr().err
    assert file.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["wrong.db"]


@pytest.mark.parametrize("command", [["list"], ["invite", "amber"], ["restore", "backup.db"]])
def test_another_programs_database_is_never_taken_for_a_store(
        command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--url", "own.db", "invite", "birch"]) == 0
    assert main(["--url", "own.db", "backup", "backup.db"]) == 0
    with closing(sqlite3.connect("other.db")) as other:
        other.executescript("CREATE TABLE alembic_version (version_num); CREATE TABLE events (id);"
                            "INSERT INTO alembic_version VALUES ('dc11669786a5')")
    before = Path("other.db").read_bytes()
    assert main(["--url", "sqlite:///other.db", *command]) == 2
    assert "other.db: it is not a rating database but another program's." in capsys.readouterr().err
    assert {each.name: each.read_bytes() for each in tmp_path.glob("other*")} == {"other.db": before}


@pytest.mark.parametrize(("make", "said"), [
    (Path.mkdir, "it is a folder"), (os.mkfifo, "it is no regular file"),
    (lambda place: place.symlink_to("nowhere"), "it is a link to nowhere, which is not there")])
@pytest.mark.parametrize("command", [["list"], ["invite", "amber"]])
def test_what_is_there_and_is_no_file_is_called_what_it_is(
        make: Callable[[Path], None], said: str, command: list[str], tmp_path: Path,
        capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path / "wrong.db")
    assert main(["--url", f"sqlite:///{tmp_path}/wrong.db", *command]) == 2
    assert f"wrong.db: {said}" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["wrong.db"]


@pytest.mark.parametrize("wrong", [["a" * 500], ["amber", "--email", "nowhere"]])
def test_who_cannot_be_invited_makes_no_store(wrong: list[str], tmp_path: Path) -> None:
    assert main(["--url", f"sqlite:///{tmp_path}/new/ratings.db", "invite", *wrong]) == 2
    assert list(tmp_path.iterdir()) == []
