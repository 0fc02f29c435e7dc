"""Language-model fits: they learn what can be learnt, and a killed one ends as an undisturbed one."""

import numpy as np
import pytest
import torch

from harness.errors import TrainingDiverged
from harness.training.checkpoint import Checkpoint
from harness.training.language_model_fit import evaluate_language_model, fit_language_model, pack_blocks
from harness.training.settings import LanguageModelFitSettings
from tests import tiny
from tests.killing import Killed, killed_after, parameters


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
