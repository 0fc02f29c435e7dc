"""Activation checkpoints in a Hugging Face module: keep each layer's input, compute the rest again when needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from torch.utils.checkpoint import checkpoint
from transformers.modeling_layers import GradientCheckpointingLayer


@contextmanager
def layer_checkpoints(body: Any, *, enabled: bool) -> Iterator[None]:
    """The module's own checkpoints, for as long as this lasts.

    Its layers look for them in training mode only. The mode is set on the layers alone, not on what is inside them,
    so that no dropout is switched on.
    """
    layers = [module for module in body.modules() if isinstance(module, GradientCheckpointingLayer)] if enabled else []
    modes = [layer.training for layer in layers]
    for layer in layers:
        layer.gradient_checkpointing = layer.training = True
        layer._gradient_checkpointing_func = partial(checkpoint, use_reentrant=False)
    try:
        yield
    finally:
        for layer, mode in zip(layers, modes, strict=True):
            layer.gradient_checkpointing, layer.training = False, mode
