"""Weights from scratch follow from the seed; what cannot be loaded says how to mend it."""

import json
import os
import stat

import pytest
import torch

from harness.errors import InputError
from harness.models.loading import (
    ModelShape,
    build_language_model,
    check_language_model,
    load_language_model,
    load_tokenizer,
)
from harness.models.reward import RewardModel
from tests import tiny

SHAPE = ModelShape(layers=1, width=16, heads=2, context=16, vocab_size=11)


def test_weights_from_scratch_depend_on_the_seed_alone():
    torch.manual_seed(1)
    first = build_language_model(SHAPE, seed=5)
    state = torch.random.get_rng_state()
    second = build_language_model(SHAPE, seed=5)
    assert torch.equal(torch.random.get_rng_state(), state), "the global random state is left alone"
    assert torch.equal(first.transformer.wte.weight, second.transformer.wte.weight)
    assert not torch.equal(first.transformer.wte.weight, build_language_model(SHAPE, seed=6).transformer.wte.weight)


def saved(tmp_path):
    folder = tmp_path / "model"
    build_language_model(SHAPE, seed=0).save_pretrained(folder)
    return folder


def test_a_folder_without_weights(tmp_path):
    folder = saved(tmp_path)
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"no weights.*save_pretrained"):
        load_language_model(folder)


def test_a_folder_with_half_its_weights(tmp_path):
    folder = saved(tmp_path)
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[:len(content) // 2])
    with pytest.raises(InputError, match="could not be loaded"):
        load_language_model(folder)


def test_a_folder_without_configuration(tmp_path):
    folder = saved(tmp_path)
    (folder / "config.json").unlink()
    with pytest.raises(InputError, match=r"no config\.json"):
        load_language_model(folder)


def test_a_folder_without_tokenizer(tmp_path):
    with pytest.raises(InputError, match="tokenizer"):
        load_tokenizer(saved(tmp_path))


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        load_language_model(tmp_path / "nowhere")


def test_a_hub_that_cannot_be_reached(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match="hub"):
        load_language_model("nobody/nothing-of-this-name")


def test_code_that_comes_with_a_model_is_never_run(tmp_path):
    folder, mark = saved(tmp_path / "model"), tmp_path / "was run"
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "theirs", "auto_map": {"AutoConfig": "theirs.Config", "AutoModelForCausalLM": "theirs.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "theirs.py").write_text(f"open({str(mark)!r}, 'w')\n")
    for load in (check_language_model, load_language_model):
        with pytest.raises(InputError, match="could not be loaded"):
            load(folder)
    assert not mark.exists()


def test_every_file_of_a_model_follows_the_umask(tmp_path):
    before = os.umask(0o002)
    try:
        tiny.policy().save_pretrained(tmp_path / "policy")
        RewardModel.from_language_model(tiny.gpt2(), seed=3).save_pretrained(tmp_path / "reward")
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("*/*")}
    assert modes.keys() >= {"model.safetensors", "value_head.safetensors", "reward_head.safetensors", "config.json"}
    assert set(modes.values()) == {0o664}
