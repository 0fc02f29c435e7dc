"""What is saved loads again, here and with Hugging Face's own classes; what cannot be loaded says how to mend it."""

import json
import shutil

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from harness.errors import InputError
from harness.models.loading import (
    ModelShape,
    build_language_model,
    check_language_model,
    load_language_model,
    load_tokenizer,
)
from harness.models.policy import Policy
from harness.models.reward import RewardModel
from harness.records import PAD
from tests import tiny

SHAPE = ModelShape(layers=1, width=16, heads=2, context=16, vocab_size=11)
architectures = pytest.mark.parametrize("builder", tiny.BUILDERS.values(), ids=tiny.BUILDERS.keys())


def test_weights_from_scratch_depend_on_the_seed_alone():
    torch.manual_seed(1)
    first = build_language_model(SHAPE, seed=5)
    state = torch.random.get_rng_state()
    second = build_language_model(SHAPE, seed=5)
    assert torch.equal(torch.random.get_rng_state(), state), "the global random state is left alone"
    assert torch.equal(first.transformer.wte.weight, second.transformer.wte.weight)
    assert not torch.equal(first.transformer.wte.weight, build_language_model(SHAPE, seed=6).transformer.wte.weight)


@architectures
def test_a_policy_survives_saving_and_loads_in_hugging_face(tmp_path, builder):
    policy = tiny.policy(builder=builder)
    policy.save_pretrained(tmp_path)
    queries, responses = tiny.random_queries([3, 5]), torch.tensor([[1, 2, 3], [4, 5, 6]])
    again = Policy.from_pretrained(tmp_path, temperature=0.7)
    for ours, theirs in zip(again.evaluate(queries, responses), policy.evaluate(queries, responses), strict=True):
        assert torch.equal(ours, theirs)
    plain = AutoModelForCausalLM.from_pretrained(tmp_path)
    tokens = torch.tensor([[1, 2, 3, 4]])
    assert torch.equal(plain(tokens).logits, policy.language_model(tokens).logits)


@architectures
def test_a_reward_model_survives_saving_and_loads_in_hugging_face(tmp_path, builder):
    model = RewardModel.from_language_model(builder(), seed=3)
    model.head.bias.data.fill_(0.25)
    model.set_scale(gain=1.75, bias=-0.5)
    model.save_pretrained(tmp_path)
    queries, responses = tiny.random_queries([3, 5]), torch.tensor([[1, 2, 3], [4, 5, PAD]])
    assert torch.equal(RewardModel.from_pretrained(tmp_path).score(queries, responses), model.score(queries, responses))
    classifier = AutoModelForSequenceClassification.from_pretrained(tmp_path).eval()
    for row, query in enumerate(queries.sequences()):
        tokens = [*query, *(t for t in responses[row].tolist() if t != PAD)]
        logit = classifier(torch.tensor([tokens])).logits.item()
        score = model.score(queries[[row]], responses[[row]]).item()
        assert logit + classifier.config.reward_offset == pytest.approx(score, abs=1e-5)


def test_a_reward_head_starts_as_the_method_says():
    shape = ModelShape(layers=1, width=512, heads=2, context=4, vocab_size=3)
    model = RewardModel.from_language_model(build_language_model(shape, seed=0), seed=1)
    assert model.head.bias.item() == 0.0
    assert model.head.weight.std().item() == pytest.approx(1 / 513**0.5, rel=0.1)
    assert (model.gain.item(), model.bias.item()) == (1.0, 0.0)


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


def test_a_policy_s_folder_is_no_reward_model(tmp_path):
    tiny.policy().save_pretrained(tmp_path)
    with pytest.raises(InputError, match="reward"):
        RewardModel.from_pretrained(tmp_path)
    shutil.rmtree(tmp_path)


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
