"""Chooses the trunk for a model: compiled, GPT-2 or generic."""

from __future__ import annotations

from typing import Any

import torch

from harness.errors import InputError
from harness.models import compiled_trunk, gpt2_trunk
from harness.models.compiled_trunk import CompiledTrunk
from harness.models.divergence import diverged_model, sensible_logits
from harness.models.generic_trunk import GenericTrunk
from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.trunk import Trunk, sequence_layout


def trunk_of(language_model: Any) -> Trunk:
    """The fastest trunk that computes what the language model does.

    Raises InputError where the model's own logits are not what its body and its output embedding make: such an
    architecture changes its logits in a way that is not known here.
    """
    body, head = language_model.base_model, language_model.get_output_embeddings()
    if gpt2_trunk.serves(body):
        return _gpt2_trunk(body, head)
    trunk = GenericTrunk(body, head)
    _check_head(language_model, trunk)
    return trunk


def body_trunk_of(body: Any) -> Trunk:
    """The trunk of a body without a language-model head."""
    return _gpt2_trunk(body) if gpt2_trunk.serves(body) else GenericTrunk(body)


def _gpt2_trunk(body: Any, head: Any | None = None) -> GPT2Trunk:
    return CompiledTrunk(body, head) if compiled_trunk.serves(body) else GPT2Trunk(body, head)


@torch.no_grad()
def _check_head(language_model: Any, trunk: GenericTrunk) -> None:
    tokens = torch.arange(3, device=language_model.device)[None] % language_model.config.vocab_size
    layout = sequence_layout(tokens, select=3)
    ours = trunk.logits(trunk.hidden(layout).states, temperature=1.0).float()
    theirs = language_model(input_ids=tokens).logits.float()
    if not sensible_logits(theirs):
        raise diverged_model("its logits are not finite, or larger than any that training leads to")
    tolerance = 1e-3 if language_model.dtype is torch.float32 else 0.1
    if ours.shape != theirs.shape or not torch.allclose(ours, theirs, rtol=tolerance, atol=tolerance):
        raise InputError(f"{type(language_model).__name__} changes its logits after the output embedding in a way "
                         "that the harness does not know", key="model", cure="Take another architecture")
