"""What an execution leaves in MLflow, as its page filters and shows it."""

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient

from harness.engine.run_records import RunRecords
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import ArtifactRef, Pending
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan


@pytest.fixture(scope="module")
def plan():
    return make_plan(load_study(STUDIES / "quick.yaml"), {})


@pytest.fixture
def root(tmp_path):
    (tmp_path / "locks").mkdir()
    return tmp_path


@pytest.fixture
def tracking(root):
    return Tracking(default_uri(root), root=root)


@pytest.fixture
def client(tracking):
    return MlflowClient(tracking_uri=tracking.uri)


@pytest.fixture
def records(plan, tracking, root):
    return RunRecords(plan, tracking, locks=root / "locks")


def test_an_execution_says_its_study_its_seed_and_its_commit(records, client, plan):
    with records.begin():
        records.end("FINISHED", {"executed": 3, "reused": 2, "failed": 0})
    run = client.get_run(records.run_id)
    assert run.info.status == "FINISHED"
    assert (run.data.params["study"], run.data.params["seed"]) == ("quick", str(plan.study.seed))
    assert (run.data.params["ppo.learning_rate"], run.data.params["labels.budgets"]) == ("0.0004", "[16, 1000, 4000]")
    assert len(run.data.tags["mlflow.source.git.commit"]) == 40
    assert run.data.metrics == {"stages_executed": 3, "stages_reused": 2, "stages_failed": 0}
    folder = Path(run.info.artifact_uri.removeprefix("file://"))
    assert {path.name for path in folder.iterdir()} == {
        "study.json", "analysis_plan.json", "versions.json", "plan.json"}
    assert [row["fingerprint"] for row in json.loads((folder / "plan.json").read_text())] == [
        stage.fingerprint for stage in plan.stages]


def test_a_killed_execution_and_its_stages_are_ended_by_the_next(records, client, plan, tracking, root):
    lock = records.begin()
    with lock:
        of_arm = next(stage for stage in plan.stages if stage.arm is not None)
        stages = [records.stage_begun(plan.stages[0]), records.stage_begun(of_arm)]
        RunRecords(plan, tracking, locks=root / "locks").end_killed_executions()
        assert client.get_run(records.run_id).info.status == "RUNNING", "its lock is held"
    RunRecords(plan, tracking, locks=root / "locks").end_killed_executions()
    below = [*stages, *records.tree.run_ids()]
    assert len(below) == 4
    assert {client.get_run(run).data.tags["execution"] for run in below} == {records.run_id}
    assert {client.get_run(run).info.status for run in (records.run_id, *below)} == {"KILLED"}


def test_a_stage_that_fails_says_why_and_one_that_waits_says_for_what(records, client, plan, tmp_path):
    with records.begin():
        failed, waits = records.stage_begun(plan.stages[0]), records.stage_begun(plan.stages[1])
        records.stage_failed(failed, plan.stages[0], tmp_path, ValueError("broken"), "ValueError: broken")
        records.stage_waits(waits, plan.stages[1], Pending("people judge", missing=7, what="judgments"))
    found = client.get_run(failed)
    assert (found.info.status, found.data.tags["failure"]) == ("FAILED", "ValueError: broken")
    assert [file.path for file in client.list_artifacts(failed)] == ["traceback.txt"]
    found = client.get_run(waits)
    assert (found.info.status, found.data.tags["pending"], found.data.tags["missing"]) == (
        "SCHEDULED", "people judge", "7")


def test_where_the_report_is_there_it_alone_is_noted_as_reused(records, client, plan):
    refs = {stage.fingerprint: ArtifactRef(stage.fingerprint, "somewhere", f"run of {stage.name}")
            for stage in plan.stages}
    with records.begin():
        records.reused(plan.stages, refs)
    children = client.search_runs([client.get_run(records.run_id).info.experiment_id],
                                  f"tags.mlflow.parentRunId = '{records.run_id}'")
    assert [(run.data.tags["kind"], run.data.tags["reused_from"]) for run in children] == [
        ("report", f"run of {plan.report.name}")]
