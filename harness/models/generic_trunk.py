"""The trunk of any architecture, through the Hugging Face module's own forward pass."""

from __future__ import annotations

import inspect
from typing import Any, cast

import torch
from torch import Tensor

from harness.algorithms.logprobs import TokenLogprobs
from harness.errors import InputError
from harness.models.checkpoints import layer_checkpoints
from harness.models.logprobs import token_logprobs
from harness.models.picking import Picked, pick
from harness.models.prompts import TokenBatch
from harness.models.trunk import Hidden, Layout, require_context


class GenericTrunk:
    """See `trunk.Trunk`. Asks of the module that it takes positions and a mask for each pair of tokens."""

    def __init__(self, body: Any, head: Any | None = None) -> None:
        """body: a base model, such as LlamaModel. head: its output embedding, where logits are wanted."""
        if "position_ids" not in inspect.signature(body.forward).parameters:
            raise InputError(f"{type(body).__name__} takes no position ids: padding would change its numbers",
                             key="model", cure="Take a model with explicit positions, such as GPT-2 or Llama")
        self.checkpoint_activations = False
        self._body, self._head = body, head
        config = body.config
        self._softcap = getattr(config, "final_logit_softcapping", None)
        # Cohere multiplies its logits, Granite divides them.
        divisor = getattr(config, "logits_scaling", None) or 1.0
        self._logit_scale = getattr(config, "logit_scale", None) or 1.0 / divisor

    @property
    def context(self) -> int:
        return int(getattr(self._body.config, "max_position_embeddings", None) or 2**31)

    def hidden(self, layout: Layout) -> Hidden:
        require_context(layout.longest, self.context)
        rows, time = layout.tokens.shape
        mask = None
        if layout.visible is not None:
            dtype = self._body.dtype
            mask = torch.zeros(layout.visible.shape, dtype=dtype, device=layout.tokens.device)
            mask.masked_fill_(~layout.visible, torch.finfo(dtype).min)
            mask = mask[:, None].expand(rows, 1, time, time)
        with layer_checkpoints(self._body, enabled=self.checkpoint_activations and torch.is_grad_enabled()):
            out = self._body(input_ids=layout.tokens, attention_mask=mask, use_cache=False,
                             position_ids=layout.positions.expand(rows, time)).last_hidden_state
        if isinstance(layout.select, int):
            return Hidden(out[:, time - layout.select:])
        return Hidden(out.gather(1, layout.select.unsqueeze(-1).expand(-1, -1, out.shape[-1])))

    def logits(self, states: Tensor, *, temperature: float, head: Tensor | None = None) -> Tensor:
        if self._head is None:
            raise ValueError("this trunk was made without a language-model head")
        logits = self._head(states)
        if self._logit_scale != 1.0:
            logits = logits * self._logit_scale
        if self._softcap is not None:
            logits = torch.tanh(logits / self._softcap) * self._softcap
        return cast(Tensor, logits if temperature == 1.0 else logits / temperature)

    def token_logprobs(self, states: Tensor, tokens: Tensor, *, temperature: float,
                       head: Tensor | None = None) -> TokenLogprobs:
        return token_logprobs(self.logits(states, temperature=temperature), tokens)

    def cached(self, *, query: int, candidates: int, length: int) -> int:
        config = self._body.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return int(2 * config.num_hidden_layers * heads * width * candidates * (query + length))

    def prefill(self, queries: TokenBatch, *, candidates: int, length: int) -> tuple[Tensor, GenericDecoding]:
        queries = queries.left_padded
        require_context(queries.longest + length, self.context)
        positions = (queries.is_token.cumsum(dim=1) - 1).clamp(min=0)
        out = self._body(input_ids=queries.tokens.clamp(min=0), attention_mask=queries.is_token.long(),
                         position_ids=positions, use_cache=True)
        cache = out.past_key_values
        if candidates > 1:
            cache.batch_repeat_interleave(candidates)
        decoding = GenericDecoding(self, cache, queries, candidates=candidates)
        return out.last_hidden_state[:, -1], decoding


class GenericDecoding:
    """The module's own cache, one row a candidate."""

    def __init__(self, trunk: GenericTrunk, cache: Any, queries: TokenBatch, *, candidates: int) -> None:
        self._trunk, self._body, self.cache, self._candidates = trunk, trunk._body, cache, candidates
        self._mask = queries.is_token.long().repeat_interleave(candidates, dim=0)
        self._position = queries.lengths.repeat_interleave(candidates, dim=0)[:, None]

    def step(self, tokens: Tensor) -> Tensor:
        rows, k = tokens.shape
        self._mask = torch.cat([self._mask, torch.ones_like(self._position)], dim=1)
        out = self._body(input_ids=tokens.reshape(rows * k, 1), attention_mask=self._mask, use_cache=True,
                         position_ids=self._position, past_key_values=self.cache)
        self._position = self._position + 1
        return cast(Tensor, out.last_hidden_state.view(rows, k, -1))

    def pick(self, hidden: Tensor, chance: Tensor, *, temperature: float) -> Picked:
        return pick(self._trunk.logits(hidden, temperature=temperature), chance)

    def keep(self, rows: Tensor) -> None:
        samples = (rows[:, None] * self._candidates + torch.arange(self._candidates, device=rows.device)).flatten()
        self.cache.batch_select_indices(samples)
        self._mask, self._position = self._mask[samples], self._position[samples]
