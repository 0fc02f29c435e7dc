"""Which stages are finished: the same answer for one and for many, however old their runs are."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from mlflow import MlflowClient

from harness.engine import tracking as module
from harness.engine.tracking import Tracking, default_uri
from harness.records import Done, Environment

HERE = Environment(host="here", cpu="a processor", threads=2, torch="2.13", device="cpu", small_kernels="0123",
                   large_kernels="off (no compiler)", compiler="none")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Four stages that ended one after the other, of two studies."""
    root = tmp_path_factory.mktemp("mlruns")
    tracking = Tracking(default_uri(root), root=root)
    for number, study in enumerate(["one", "two", "one", "two"]):
        finish(tracking, study, f"stage{number}")
    return tracking


def finish(tracking, study, fingerprint):
    work = tracking.root / "underway" / fingerprint
    work.mkdir(parents=True)
    (work / "outcome.json").write_text("{}")
    run = tracking.begin_run(tracking.experiment(study), "a stage", tags={
        "fingerprint": fingerprint, "is_original": "true"})
    return tracking.finish_stage(run, SimpleNamespace(name=fingerprint, fingerprint=fingerprint, settings=None), work,
                                 Done({"loss": 0.5}, {fingerprint: HERE, "before": replace(HERE, host="there")}))


@pytest.mark.parametrize("newest", [1, 2, 250])
def test_many_stages_are_found_as_each_alone_is(store, monkeypatch, newest):
    monkeypatch.setattr(module, "NEWEST", newest)
    fingerprints = [f"stage{number}" for number in range(5)]
    found = store.finished_among(fingerprints)
    assert list(found) == fingerprints[:4]
    assert found == {fingerprint: store.finished(fingerprint) for fingerprint in fingerprints[:4]}
    assert store.finished("stage4") is None


def test_a_run_that_lost_its_files_is_no_finished_stage(store):
    lost = finish(store, "one", "lost")
    assert list(store.finished_among(["stage2", "lost"])) == ["stage2", "lost"]
    shutil.rmtree(lost.path)
    assert list(store.finished_among(["stage2", "lost"])) == ["stage2"]


def test_a_finished_stage_is_found_in_mlflow_by_what_it_was_computed_with(store):
    client = MlflowClient(tracking_uri=store.uri)
    experiments = [found.experiment_id for found in client.search_experiments()]
    runs = client.search_runs(experiments, "params.host = 'here' and params.large_kernels LIKE 'off%'")
    assert {run.data.tags["fingerprint"] for run in runs} >= {"stage0", "stage3"}
    assert not client.search_runs(experiments, "params.host = 'there'")
    assert runs[0].data.metrics == {"summary/loss": 0.5}


def test_a_run_that_was_given_up_is_no_finished_stage_and_says_why(store):
    first = finish(store, "one", "twice")
    second = finish(store, "two", "twice")
    store.give_up(second, "model.bin: its bytes are not those that were written")
    assert store.finished("twice") == first
    store.give_up(first, "outcome.json: is no longer JSON")
    assert store.finished("twice") is None and not store.finished_among(["twice"])
    run = MlflowClient(tracking_uri=store.uri).get_run(first.run_id)
    assert (run.info.status, run.data.tags["damaged"]) == ("FINISHED", "outcome.json: is no longer JSON")
