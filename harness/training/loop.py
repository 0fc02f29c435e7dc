"""The loop that all supervised fits share: steps, learning rate, checkpoints, a loss that must stay finite."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import nn

from harness.errors import TrainingDiverged
from harness.models.divergence import finite_weights
from harness.training.adam import Adam
from harness.training.checkpoint import Checkpoint

OnStep = Callable[[int, int, dict[str, float]], None]
"""Called after each step with (steps done, steps in all, metrics)."""

FAR_ABOVE_A_GUESS = 10.0
"""So many times the loss of a model that guesses: its scores have grown without bound, though they are finite."""
LOWER_RATE = "Try a learning rate 3 to 10 times smaller"


def require_finite(what: str, value: float, *, step: int, last_good: int | None) -> None:
    """Raises TrainingDiverged where the value is NaN or infinite."""
    if not math.isfinite(value):
        raise TrainingDiverged(f"{what} is not finite", step=step, last_good=last_good, advice=LOWER_RATE)


def require_sound(model: nn.Module, *, step: int, last_good: int | None) -> None:
    """The same for the weights: the last step's are in no loss."""
    if not finite_weights(model):
        raise TrainingDiverged("the weights are not finite", step=step, last_good=last_good, advice=LOWER_RATE)


def run_steps(
    model: nn.Module,
    optimizer: Adam,
    *,
    total: int,
    learning_rate: Callable[[int], float],
    backward: Callable[[int], dict[str, float]],
    clip_gradient: float | None,
    on_step: OnStep | None,
    checkpoint: Checkpoint | None,
    guess: float,
) -> dict[str, float]:
    """Run steps 0..total-1, from the checkpoint where there is one; give the last step's metrics.

    backward: leaves the gradients of a step's loss, and gives its metrics, `train/loss` among them. It must be a
    function of the weights and the step, so that a resumed loop ends with the same bits. guess: the loss of a model
    that holds everything for equally likely. Raises TrainingDiverged.
    """
    start, metrics = _resume(model, optimizer, checkpoint), dict[str, float]()
    last_good = start or None
    for step in range(start, total):
        rate = learning_rate(step)
        optimizer.zero_grad()
        metrics = backward(step)
        require_finite("the loss", metrics["train/loss"], step=step,
                       last_good=checkpoint.last_step if checkpoint else last_good)
        if clip_gradient is not None:
            optimizer.clip_gradient(clip_gradient)
        optimizer.step(learning_rate=rate)
        metrics["train/lr"] = rate
        if on_step is not None:  # first: a state on disk stands for steps that are logged
            on_step(step + 1, total, metrics)
        if checkpoint is not None and step + 1 < total and checkpoint.due(step + 1):
            checkpoint.save(step + 1, {"model": model.state_dict(), "optimizer": optimizer.state_dict()})
    optimizer.zero_grad()
    optimizer.restore()
    good = checkpoint.last_step if checkpoint else last_good
    require_sound(model, step=total, last_good=good)
    if metrics and metrics["train/loss"] > FAR_ABOVE_A_GUESS * guess:
        raise TrainingDiverged(f"the loss is {metrics['train/loss']:.3g}, and a guess has {guess:.3g},", step=total,
                               last_good=good, advice=LOWER_RATE)
    return metrics


def _resume(model: nn.Module, optimizer: Adam, checkpoint: Checkpoint | None) -> int:
    saved: tuple[int, dict[str, Any]] | None = checkpoint.load() if checkpoint is not None else None
    if saved is None:
        return 0
    step, state = saved
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return step
