"""Which stages are finished: the same answer for one and for many, however old their runs are."""

import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from mlflow import MlflowClient

from harness.engine import tracking as module
from harness.engine.tracking import Tracking, refusals
from harness.engine.tracking_uri import check_reachable, default_uri
from harness.errors import DamagedFile
from harness.records import Done, Environment

HERE = Environment(host="here", cpu="a processor", threads=2, torch="2.13", device="cpu", small_kernels="0123",
                   large_kernels="off (no compiler)", compiler="none")
PAGE = 4096
"""Bytes of one of SQLite's."""


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


@pytest.mark.parametrize("turn", range(8))
def test_a_store_with_a_lost_page_serves_or_is_called_damaged(store, tmp_path, turn):
    """Pages of the file are zeros, one at a time: the first ones hold the tables' names, the last ones the runs."""
    content = (store.root / "mlflow.db").read_bytes()
    pages, said = len(content) // PAGE, []
    for page in sorted({*range(turn, pages, 64), pages - 1 - turn}):
        root = tmp_path / f"{page}"
        root.mkdir()
        (root / "mlflow.db").write_bytes(content[:page * PAGE] + bytes(PAGE) + content[(page + 1) * PAGE:])
        try:
            serve(root)
        except DamagedFile as error:
            said.append(str(error))
    assert said or turn  # without the first page there is no database
    assert all("mlflow.db: the MLflow store is damaged" in line and "move it away" in line for line in said)


def serve(root):
    """What an execution asks of a store."""
    uri = default_uri(root)
    check_reachable(uri)
    with refusals(uri):
        tracking = Tracking(uri, root=root)
        tracking.finished_among(["stage0"])
        experiment = tracking.experiment("one")
        tracking.running_executions(experiment)
        run = tracking.begin_run(experiment, "new", tags={"level": "execution"}, params={"ppo.episodes": 1})
        tracking.log_metrics(run, {"loss": 0.5})
        tracking.end_run(run)
