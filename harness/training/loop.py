"""What the supervised fits share: steps, learning rate, checkpoints, and a loss that must stay finite."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from harness.errors import TrainingDiverged
from harness.training.checkpoint import Checkpoint

OnStep = Callable[[int, int, dict[str, float]], None]
"""Called after each step with (steps done, steps in all, metrics)."""

LOWER_RATE = "Try a learning rate 3 to 10 times smaller"


def adam(module: nn.Module, *, epsilon: float, weight_decay: float | None = None) -> torch.optim.Optimizer:
    """Adam, or AdamW where a weight decay is given (on matrices only, as is usual), fused where torch can."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    fused = all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in parameters)
    if weight_decay is None:
        return torch.optim.Adam(parameters, lr=0.0, eps=epsilon, fused=fused)
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=0.0, eps=epsilon, fused=fused)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def require_finite(what: str, value: float, *, step: int, last_good: int | None) -> None:
    """Raises TrainingDiverged where the value is NaN or infinite."""
    if not math.isfinite(value):
        raise TrainingDiverged(what, step=step, last_good=last_good, advice=LOWER_RATE)


def run_steps(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    total: int,
    learning_rate: Callable[[int], float],
    backward: Callable[[int], dict[str, float]],
    clip_gradient: float | None,
    on_step: OnStep | None,
    checkpoint: Checkpoint | None,
) -> dict[str, float]:
    """Run steps 0..total-1, from the checkpoint where there is one; give the last step's metrics.

    backward: leaves the gradients of a step's loss, and gives its metrics, `train/loss` among them. It must be a
    function of the weights and the step, so that a resumed loop ends with the same bits.
    """
    start, metrics = _resume(model, optimizer, checkpoint), dict[str, float]()
    last_good = start or None
    for step in range(start, total):
        rate = learning_rate(step)
        set_learning_rate(optimizer, rate)
        optimizer.zero_grad(set_to_none=True)
        metrics = backward(step)
        require_finite("the loss", metrics["train/loss"], step=step,
                       last_good=checkpoint.last_step if checkpoint else last_good)
        if clip_gradient is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip_gradient)
        optimizer.step()
        metrics["train/lr"] = rate
        if checkpoint is not None and step + 1 < total and checkpoint.due(step + 1):
            checkpoint.save(step + 1, {"model": model.state_dict(), "optimizer": optimizer.state_dict()})
        if on_step is not None:
            on_step(step + 1, total, metrics)
    optimizer.zero_grad(set_to_none=True)
    return metrics


def _resume(model: nn.Module, optimizer: torch.optim.Optimizer, checkpoint: Checkpoint | None) -> int:
    saved: tuple[int, dict[str, Any]] | None = checkpoint.load() if checkpoint is not None else None
    if saved is None:
        return 0
    step, state = saved
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return step
