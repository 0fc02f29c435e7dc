"""The reward model r: a language model's body with a scalar head (Ziegler 2.1; released rewards.py)."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoModelForSequenceClassification

from harness.algorithms.logprobs import widen
from harness.errors import InputError
from harness.models.divergence import diverged_model, finite_weights
from harness.models.loading import load_classifier, save_model, save_tensors
from harness.models.placement import SINGLE_ON_CPU, Placement
from harness.models.prompts import TokenBatch
from harness.models.trunk import candidates_layout
from harness.models.trunks import body_trunk_of

HEAD_FILE = "reward_head.safetensors"


class RewardModel(nn.Module):
    """score = gain·(w·h + b) + bias, h the final hidden state of the response's last token.

    gain and bias set the scale (see `normalization`) and are not trained.
    """

    gain: Tensor
    bias: Tensor

    def __init__(self, body: Any) -> None:
        """body: a base model. The head starts at 0; see `from_language_model`."""
        super().__init__()
        self.body = body.eval()
        dtype = widen(torch.empty(0, dtype=body.dtype)).dtype
        self.head = nn.Linear(body.config.hidden_size, 1, device=body.device, dtype=dtype)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.register_buffer("gain", torch.ones((), device=body.device))
        self.register_buffer("bias", torch.zeros((), device=body.device))
        self.trunk = body_trunk_of(body)

    @classmethod
    def from_language_model(cls, language_model: Any, *, seed: int) -> RewardModel:
        """A copy of the model's body; head weights N(0, 1/√(d+1)) by the seed, head bias 0."""
        model = cls(copy.deepcopy(language_model.base_model))
        width = model.head.weight.shape[1]
        generator = torch.Generator().manual_seed(seed)
        weight = torch.randn(1, width, generator=generator) / math.sqrt(width + 1)
        with torch.no_grad():
            model.head.weight.copy_(weight)
        return model

    @classmethod
    def from_pretrained(cls, path: str | Path, *, placement: Placement = SINGLE_ON_CPU) -> RewardModel:
        """Raises InputError where the folder was not written by `save_pretrained`, or its weights are not finite."""
        head = Path(path) / HEAD_FILE
        if not head.is_file():
            raise InputError(f"the folder has no {HEAD_FILE}", file=str(path),
                             cure="Give a reward model's folder")
        model = cls(load_classifier(path, placement=placement).base_model)
        state = load_file(head)
        with torch.no_grad():
            model.head.weight.copy_(state["weight"])
            model.head.bias.copy_(state["head_bias"])
        model.set_scale(gain=state["gain"].item(), bias=state["bias"].item())
        if not (finite_weights(model.head) and model.gain.isfinite() and model.bias.isfinite()):
            raise diverged_model("its reward head is not finite", file=str(path))
        return model

    def save_pretrained(self, path: str | Path, tokenizer: Any | None = None) -> None:
        """A folder that AutoModelForSequenceClassification loads.

        Its logit is the score less a constant: such a head has no bias, so its weights carry the gain, and the
        constant is in the configuration as `reward_offset`. The exact head is in a file of its own.
        """
        config = copy.deepcopy(self.body.config)
        config.num_labels = 1
        config.reward_offset = (self.gain * self.head.bias + self.bias).item()
        if config.pad_token_id is None:
            config.pad_token_id = getattr(tokenizer, "pad_token_id", None) or config.eos_token_id
        with torch.device("meta"):
            classifier = AutoModelForSequenceClassification.from_config(config, dtype=self.body.dtype)
        setattr(classifier, classifier.base_model_prefix, self.body)
        classifier.score.weight = nn.Parameter((self.gain * self.head.weight).detach().to(self.body.dtype))
        save_model(classifier, path, tokenizer)
        save_tensors({"weight": self.head.weight.detach(), "head_bias": self.head.bias.detach(),
                      "gain": self.gain, "bias": self.bias}, Path(path) / HEAD_FILE)

    @property
    def device(self) -> torch.device:
        return self.head.weight.device

    def set_scale(self, *, gain: float, bias: float) -> None:
        """What raw scores are multiplied by, and what is added then."""
        self.gain.fill_(gain)
        self.bias.fill_(bias)

    def score(self, queries: TokenBatch, responses: Tensor) -> Tensor:
        """(rows,) for responses (rows, R), or (rows, k) for k candidates of each query, (rows, k, R).

        responses: truncated, PAD after their ends. A query is read once for all its candidates; the scores and
        gradients are those of k separate forward passes. Differentiable; wrap in no_grad where none is wanted.
        """
        if responses.dim() == 2:
            return self.score(queries, responses.unsqueeze(1)).squeeze(1)
        states = self.trunk.hidden(candidates_layout(queries, responses)).states
        raw: Tensor = self.head(widen(states)).squeeze(-1)
        return self.gain * raw + self.bias
