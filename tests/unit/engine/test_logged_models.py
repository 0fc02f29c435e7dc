"""The models of stages in MLflow: linked to run and figures, and found where the stage wrote them."""

import shutil

import pytest
from mlflow import MlflowClient

from harness.engine.logged_models import begin_model, models_of
from harness.engine.stage_files import local_path
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import Done
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan

PPO = next(stage for stage in make_plan(load_study(STUDIES / "quick.yaml"), {}).stages if stage.kind == "ppo")


@pytest.fixture
def finished(tmp_path):
    """A store's root, its client, and the run of a stage that left a model."""
    root = tmp_path / "mlruns"
    tracking = Tracking(default_uri(root), root=root)
    work = root / "underway" / PPO.fingerprint
    (work / "model").mkdir(parents=True)
    (work / "model" / "MLmodel").write_text("{}")
    (work / "outcome.json").write_text('{"summary": {"score": 0.5}}')
    run = tracking.begin_run(tracking.experiment("quick"), PPO.name, tags={"kind": "ppo", "is_original": "true"},
                             params={"ppo.learning_rate": "0.0006"})
    tracking.finish_stage(run, PPO, work, Done({"score": 0.5}))
    return root, tracking, MlflowClient(tracking.uri), run


def test_a_model_is_linked_to_its_run_its_settings_and_its_figures(finished):
    _, tracking, client, run = finished
    (output,) = client.get_run(run).outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    assert (model.source_run_id, model.status, model.model_type) == (run, "READY", "policy")
    assert model.params["ppo.learning_rate"] == "0.0006"
    assert [(metric.key, metric.value) for metric in model.metrics] == [("summary/score", 0.5)]
    assert f'load_model("runs:/{run}/model")' in model.tags["mlflow.note.content"]
    tracking.log_metrics(run, {"win_rate_vs_zero_shot": 0.75}, model=tracking.models_of([run])[run])
    assert ("win_rate_vs_zero_shot", 0.75) in {
        (metric.key, metric.value) for metric in client.get_logged_model(output.model_id).metrics}


def test_its_files_are_those_of_the_run_also_after_a_move(finished, tmp_path):
    root, _, client, run = finished
    model = client.get_run(run).outputs.model_outputs[0].model_id
    assert [file.path for file in client.list_logged_model_artifacts(model)] == ["MLmodel"]
    shutil.move(root, tmp_path / "elsewhere")
    link = tmp_path / "elsewhere" / "artifacts" / "models" / model / "artifacts"
    assert link.is_symlink() and (link / "MLmodel").is_file()


@pytest.mark.parametrize(("status", "settled"), [("FINISHED", "READY"), ("KILLED", None), ("FAILED", None),
                                                 ("RUNNING", "PENDING")])
def test_what_a_kill_left_pending_is_ready_or_gone_once_its_run_has_ended(finished, status, settled):
    root, tracking, client, _ = finished
    experiment = tracking.experiment("quick")
    run = client.create_run(experiment, tags={"kind": "ppo", "mlflow.runName": "ppo"})
    client.set_terminated(run.info.run_id, status)
    work = root / "underway" / "killed"
    (work / "model").mkdir(parents=True)
    (work / "model" / "MLmodel").write_text("{}")
    model = begin_model(client, run, work, local=local_path)
    folder = root / "artifacts" / "models" / model
    assert (folder / "artifacts").is_symlink()
    tracking.settle_models(experiment)
    left = {each.model_id: str(each.status) for each in client.search_logged_models([experiment])}
    assert left.pop(model, None) == settled
    assert folder.exists() == (settled is not None)
    assert list(left.values()) == ["READY"], "the finished one stays"


def test_a_stage_without_a_model_has_none(finished):
    root, tracking, client, run = finished
    work = root / "underway" / "other"
    work.mkdir(parents=True)
    other = tracking.begin_run(tracking.experiment("quick"), "measure", tags={"kind": "measure"})
    tracking.finish_stage(other, PPO, work, Done({}))
    experiments = [found.experiment_id for found in client.search_experiments()]
    assert list(models_of(client, experiments, [run, other])) == [run]
    assert models_of(client, experiments, []) == {}
