"""The links by which MLflow finds a model's files go with these, and those of what runs stay."""

from dataclasses import replace

from mlflow import MlflowClient

from tests.unit.engine import test_cleaning
from tests.unit.engine.test_cleaning import NEW, OLD, cleaner, ended, of_kind, tracking

running = test_cleaning.running


def _model_of(root, run):
    """A model that is linked to the files of this stage's run, as `logged_models.begin_model` leaves it."""
    store = tracking(root)
    client = MlflowClient(store.uri)
    model = client.create_logged_model(store.experiment("quick"), name="policy", source_run_id=run.run_id).model_id
    link = root / "artifacts" / "models" / model / "artifacts"
    link.parent.mkdir(parents=True)
    link.symlink_to(f"../../{run.run_id}/artifacts/model")
    if run.folder is not None:
        (run.folder / "model").mkdir()
    assert link.exists() == (run.folder is not None)
    return model


def test_links_and_models_go_with_the_stages_that_go_and_without_a_stage(tmp_path):
    ended(tmp_path, OLD, "FAILED")
    ended(tmp_path, NEW, "FINISHED")
    going = next(each.run for each in cleaner(tmp_path).find().waste if each.kind == "stages")
    staying = next(run for run in tracking(tmp_path).stored_runs().of_level("stage")
                   if run.fingerprint == NEW.stages[0].fingerprint)
    store = tracking(tmp_path)
    killed = store.begin_run(store.experiment("quick"), "ppo", tags={"level": "stage", "fingerprint": "f" * 32})
    store.end_run(killed, "KILLED")
    gone, kept, dangling = (_model_of(tmp_path, run) for run in (
        going, staying, replace(staying, run_id=killed, folder=None)))
    assert of_kind(tmp_path, "links of models") == {f"artifacts/models/{model}" for model in (gone, dangling)}
    assert (tmp_path / "artifacts" / "models" / gone / "artifacts").is_symlink(), "finding changes nothing"
    waste = cleaner(tmp_path).find().waste
    assert {each.path for each in cleaner(tmp_path).remove(waste)} == {each.path for each in waste}
    assert [path.name for path in (tmp_path / "artifacts" / "models").iterdir()] == [kept]
    client = MlflowClient(store.uri)
    assert [model.model_id for model in client.search_logged_models([store.experiment("quick")])] == [kept]


def test_links_of_what_runs_stay(tmp_path, running):
    ended(tmp_path, NEW, "FINISHED")
    running("seed=2")
    store = tracking(tmp_path)
    run = next(run for run in store.stored_runs().of_level("stage") if run.status == "RUNNING")
    _model_of(tmp_path, replace(run, folder=None))
    assert of_kind(tmp_path, "links of models") == set()
