"""The data sets of queries and labels, as MLflow lists them."""

import hashlib
import json

import pytest
from mlflow import MlflowClient

from harness.engine.data_sets import data_sets, log_data_sets
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import Done
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan

COUNTS = {"train_queries": 6000.0, "valid_queries": 128.0, "test_queries": 256.0}


def stages(kind, *overrides):
    plan = make_plan(load_study(STUDIES / "quick.yaml", overrides), {})
    return [stage for stage in plan.stages if stage.kind == kind]


@pytest.fixture
def folder(tmp_path):
    for name in ("train.arrow", "valid.arrow", "test.arrow", "labels.npy"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_queries_are_one_data_set_a_split(folder):
    found = data_sets(stages("queries")[0], folder, Done(COUNTS))
    assert [(each.name, each.rows, each.context) for each in found] == [
        ("storyworld stories train", 6000, "train"), ("storyworld stories valid", 128, "valid"),
        ("storyworld stories test", 256, "test")]
    assert found[0].digest == hashlib.sha256(b"train.arrow").hexdigest()[:32]


@pytest.mark.parametrize(("source", "name", "kind"), [
    ("{kind: jsonl, path: /somewhere/pairs.jsonl}", "pairs.jsonl", "local"),
    ("{kind: hub, name: owner/texts}", "owner/texts", "hf")])
def test_a_data_set_is_named_after_where_its_text_comes_from(folder, source, name, kind):
    found = data_sets(stages("queries", f"task.source={source}")[0], folder, Done(COUNTS))
    assert (found[0].name, found[0].source_type) == (f"{name} train", kind)


def test_a_piece_of_labels_is_a_data_set_and_other_stages_have_none(folder):
    first = stages("labels")[0]
    (found,) = data_sets(first, folder, Done({"labels": 1000.0}))
    assert (found.name, found.rows, json.loads(found.source)) == (
        f"simulated {first.name}", 1000, {"tags": {"labeler": "vader"}})
    assert data_sets(stages("ppo")[0], folder, Done({"score": 1.0})) == []


def test_mlflow_has_them_as_inputs_of_the_run(folder):
    tracking = Tracking(default_uri(folder), root=folder)
    run = tracking.begin_run(tracking.experiment("quick"), "queries", tags={})
    client = MlflowClient(tracking.uri)
    log_data_sets(client, run, data_sets(stages("queries")[0], folder, Done(COUNTS)))
    inputs = client.get_run(run).inputs.dataset_inputs
    assert {(each.dataset.name, json.loads(each.dataset.profile)["num_rows"]) for each in inputs} >= {
        ("storyworld stories test", 256)}
