"""What an execution leaves in MLflow, as its page filters and shows it."""

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient

from harness.engine.run_records import RunRecords, arm_params
from harness.engine.tracking import Tracking, default_uri
from harness.records import ArmKey, ArtifactRef, Pending
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
        stage = records.stage_begun(plan.stages[0])
        RunRecords(plan, tracking, locks=root / "locks").end_killed_executions()
        assert client.get_run(records.run_id).info.status == "RUNNING", "its lock is held"
    RunRecords(plan, tracking, locks=root / "locks").end_killed_executions()
    assert {client.get_run(run).info.status for run in (records.run_id, stage)} == {"KILLED"}


def test_a_stage_that_fails_says_why_and_one_that_waits_says_for_what(records, client, plan, tmp_path):
    with records.begin():
        failed, waits = records.stage_begun(plan.stages[0]), records.stage_begun(plan.stages[1])
        records.stage_failed(failed, tmp_path, ValueError("broken"), "ValueError: broken")
        records.stage_waits(waits, Pending("people judge", missing=7, what="judgments"))
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


@pytest.mark.parametrize(("arm", "params"), [
    (ArmKey("zero_shot"), {"arm": "zero_shot"}),
    (ArmKey("rl", 5000, 2), {"arm": "rl", "label_budget": 5000, "seed": 2}),
    (ArmKey("gold", 0, 1), {"arm": "gold", "label_budget": 0, "seed": 1})])
def test_runs_are_found_by_what_their_arm_has(arm, params):
    assert arm_params(arm) == params
