"""Tells weights and logits that a training which diverged has left behind."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from harness.errors import InputError

_LARGEST_LOGIT = 1e4
"""A probability of exp(-10,000) is 0 in any precision: no training that went well comes near."""


@torch.no_grad()
def finite_weights(module: nn.Module) -> bool:
    """Whether no parameter is NaN or infinite."""
    ends = [torch.stack(torch.aminmax(parameter)).float() for parameter in module.parameters() if parameter.numel()]
    return all(bool(torch.isfinite(pair).all()) for pair in ends)


def sensible_logits(logits: Tensor) -> bool:
    """Whether logits are finite, and small enough that their softmax is not one token's alone."""
    return bool((logits.abs() < _LARGEST_LOGIT).all())


def diverged_model(what: str, *, file: str | None = None) -> InputError:
    """what: is wrong with the model. file: where it lies."""
    return InputError(f"{what}: the training that made this model diverged", file=file,
                      cure="Train it again with a learning rate 3 to 10 times smaller, or give another model.")
