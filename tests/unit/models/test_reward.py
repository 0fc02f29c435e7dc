"""A reward model starts as the method says, and is the same when it is saved and loaded."""

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from harness.errors import InputError
from harness.models.loading import ModelShape, build_language_model
from harness.models.placement import frozen
from harness.models.reward import RewardModel
from harness.records import PAD
from harness.training.settings import ComputeSettings
from tests import tiny

BF16 = ComputeSettings(device="cpu", precision="bf16")
QUERIES = tiny.random_queries([3, 7, 1, 5, 2, 6, 4, 3])
RESPONSES = torch.randint(0, tiny.VOCABULARY, (8, 6), generator=torch.Generator().manual_seed(1))
architectures = pytest.mark.parametrize("builder", tiny.BUILDERS.values(), ids=tiny.BUILDERS.keys())

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


def test_a_policy_s_folder_is_no_reward_model(tmp_path):
    tiny.policy().save_pretrained(tmp_path)
    with pytest.raises(InputError, match="reward"):
        RewardModel.from_pretrained(tmp_path)


def test_a_half_precision_reward_model_scores_in_single_precision(tmp_path):
    model = RewardModel.from_language_model(tiny.gpt2(), seed=4)
    model.save_pretrained(tmp_path)
    half = RewardModel.from_pretrained(tmp_path, placement=frozen(BF16))
    with torch.no_grad():
        scores, half_scores = model.score(QUERIES, RESPONSES), half.score(QUERIES, RESPONSES)
    assert half.body.dtype is torch.bfloat16
    assert half_scores.dtype is torch.float32
    assert (half_scores - scores).norm() < 0.03 * scores.norm()
