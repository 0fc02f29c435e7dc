"""Reward fits: they learn what can be learnt, and a killed one ends as an undisturbed one (`comparisons`)."""

import math
from dataclasses import replace

import pytest
import torch

from harness.models.reward import RewardModel
from harness.records import PAD
from harness.training.checkpoint import Checkpoint
from harness.training.comparisons import Comparisons
from harness.training.reward_fit import (
    evaluate_reward_model,
    fit_reward_model,
    normalize_reward_model,
    score_in_micro_batches,
)
from harness.training.settings import RewardFitSettings
from tests import tiny
from tests.killing import Killed, killed_after, parameters

LABELS, K, LENGTH, WANTED = 256, 4, 5, 3

def labels():
    """A labeler who wants token WANTED: the best candidate is the one that has most of it."""
    generator = torch.Generator().manual_seed(0)
    candidates = torch.randint(0, 8, (LABELS, K, LENGTH), generator=generator)
    candidates[:, 1, 3:] = PAD
    counts = (candidates == WANTED).sum(dim=2) + 0.01 * torch.rand(LABELS, K, generator=generator)
    queries = tiny.random_queries(torch.randint(1, 9, (LABELS,), generator=generator).tolist())
    return Comparisons(queries, candidates, counts.argmax(dim=1))


def reward_model():
    return RewardModel.from_language_model(tiny.gpt2(), seed=2)


def test_a_reward_model_learns_the_labeler_s_taste():
    model, data = reward_model(), labels()
    before = evaluate_reward_model(model, data)
    steps = []
    fit_reward_model(model, data, settings=RewardFitSettings(learning_rate=2e-3, batch_size=8), seed=1,
                     on_step=lambda done, total, metrics: steps.append((done, total, metrics["train/lr"])))
    after = evaluate_reward_model(model, data)
    assert before.accuracy < 0.5 < 0.7 < after.accuracy
    assert after.loss < math.log(K) < before.loss
    assert [done for done, _, _ in steps] == list(range(1, 33))
    assert [rate for _, _, rate in steps] == pytest.approx([2e-3 * (1 - step / 32) for step in range(32)])


@pytest.mark.parametrize("micro_batch", [None, 3])
def test_a_killed_reward_fit_ends_with_the_same_bits(tmp_path, micro_batch):
    settings = RewardFitSettings(learning_rate=1e-3, batch_size=32, micro_batch=micro_batch)
    undisturbed, data = reward_model(), labels()
    fit_reward_model(undisturbed, data, settings=settings, seed=1)
    with pytest.raises(Killed):
        fit_reward_model(reward_model(), data, settings=settings, seed=1, on_step=killed_after(5),
                         checkpoint=Checkpoint(tmp_path, every_steps=2))
    resumed, seen = reward_model(), []
    fit_reward_model(resumed, data, settings=settings, seed=1, checkpoint=Checkpoint(tmp_path, every_steps=2),
                     on_step=lambda done, total, metrics: seen.append(done))
    assert seen == [5, 6, 7, 8]
    assert torch.equal(parameters(resumed), parameters(undisturbed))


def test_normalization_gives_mean_0_and_variance_1_and_keeps_the_order():
    model, data = reward_model(), labels()
    responses = data.candidates[:, 0]
    raw = score_in_micro_batches(model, data.queries, responses)
    normalize_reward_model(model, queries=data.queries, responses=responses)
    normalize_reward_model(model, queries=data.queries, responses=responses)  # twice is as once
    scores = score_in_micro_batches(model, data.queries, responses)
    assert scores.mean().item() == pytest.approx(0.0, abs=1e-5)
    assert scores.var(correction=0).item() == pytest.approx(1.0, abs=1e-4)
    assert torch.equal(raw.argsort(), scores.argsort())


def test_labels_that_do_not_fit_are_refused():
    data = labels()
    with pytest.raises(ValueError, match=r"0\.\.3"):
        replace(data, best=data.best + 4)
    with pytest.raises(ValueError, match="255 rows of candidates"):
        replace(data, candidates=data.candidates[1:])
    with pytest.raises(ValueError, match="there must be labels"):
        fit_reward_model(reward_model(), data.take(torch.arange(0)), settings=RewardFitSettings(), seed=0)
