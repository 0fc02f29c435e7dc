"""A project that is moved with its base model: nothing below mlruns/ names the old place, and everything goes on."""

import json
import shutil
import subprocess
import sys

import pytest

from harness.engine.exported_runs import finished_studies, log_seal
from harness.models.loading import ModelShape, build_language_model
from harness.ratings.protocol import StudyProtocol
from harness.records import ArmKey
from harness.tasks.tokenizer import train_tokenizer
from tests.e2e.runs import results, run_study
from tests.faults.bench import SMALL

SETTINGS = {**{key: value for key, value in SMALL.items() if not key.startswith("base_model.")},
            "base_model": "models/mine"}


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The old folder, the new one, and results.json as it was; the harness was not told of the move yet."""
    old = tmp_path_factory.mktemp("before") / "project"
    (old / "models").mkdir(parents=True)
    tokenizer = train_tokenizer(iter(["The cat sat on the mat.\n"] * 50), 300)
    shape = ModelShape(layers=1, width=32, heads=2, context=128, vocab_size=len(tokenizer))
    build_language_model(shape, seed=0).save_pretrained(old / "models" / "mine")
    tokenizer.save_pretrained(old / "models" / "mine")
    ended = run_study(old, settings=SETTINGS)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    document = results(old, "small")
    new = tmp_path_factory.mktemp("after") / "project"
    shutil.move(old, new)
    return old, new, document


@pytest.mark.slow
def test_no_file_but_mlflow_s_names_the_old_place(moved):
    old, new, _ = moved
    naming = {path.relative_to(new).as_posix() for path in (new / "mlruns").rglob("*")
              if path.is_file() and str(old).encode() in path.read_bytes()}
    assert naming == {"mlruns/mlflow.db"}, "MLflow's own is told by the next command"


LOADED = """
import sys, mlflow
from mlflow.transformers import load_model
mlflow.set_tracking_uri("sqlite:///mlruns/mlflow.db")
assert type(load_model(sys.argv[1]).model).__name__ == "GPT2LMHeadModel"
"""
"""In a process of its own, as its users have it: the harness keeps pandas out of MLflow in this one."""


@pytest.mark.slow
def test_its_policies_load_from_the_new_place_and_the_study_goes_on_there(moved, monkeypatch):
    old, new, document = moved
    monkeypatch.chdir(new)
    policy = next(path for path in new.glob("mlruns/artifacts/*/artifacts/model")
                  if "GPT2LMHeadModel" in (path / "MLmodel").read_text(encoding="utf-8"))
    folder = policy.relative_to(new).as_posix()
    subprocess.run([sys.executable, "-c", LOADED, folder], check=True)
    ended = run_study(new, settings={**SETTINGS, "seeds": "[1, 2]"})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [arm for arm in results(new, "small")["arms"] if arm["seed"] != 2] == document["arms"]
    subprocess.run([sys.executable, "-c", LOADED, f"runs:/{policy.parents[1].name}/model"], check=True)
    assert not old.exists()


@pytest.mark.slow
def test_a_seal_goes_into_the_store_beside_the_report(moved, monkeypatch):
    old, new, _ = moved
    monkeypatch.chdir(new)
    ((finished,), _) = finished_studies()
    assert finished.tracking_uri is None and ArmKey("rl", 40, 1) in finished.responses
    log_seal(finished, StudyProtocol(name="people", title="t", instructions="i", seed=1), "0" * 64)
    (seal,) = (new / "mlruns" / "artifacts" / str(finished.execution)).rglob("people-00000000.json")
    assert json.loads(seal.read_text())["seal"] == "0" * 64
    assert not old.exists()
