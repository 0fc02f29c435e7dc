"""One step of Adam on bfloat16 weights and the single-precision ones behind them, in one pass over memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from harness.kernels.facade import adam as kernel


def serves(weights: Iterable[Tensor]) -> bool:
    """Whether `step_with_half` moves all of these."""
    return all(kernel.serves(weight) for weight in weights)


def step_with_half(weight: Tensor, half: Tensor, gradient: Tensor, *, state: dict[str, Any],
                   group: dict[str, Any]) -> None:
    """What torch's Adam would do with the float32 weight, and the bfloat16 one rounded from it.

    gradient: float32 or bfloat16. state, group: as torch's optimizer keeps them; the state is made at the first step.
    """
    if not state:
        state["step"] = torch.zeros(())
        state["exp_avg"], state["exp_avg_sq"] = torch.zeros_like(weight), torch.zeros_like(weight)
    state["step"] += 1
    step = kernel.AdamStep.of(int(state["step"]), learning_rate=group["lr"], betas=group["betas"],
                              epsilon=group["eps"], weight_decay=group["weight_decay"])
    kernel.adam_step(step, gradient.contiguous(), weight=weight, moments=(state["exp_avg"], state["exp_avg_sq"]),
                     half=half)
