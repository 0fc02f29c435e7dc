"""A folder with its store can be moved and copied: nothing is computed again, and a copy leaves the original alone."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from mlflow import MlflowClient

from harness import mlflow_ui
from harness.engine.cleaning import Cleaner
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import Done


def opened(root, **named):
    return Tracking(default_uri(root), root=root, **named)


def finish(tracking, fingerprint, *, experiment="one"):
    work = tracking.root / "underway" / fingerprint
    work.mkdir(parents=True)
    (work / "outcome.json").write_text("{}")
    run = tracking.begin_run(tracking.experiment(experiment), "a stage", tags={
        "fingerprint": fingerprint, "is_original": "true"})
    return tracking.finish_stage(run, SimpleNamespace(name=fingerprint, fingerprint=fingerprint, settings=None), work,
                                 Done({}))


@pytest.fixture
def project(tmp_path):
    """The folder of runs of a project below a folder of an awkward name, with two finished stages."""
    root = tmp_path / "old/artifacts/a b%20ä?#" / "mlruns"
    tracking = opened(root)
    for fingerprint in ("first", "second"):
        finish(tracking, fingerprint)
    _register_a_model(MlflowClient(tracking.uri))
    return root


def _register_a_model(client):
    """As MLflow's page does it, of a run's folder; and a model that is only logged."""
    run = client.search_runs([client.get_experiment_by_name("one").experiment_id])[0].info
    client.create_logged_model(run.experiment_id, name="policy", source_run_id=run.run_id)
    client.create_registered_model("registered")
    client.create_model_version("registered", f"{run.artifact_uri}/model", run_id=run.run_id)


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def places(root):
    """All that the store says of where files lie: whatever column of whatever table names a folder of the disk."""
    with closing(sqlite3.connect(root / "mlflow.db")) as store:
        tables = [name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [value for table in tables for row in store.execute(f"SELECT * FROM {table}") for value in row
                if isinstance(value, str) and value.startswith(("file:", "/"))]


@pytest.mark.parametrize("writes", [True, False])
def test_what_was_moved_is_found_where_it_is(project, tmp_path, writes):
    moved = tmp_path / "new" / "mlruns"
    moved.parent.mkdir()
    shutil.move(project.parent / "mlruns", moved)
    found = opened(moved, writes=writes).finished_among(["first", "second"])
    assert list(found) == ["first", "second"]
    assert all(Path(ref.path).is_relative_to(moved) for ref in found.values())
    if writes:
        assert all(place.startswith((moved / "artifacts").as_uri()) for place in places(moved))


def test_a_copy_neither_reads_nor_writes_in_the_original(project, tmp_path):
    before, copy = digests(project), tmp_path / "copy" / "mlruns"
    shutil.copytree(project, copy)
    tracking = opened(copy)
    third = finish(tracking, "third")
    assert all(Path(ref.path).is_relative_to(copy)
               for ref in [third, *tracking.finished_among(["first", "second"]).values()])
    assert digests(project) == before
    shutil.rmtree(project)
    assert list(opened(copy).finished_among(["first", "second", "third"])) == ["first", "second", "third"]


@pytest.mark.parametrize("writes", [True, False])
def test_a_copy_of_the_store_alone_has_nothing_of_the_original_s(project, tmp_path, writes):
    before, copy = digests(project), tmp_path / "copy" / "mlruns"
    copy.mkdir(parents=True)
    shutil.copy(project / "mlflow.db", copy)
    tracking = opened(copy, writes=writes)
    assert tracking.finished_among(["first", "second"]) == {}
    if writes:
        assert Path(finish(tracking, "third").path).is_relative_to(copy)
    assert digests(project) == before


@pytest.mark.parametrize("linked", [True, False])
def test_what_another_folder_made_with_this_store_stays_its_own(project, tmp_path, linked):
    other = tmp_path / "other" / "mlruns"
    third = Path(finish(Tracking(default_uri(project), root=other), "third", experiment="two").path)
    assert third.is_relative_to(other)
    if linked:
        (other / "mlflow.db").symlink_to(project / "mlflow.db")
    assert Path(opened(project).finished("third").path) == third


def test_a_store_that_two_folders_share_keeps_the_places_of_both(project, tmp_path):
    uri, other = default_uri(project), tmp_path / "other" / "mlruns"
    before = places(project)
    tracking = Tracking(uri, root=other)
    assert Path(tracking.finished("first").path).is_relative_to(project)
    assert places(project) == before


def test_artifacts_that_went_to_another_disk_are_found_through_the_link(project, tmp_path):
    shutil.move(project / "artifacts", tmp_path / "disk")
    (project / "artifacts").symlink_to(tmp_path / "disk")
    assert list(opened(project).finished_among(["first", "second"])) == ["first", "second"]


def test_mlflow_s_page_shows_the_files_of_a_moved_project(project, tmp_path, monkeypatch):
    moved = tmp_path / "new" / "mlruns"
    moved.parent.mkdir()
    shutil.move(project, moved)
    monkeypatch.chdir(moved.parent)
    mlflow_ui.server([])
    assert all(place.startswith((moved / "artifacts").as_uri()) for place in places(moved))


def test_a_look_writes_nothing(project):
    before = digests(project)
    looking = opened(project, writes=False)
    assert looking.finished("first") is not None and looking.uri == default_uri(project)
    assert digests(project) == before


def test_a_stage_whose_folder_is_in_its_place_lacks_only_the_word(project):
    tracking = opened(project)
    experiment = tracking.experiment("one")
    runs = [tracking.begin_run(experiment, name, tags={
        "fingerprint": name, "is_original": "true", "mlflow.parentRunId": "gone"}) for name in ("moved", "not")]
    place = project / "artifacts" / runs[0] / "artifacts"
    place.mkdir(parents=True)
    (place / "outcome.json").write_text("{}")
    tracking.end_orphans(experiment, "gone")
    assert list(tracking.finished_among(["moved", "not"])) == ["moved"]


def test_cleaning_leaves_the_files_of_another_folder(project, tmp_path):
    """Two folders share the store: each removes what lies in its own."""
    other = tmp_path / "other" / "mlruns"
    shared = Tracking(default_uri(project), root=other)
    place = other / "artifacts" / shared.begin_run(shared.experiment("two"), "two", tags={
        "level": "stage", "fingerprint": "two"}) / "artifacts"
    (place / "checkpoint" / "left").mkdir(parents=True)
    (place / "outcome.json").write_text("{}")
    found = Cleaner(opened(project).stored_runs(), project).find()
    assert not [each for each in found.waste if each.path.is_relative_to(other)] and found.kept == 1
    assert {each.path for each in Cleaner(shared.stored_runs(), other).find().waste} == {place}
