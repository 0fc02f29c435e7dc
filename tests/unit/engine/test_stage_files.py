"""A stage's files are looked for without being fetched, and only 'not found' means that they are absent."""

import multiprocessing
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from harness import run
from harness.artifacts.outcome import write_outcome
from harness.engine.stage_files import StageFiles
from harness.engine.store_errors import http_status
from harness.engine.tracking import Tracking, refusals
from harness.errors import DamagedFile, StoreRefused
from harness.records import ArtifactRef, Done
from tests.tracking_server import ARTIFACTS, EXPERIMENTS, FILES, SEARCH, serving

NOBODY = 65534


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture
def store(server, tmp_path):
    return Tracking(server.url, root=tmp_path)


def files_asked_for(server):
    return sorted(path.rsplit("/", 1)[-1] for path in server.asked if path.startswith(f"{ARTIFACTS}/"))


def test_looking_fetches_nothing_and_fetching_once_is_enough(server, store, tmp_path):
    found = store.finished_among(["first", "second"])
    assert list(found) == ["first", "second"]
    assert files_asked_for(server) == [] and not (tmp_path / "downloads").exists()
    for _ in range(2):
        folder = store.fetch(found["first"])
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == FILES
        assert files_asked_for(server) == sorted(FILES)
    server.asked.clear()
    assert store.finished("first") == found["first"]
    assert ARTIFACTS not in server.asked


def test_files_that_are_not_found_are_absent(server, store):
    server.files.pop("outcome.json")
    assert store.finished("first") is None
    server.refused[ARTIFACTS] = 404
    assert store.finished("first") is None


@pytest.mark.parametrize("status", [401, 403, 400])
def test_files_that_are_refused_are_not_absent(server, store, status):
    server.refused[ARTIFACTS] = status
    with pytest.raises(StoreRefused, match=rf"does not give the files of the finished stage first \({status} .*Set ML"):
        store.finished_among(["first"])


def test_files_that_are_refused_or_gone_when_they_are_fetched(server, store, tmp_path):
    ref = store.finished("first")
    server.refused[f"{ARTIFACTS}/1/first/artifacts/model.bin"] = 403
    with pytest.raises(StoreRefused, match=r"does not give the files of the finished stage first .*403"):
        store.fetch(ref)
    server.refused.clear()
    outcome = server.files.pop("outcome.json")
    with pytest.raises(StoreRefused, match=r"no longer there. Give the same command again"):
        store.fetch(ref)
    server.files["outcome.json"] = outcome
    assert sorted(file.name for file in store.fetch(ref).iterdir()) == sorted(FILES)


@pytest.fixture
def listed(server, tmp_path):
    """The server's files are listed in their outcome, with sizes and digests."""
    folder = tmp_path / "listed"
    folder.mkdir()
    (folder / "model.bin").write_bytes(FILES["model.bin"])
    write_outcome(folder, Done({"loss": 0.5}))
    server.files |= {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_copy_that_is_damaged_is_fetched_once_more(server, store, tmp_path, listed):
    ref = store.finished("first")
    folder = store.fetch(ref)
    (folder / "model.bin").write_bytes(b"weighty")
    assert store.fetch(ref) == folder and len(files_asked_for(server)) == 2, "it was checked in this execution"
    again = Tracking(server.url, root=tmp_path)
    assert (again.fetch(ref) / "model.bin").read_bytes() == FILES["model.bin"]
    assert len(files_asked_for(server)) == 4


@pytest.mark.parametrize("content", [b"weightz", b"weight", None])
def test_what_the_server_itself_keeps_damaged_is_said(server, store, listed, content):
    server.files["model.bin"] = content
    if content is None:
        del server.files["model.bin"]
    ref = store.finished("first")
    for _ in range(2):
        with pytest.raises(DamagedFile, match=r"first/model\.bin: "):
            store.fetch(ref)


def test_what_the_tracking_server_refuses_is_said(server, store, tmp_path):
    server.refused[SEARCH] = 403
    with pytest.raises(StoreRefused, match=r"the tracking server refuses \(API request .*403"), refusals(server.url):
        store.finished("first")
    server.refused[EXPERIMENTS] = 401
    with pytest.raises(StoreRefused, match=r"the tracking server refuses \(API request .*401"):
        Tracking(server.url, root=tmp_path)


def test_another_error_than_a_refusal_passes(server, store):
    server.refused[SEARCH] = 400
    with pytest.raises(Exception, match="400") as caught, refusals(server.url):
        store.finished("first")
    assert not isinstance(caught.value, StoreRefused)
    assert http_status(caught.value) == 400


@pytest.mark.parametrize(("refused", "code", "said"), [
    ({}, 0, ""), ({ARTIFACTS: 403}, 4, "error: mlflow-artifacts:"), ({SEARCH: 401}, 4, "error: http://127.0.0.1"),
    ({"/health": 401}, 4, "error: http://127.0.0.1")])
def test_a_dry_run_looks_and_fetches_nothing(server, tmp_path, monkeypatch, capsys, refused, code, said):
    monkeypatch.chdir(tmp_path)
    server.refused |= refused
    assert run.main(["quick", "--dry-run", "--tracking-uri", server.url]) == code
    shown = capsys.readouterr()
    assert shown.err.startswith(said) and shown.err.count("\n") == (code != 0)
    assert ("0 stages to run" in shown.out) is (code == 0)
    assert files_asked_for(server) == []


@pytest.fixture
def folder():
    """A stage's files, where also another user may look: pytest's own folders are for one user alone."""
    above = Path(tempfile.mkdtemp())
    above.chmod(0o755)
    folder = above / "first"
    folder.mkdir(mode=0o755)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(above)


def as_a_stranger(function):
    """Whether this holds for a user who owns nothing here."""
    def change_user():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        function()

    process = multiprocessing.get_context("fork").Process(target=change_user)
    process.start()
    process.join()
    return process.exitcode == 0


def test_a_local_folder_that_may_not_be_read_is_not_absent(folder):
    files, uri = StageFiles(None, folder.parent / "downloads"), folder.as_uri()
    ref = ArtifactRef("first", str(folder), "run")

    def all_is_there():
        assert files.are_there("run", uri, "first") and files.fetch(ref) == folder

    def the_look_is_refused():
        with pytest.raises(StoreRefused, match=r"outcome\.json: this user may not read it\. Ask its owner"):
            files.are_there("run", uri, "first")

    def a_file_is_refused():
        with pytest.raises(StoreRefused, match=r"model\.bin: this user may not read it\. Ask its owner"):
            files.fetch(ref)

    assert as_a_stranger(all_is_there)
    (folder / "model.bin").chmod(0)
    assert as_a_stranger(a_file_is_refused)
    folder.chmod(0)
    assert as_a_stranger(the_look_is_refused)
    folder.chmod(0o755)
    (folder / "outcome.json").unlink()
    assert not files.are_there("run", uri, "first")
