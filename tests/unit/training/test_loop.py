"""The loop of the supervised fits: what it runs, what it says, and that a kill changes nothing."""

import pytest
import torch
from torch import nn

from harness.errors import TrainingDiverged
from harness.training.adam import Adam
from harness.training.checkpoint import Checkpoint
from harness.training.loop import require_finite, run_steps

TARGETS = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))


def _run(model, *, total=12, checkpoint=None, on_step=None, clip=None, guess=1e30, rate=lambda step: 0.1 / (step + 1)):
    def backward(step):
        loss = ((model.weight[0] - TARGETS[step]) ** 2).sum()
        loss.backward()
        return {"train/loss": loss.item()}

    return run_steps(model, Adam(model, epsilon=1e-8), total=total, learning_rate=rate, backward=backward,
                     clip_gradient=clip, on_step=on_step, checkpoint=checkpoint, guess=guess)


def _model():
    model = nn.Linear(5, 1, bias=False)
    nn.init.constant_(model.weight, 0.5)
    return model


@pytest.mark.parametrize("clip", [None, 0.5])
def test_the_steps_are_those_of_torchs_adam(clip) -> None:
    model, other = _model(), _model()
    optimizer = torch.optim.Adam(other.parameters(), eps=1e-8)
    for step in range(12):
        optimizer.param_groups[0]["lr"] = 0.1 / (step + 1)
        optimizer.zero_grad()
        ((other.weight[0] - TARGETS[step]) ** 2).sum().backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(other.parameters(), clip)
        optimizer.step()
    _run(model, clip=clip)
    torch.testing.assert_close(model.weight, other.weight)


def test_each_step_is_said_with_its_loss_and_learning_rate() -> None:
    said = []
    last = _run(_model(), total=3, on_step=lambda step, total, metrics: said.append((step, total, metrics["train/lr"])))
    assert said == [(1, 3, 0.1), (2, 3, 0.05), (3, 3, pytest.approx(0.1 / 3))]
    assert last.keys() == {"train/loss", "train/lr"}


def test_a_loop_that_was_killed_ends_with_the_same_bits(tmp_path) -> None:
    whole, resumed = _model(), _model()
    _run(whole)

    def killed(step, total, metrics):
        if step == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(resumed, checkpoint=Checkpoint(tmp_path, every_steps=3), on_step=killed)
    seen = []
    fresh = _model()
    _run(fresh, checkpoint=Checkpoint(tmp_path, every_steps=3), on_step=lambda step, *_: seen.append(step))
    assert seen == list(range(7, 13))
    assert torch.equal(fresh.weight, whole.weight)


def test_a_loss_that_is_not_finite_names_its_step_and_the_last_good_one(tmp_path) -> None:
    def diverging(step):
        return 1e38 if step == 4 else 0.1

    with pytest.raises(TrainingDiverged, match="the loss is not finite at step 5; the last good checkpoint is step 4"):
        _run(_model(), checkpoint=Checkpoint(tmp_path, every_steps=2), rate=diverging)
    require_finite("the loss", 1e30, step=0, last_good=None)


def test_a_loss_far_above_that_of_a_guess_and_weights_that_are_not_finite_are_called_diverged() -> None:
    with pytest.raises(TrainingDiverged, match=r"training diverged: the loss is .*, and a guess has 0.01, at step 12; "
                                               "no checkpoint was written yet. Try a learning rate 3 to 10 times"):
        _run(_model(), guess=0.01, rate=lambda step: 1e-9)
    with pytest.raises(TrainingDiverged, match="training diverged: the weights are not finite at step 12"):
        _run(_model(), rate=lambda step: float("inf") if step == 11 else 1e-9)
