"""The policy π: a language model and a value head on one trunk (Ziegler 2.2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from harness.algorithms.logprobs import widen
from harness.models.divergence import diverged_model, finite_weights
from harness.models.loading import load_language_model, save_model, save_tensors
from harness.models.placement import SINGLE_ON_CPU, Placement
from harness.models.prompts import TokenBatch
from harness.models.trunk import response_layout
from harness.models.trunks import trunk_of

VALUE_HEAD_FILE = "value_head.safetensors"


class Evaluation(NamedTuple):
    """All (rows, R), at the response's tokens. logprobs and entropies: nats, at the policy's temperature."""

    logprobs: Tensor
    entropies: Tensor
    values: Tensor


class Policy(nn.Module):
    """temperature: divides the logits, here and nowhere else; sampling and KL read the result."""

    def __init__(self, language_model: Any, *, temperature: float) -> None:
        super().__init__()
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, not {temperature}")
        self.language_model = language_model.eval()
        self.temperature = temperature
        table = language_model.get_output_embeddings().weight
        self.value_head = nn.Linear(table.shape[1], 1, device=table.device, dtype=widen(table[:0]).dtype)
        nn.init.zeros_(self.value_head.weight)
        nn.init.zeros_(self.value_head.bias)
        self.trunk = trunk_of(language_model)

    @classmethod
    def from_pretrained(cls, path: str | Path, *, temperature: float,
                        placement: Placement = SINGLE_ON_CPU) -> Policy:
        """A folder or hub name; the value head is read where the folder has one, and 0 elsewhere."""
        policy = cls(load_language_model(path, placement=placement), temperature=temperature)
        head = Path(path) / VALUE_HEAD_FILE
        if head.is_file():
            policy.value_head.load_state_dict(load_file(head))
            if not finite_weights(policy.value_head):
                raise diverged_model("its value head is not finite", file=str(path))
        return policy

    def save_pretrained(self, path: str | Path, tokenizer: Any | None = None) -> None:
        """A folder that AutoModelForCausalLM loads, the value head in a file of its own beside it."""
        save_model(self.language_model, path, tokenizer)
        save_tensors(self.value_head.state_dict(), Path(path) / VALUE_HEAD_FILE)

    @property
    def device(self) -> torch.device:
        return self.value_head.weight.device

    @property
    def result_dtype(self) -> torch.dtype:
        """Of log-probabilities and values, and of the value head: single precision where the trunk has half."""
        return self.value_head.weight.dtype

    @property
    def is_half(self) -> bool:
        """Whether the trunk is computed in half precision."""
        return bool(self.language_model.get_output_embeddings().weight.dtype != self.result_dtype)

    @property
    def width(self) -> int:
        return self.value_head.in_features

    @property
    def vocab_size(self) -> int:
        return int(self.language_model.get_output_embeddings().weight.shape[0])

    def values(self, hidden: Tensor) -> Tensor:
        """(..., width) -> (...): the value of each state."""
        return self.value_head(widen(hidden)).squeeze(-1)  # type: ignore[no-any-return]

    def logits(self, hidden: Tensor) -> Tensor:
        """(..., width) -> (..., vocabulary), divided by the temperature."""
        return self.trunk.logits(hidden, temperature=self.temperature)

    def evaluate(self, queries: TokenBatch, responses: Tensor) -> Evaluation:
        """Log-probabilities, entropies and values of whole sampled responses. responses: (rows, R) int64, without PAD.

        No logits are made for the query, and the last layer is computed for the response's positions only.
        """
        states, head = self.trunk.hidden(response_layout(queries, responses))
        found = self.trunk.token_logprobs(states, responses, temperature=self.temperature, head=head)
        return Evaluation(logprobs=found.logprobs, entropies=found.entropies, values=self.values(states))
