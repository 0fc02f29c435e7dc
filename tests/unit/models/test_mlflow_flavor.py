"""What a stage saves is a model of MLflow where it lies, and lies on the disk once."""

import json
import subprocess
import sys

import pytest
import torch

from harness.models.loading import ModelShape, build_language_model
from harness.models.mlflow_flavor import MLMODEL_FILE
from harness.models.policy import Policy
from harness.models.reward import RewardModel
from harness.tasks.tokenizer import train_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(iter(["The cat sat on the mat.\n"] * 50), 300)


@pytest.fixture
def language_model(tokenizer):
    return build_language_model(ModelShape(layers=1, width=16, heads=2, context=32, vocab_size=len(tokenizer)), seed=0)


LOADED = """
import sys, torch
from mlflow.transformers import load_model
pipeline = load_model(sys.argv[1] + "/policy")
tokens = pipeline.tokenizer("The cat", return_tensors="pt").input_ids
parts = load_model(sys.argv[1] + "/reward", return_type="components")
logit = parts["model"](parts["tokenizer"]("The cat", return_tensors="pt").input_ids).logits
torch.save({"tokens": tokens, "logits": pipeline.model(tokens).logits.detach(),
            "reward": logit.detach() + parts["model"].config.reward_offset}, sys.argv[1] + "/loaded.pt")
"""
"""In a process of its own, as its users have it: the harness keeps pandas out of MLflow in this one."""


@pytest.mark.slow
def test_a_policy_and_a_reward_model_load_through_mlflow(tmp_path, tokenizer, language_model):
    Policy(language_model, temperature=1.0).save_pretrained(tmp_path / "policy", tokenizer)
    reward = RewardModel.from_language_model(language_model, seed=1)
    reward.save_pretrained(tmp_path / "reward", tokenizer)
    subprocess.run([sys.executable, "-c", LOADED, str(tmp_path)], check=True)
    loaded = torch.load(tmp_path / "loaded.pt", weights_only=True)
    tokens = tokenizer("The cat", return_tensors="pt").input_ids
    assert torch.equal(loaded["tokens"], tokens)
    assert torch.equal(loaded["logits"], language_model(tokens).logits)
    raw = reward.head(language_model.base_model(tokens).last_hidden_state[0, -1])
    assert loaded["reward"].item() == pytest.approx(raw.item(), abs=1e-5)


def test_the_tokenizer_is_linked_not_copied(tmp_path, tokenizer, language_model):
    Policy(language_model, temperature=1.0).save_pretrained(tmp_path, tokenizer)
    linked = tmp_path / "components" / "tokenizer"
    assert {file.name for file in linked.iterdir()} >= {"tokenizer.json", "tokenizer_config.json"}
    assert all(file.samefile(tmp_path / file.name) for file in linked.iterdir())
    before = (tmp_path / MLMODEL_FILE).read_bytes()
    Policy(language_model, temperature=1.0).save_pretrained(tmp_path, tokenizer)
    assert (tmp_path / MLMODEL_FILE).read_bytes() == before, "saved again it is the same file"
    assert json.loads(before)["flavors"]["transformers"]["pipeline_model_type"] == "GPT2LMHeadModel"


def test_without_links_it_is_copied(tmp_path, tokenizer, language_model, monkeypatch):
    def no_links(*_):
        raise OSError("no links here")

    monkeypatch.setattr("os.link", no_links)
    Policy(language_model, temperature=1.0).save_pretrained(tmp_path, tokenizer)
    assert (tmp_path / "components" / "tokenizer" / "tokenizer.json").is_file()
