"""Reward and language-model fits: they learn what can be learnt, and a killed one ends as an undisturbed one."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from harness.errors import TrainingDiverged
from harness.models.reward import RewardModel
from harness.records import PAD
from harness.training.checkpoint import Checkpoint
from harness.training.comparisons import Comparisons
from harness.training.language_model_fit import evaluate_language_model, fit_language_model, pack_blocks
from harness.training.reward_fit import (
    evaluate_reward_model,
    fit_reward_model,
    normalize_reward_model,
    score_in_micro_batches,
)
from harness.training.settings import LanguageModelFitSettings, RewardFitSettings
from tests import tiny

LABELS, K, LENGTH, WANTED = 256, 4, 5, 3


class Killed(Exception):
    pass


def killed_after(step):
    def on_step(done, total, metrics):
        if done == step:
            raise Killed
    return on_step


def labels():
    """A labeler who wants token WANTED: the best candidate is the one that has most of it."""
    generator = torch.Generator().manual_seed(0)
    candidates = torch.randint(0, 8, (LABELS, K, LENGTH), generator=generator)
    candidates[:, 1, 3:] = PAD
    counts = (candidates == WANTED).sum(dim=2) + 0.01 * torch.rand(LABELS, K, generator=generator)
    queries = tiny.random_queries(torch.randint(1, 9, (LABELS,), generator=generator).tolist())
    return Comparisons(queries, candidates, counts.argmax(dim=1))


def parameters(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


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


def text(rows=64):
    """Counting modulo 8 from a random start: after one token, all is certain."""
    rng = np.random.default_rng(0)
    return [[int(t) for t in (rng.integers(0, 8) + np.arange(rng.integers(4, 20))) % 8] for _ in range(rows)]


def test_a_language_model_learns_what_is_certain():
    model, data = tiny.gpt2(), text()
    settings = LanguageModelFitSettings(learning_rate=1e-2, batch_size=16, steps=80)
    fit_language_model(model, tokens=data, settings=settings, seed=0)
    assert evaluate_language_model(model, tokens=data) < 0.1


def test_nats_are_those_of_the_module_s_own_forward_pass():
    model, data = tiny.gpt2(), text()
    counted = [[position >= 3 for position in range(len(row))] for row in data]
    total, count = 0.0, 0
    for row in data:
        with torch.no_grad():
            logprobs = torch.log_softmax(model(torch.tensor([row])).logits[0].double(), dim=-1)
        for position in range(3, len(row)):
            total -= logprobs[position - 1, row[position]].item()
            count += 1
    ours = evaluate_language_model(model, tokens=data, counted=counted, batch_size=7)
    assert ours == pytest.approx(total / count, rel=1e-5)


def test_only_counted_tokens_are_learnt():
    """With no token counted but the last, no gradient depends on what the others are predicted to be."""
    data = [[1, 2, 3, 4], [5, 6, 7, 8, 9]]
    counted = [[False, False, False, True], [False] * 4 + [True]]
    model = tiny.gpt2()
    fit_language_model(model, tokens=data, counted=counted, seed=0,
                       settings=LanguageModelFitSettings(learning_rate=1e-2, batch_size=2, steps=60, warmup=0.0))
    last = evaluate_language_model(model, tokens=data, counted=counted)
    assert last < 0.05 < 1.0 < evaluate_language_model(model, tokens=data)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_a_killed_language_model_fit_ends_with_the_same_bits(tmp_path, dropout, packed):
    settings = LanguageModelFitSettings(learning_rate=1e-3, batch_size=16, epochs=2.5, dropout=dropout)
    data = pack_blocks(text(), block=12, separator=9) if packed else text()
    undisturbed = tiny.gpt2()
    torch.manual_seed(1)  # a global state that must not matter
    fit_language_model(undisturbed, tokens=data, settings=settings, seed=4)
    with pytest.raises(Killed):
        fit_language_model(tiny.gpt2(), tokens=data, settings=settings, seed=4, on_step=killed_after(7),
                           checkpoint=Checkpoint(tmp_path, every_steps=3))
    resumed = tiny.gpt2()
    fit_language_model(resumed, tokens=data, settings=settings, seed=4, checkpoint=Checkpoint(tmp_path))
    assert torch.equal(parameters(resumed), parameters(undisturbed))
    plain = tiny.gpt2()
    fit_language_model(plain, tokens=data, settings=LanguageModelFitSettings(
        learning_rate=1e-3, batch_size=16, epochs=2.5), seed=4)
    assert torch.equal(parameters(plain), parameters(undisturbed)) == (dropout == 0.0)


def test_packing_loses_only_the_rest():
    blocks = pack_blocks([[1, 2, 3], [4, 5], [6]], block=4, separator=0)
    assert blocks.tolist() == [[1, 2, 3, 0], [4, 5, 0, 6]]
    with pytest.raises(ValueError, match="do not fill"):
        pack_blocks([[1, 2]], block=4, separator=None)


def test_a_diverging_fit_stops_with_the_step_and_the_last_good_checkpoint(tmp_path):
    model = tiny.gpt2()
    settings = LanguageModelFitSettings(learning_rate=1e-3, batch_size=16, steps=20)

    def poison(done, total, metrics):
        if done == 5:
            model.transformer.wte.weight.data[0] = float("nan")

    with pytest.raises(TrainingDiverged, match="step 5; the last good checkpoint is step 4"):
        fit_language_model(model, tokens=text(), settings=settings, seed=0, on_step=poison,
                           checkpoint=Checkpoint(tmp_path, every_steps=2))


def test_a_torn_write_leaves_the_last_checkpoint(tmp_path, monkeypatch):
    checkpoint = Checkpoint(tmp_path, every_steps=1)
    checkpoint.save(1, {"x": torch.ones(3)})
    monkeypatch.setattr(torch, "save", lambda content, file: file.write(b"half") and (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError):  # noqa: PT011
        checkpoint.save(2, {"x": torch.zeros(3)})
    loaded = Checkpoint(tmp_path).load()
    assert loaded is not None
    assert loaded[0] == 1
    assert torch.equal(loaded[1]["x"], torch.ones(3))
