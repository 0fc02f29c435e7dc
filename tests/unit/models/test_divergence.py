"""A model that a diverged training left behind is called that, wherever it is met, and nothing else is blamed."""

import pytest
import torch

from harness.errors import InputError
from harness.models.divergence import finite_weights
from harness.models.loading import ModelShape, build_language_model, load_language_model
from harness.models.policy import Policy
from harness.models.reward import RewardModel
from harness.models.trunks import trunk_of
from harness.training.reward_fit import normalize_reward_model
from tests import tiny

SHAPE = ModelShape(layers=1, width=16, heads=2, context=48, vocab_size=tiny.VOCABULARY)
ADVICE = "the training that made this model diverged. Train it again with a learning rate 3 to 10 times smaller"


def model(value=None):
    made = build_language_model(SHAPE, seed=1)
    if value is not None:
        made.transformer.h[0].mlp.c_fc.bias.data[3] = value
    return made


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
@pytest.mark.parametrize(("value", "sound"), [(None, True), (1e30, True), (float("nan"), False), (float("inf"), False),
                                              (-float("inf"), False)])
def test_weights_are_finite_or_not(value, sound, dtype):
    assert finite_weights(model(value).to(dtype)) == sound


def test_a_policy_with_weights_that_are_not_finite_is_called_diverged(tmp_path):
    model(float("nan")).save_pretrained(tmp_path)
    for load in (load_language_model, lambda path: Policy.from_pretrained(path, temperature=1.0)):
        with pytest.raises(InputError, match=f"its weights are not finite: {ADVICE}"):
            load(tmp_path)


def test_so_is_one_whose_value_head_or_reward_head_is_not_finite(tmp_path):
    policy = Policy(model(), temperature=1.0)
    torch.nn.init.constant_(policy.value_head.weight, float("inf"))
    policy.save_pretrained(tmp_path / "policy")
    with pytest.raises(InputError, match=f"its value head is not finite: {ADVICE}"):
        Policy.from_pretrained(tmp_path / "policy", temperature=1.0)
    reward = RewardModel.from_language_model(model(), seed=1)
    reward.set_scale(gain=float("inf"), bias=0.0)
    reward.save_pretrained(tmp_path / "reward", None)
    with pytest.raises(InputError, match="not finite: the training"):
        RewardModel.from_pretrained(tmp_path / "reward")


@pytest.mark.parametrize("factor", [float("nan"), 1e8])
def test_its_architecture_is_not_blamed(factor):
    llama = tiny.llama()
    llama.lm_head.weight.data *= factor
    with pytest.raises(InputError, match=f"its logits are not finite.*{ADVICE}"):
        trunk_of(llama)


def test_nor_are_the_scores_of_a_reward_model_said_not_to_vary():
    reward = RewardModel(model().base_model)
    queries, responses = tiny.random_queries([5] * 8), torch.randint(0, tiny.VOCABULARY, (8, 4))
    with pytest.raises(InputError, match=r"reward_model: the reward model has no scale: .* do not vary .*labels"):
        normalize_reward_model(reward, queries=queries, responses=responses)
    torch.nn.init.constant_(reward.head.weight, float("nan"))
    with pytest.raises(InputError, match=f"the reward model's scores are not finite: {ADVICE}"):
        normalize_reward_model(reward, queries=queries, responses=responses)
