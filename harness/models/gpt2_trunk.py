"""The trunk of GPT-2-shaped models, on the parameters of the Hugging Face module itself.

Beside the module's own forward pass it computes the last layer only where it is asked for, multiplies through
`products.affine`, and decodes into keys and values that are set aside once. No dropout.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from harness.algorithms.logprobs import TokenLogprobs
from harness.models.attention import Attention, attend, score_bias, split_heads
from harness.models.embedding import apart, embed
from harness.models.logprobs import token_logprobs
from harness.models.picking import Picked, pick
from harness.models.products import across, affine, affine_gelu
from harness.models.prompts import TokenBatch
from harness.models.trunk import Hidden, Layout, require_context, sequence_layout

ALIGNED = 8
"""A GPU's fast matrix products want rows of a multiple of 16 bytes. With GPT-2's 50,257 tokens the head took five times
as long, a twelfth of an epoch (774M); a copy of it with a few rows more costs next to nothing."""


class _Layer(NamedTuple):
    """The parameters of one block; weights are (in, out)."""

    norm_1: tuple[Tensor, Tensor]
    qkv: tuple[Tensor, Tensor]
    projection: tuple[Tensor, Tensor]
    norm_2: tuple[Tensor, Tensor]
    widen: tuple[Tensor, Tensor]
    narrow: tuple[Tensor, Tensor]
    scale: float


def serves(body: Any) -> bool:
    """Whether this trunk computes what the body's own forward pass does."""
    config = body.config
    return (type(body).__name__ == "GPT2Model"
            and config.activation_function in ("gelu_new", "gelu_pytorch_tanh")
            and not config.add_cross_attention)


class GPT2Trunk:
    """See `trunk.Trunk`. Holds the parameters of `body`, so training through it trains the module."""

    def __init__(self, body: Any, head: Any | None = None) -> None:
        """body: a GPT2Model. head: the module with the output embedding, where logits are wanted."""
        config = body.config
        self.checkpoint_activations = False
        self._heads = int(config.n_head)
        self._epsilon = float(config.layer_norm_epsilon)
        self._token_table, self._position_table = body.wte.weight, body.wpe.weight
        self._norm = (body.ln_f.weight, body.ln_f.bias)
        self._head = None if head is None else head.weight
        self._is_tied = self._head is self._token_table
        self._layers = [self._layer(block, index, config) for index, block in enumerate(body.h)]

    @staticmethod
    def _layer(block: Any, index: int, config: Any) -> _Layer:
        scale = 1.0
        if config.scale_attn_weights:
            scale /= math.sqrt(config.n_embd // config.n_head)
        if config.scale_attn_by_inverse_layer_idx:
            scale /= index + 1

        def pair(module: Any) -> tuple[Tensor, Tensor]:
            return module.weight, module.bias

        return _Layer(pair(block.ln_1), pair(block.attn.c_attn), pair(block.attn.c_proj), pair(block.ln_2),
                      pair(block.mlp.c_fc), pair(block.mlp.c_proj), scale)

    @property
    def context(self) -> int:
        return int(self._position_table.shape[0])

    def hidden(self, layout: Layout) -> Hidden:
        require_context(layout.longest, self.context)
        attention = Attention(layout, self._token_table, heads=self._heads)
        table, head = self._token_table, None
        if self._is_tied and torch.is_grad_enabled() and table.device.type == "cpu":
            table, head = apart(table)
        x = self._embed(layout.tokens, layout.positions, table)
        block = self._block
        if self.checkpoint_activations and torch.is_grad_enabled():
            block = partial(checkpoint, self._block, use_reentrant=False, preserve_rng_state=False)
        for layer in self._layers[:-1]:
            x = block(layer, x, attention)
        x = block(self._layers[-1], x, attention, select=layout.select)
        return Hidden(self._normalize(x, self._norm), head)

    def logits(self, states: Tensor, *, temperature: float, head: Tensor | None = None) -> Tensor:
        if self._head is None:
            raise ValueError("this trunk was made without a language-model head")
        head = self._head if head is None else head
        # The head is linear: dividing its input costs `width` operations, its output vocabulary.
        scaled = states if temperature == 1.0 else states / temperature
        vocabulary = head.shape[0]
        missing = -vocabulary % ALIGNED if states.device.type == "cuda" else 0
        if not missing:
            return across(scaled, head)
        return across(scaled, functional.pad(head, (0, 0, 0, missing)))[..., :vocabulary]

    def token_logprobs(self, states: Tensor, tokens: Tensor, *, temperature: float,
                       head: Tensor | None = None) -> TokenLogprobs:
        return token_logprobs(self.logits(states, temperature=temperature, head=head), tokens)

    def cached(self, *, query: int, candidates: int, length: int) -> int:
        return int(2 * len(self._layers) * self._token_table.shape[1] * (query + candidates * length))

    def prefill(self, queries: TokenBatch, *, candidates: int, length: int) -> tuple[Tensor, GPT2Decoding]:
        queries = queries.left_padded
        require_context(queries.longest + length, self.context)
        decoding = GPT2Decoding(self, queries, candidates=candidates, length=length)
        return decoding.first_hidden, decoding

    # -- the parts of a block, shared with decoding --

    def _embed(self, tokens: Tensor, positions: Tensor, table: Tensor | None = None) -> Tensor:
        return embed(tokens, self._token_table if table is None else table) + embed(positions, self._position_table)

    def _normalize(self, x: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        return functional.layer_norm(x, x.shape[-1:], norm[0], norm[1], self._epsilon)

    def _block(self, layer: _Layer, x: Tensor, attention: Attention, *, select: Tensor | int | None = None) -> Tensor:
        """x: (rows, time, width) -> the same, or (rows, m, width) at `select`."""
        normal = self._normalize(x, layer.norm_1)
        weight, offset = layer.qkv
        if select is None:
            mixed = attention(affine(normal, weight, offset), None, scale=layer.scale)
        else:
            width = x.shape[-1]
            key_value = affine(normal, weight[:, width:], offset[width:])
            x = _pick(x, select)
            query = affine(_pick(normal, select), weight[:, :width], offset[:width])
            mixed = attention(query, key_value, scale=layer.scale)
        return self._feed_forward(layer, x + affine(mixed, *layer.projection))

    def _feed_forward(self, layer: _Layer, x: Tensor) -> Tensor:
        return x + affine(affine_gelu(self._normalize(x, layer.norm_2), *layer.widen), *layer.narrow)


def _pick(x: Tensor, select: Tensor | int) -> Tensor:
    """(rows, time, width) -> (rows, m, width)."""
    if isinstance(select, int):
        return x[:, x.shape[1] - select:]
    return x.gather(1, select.unsqueeze(-1).expand(-1, -1, x.shape[-1]))


class GPT2Decoding:
    """The KV cache: of the queries, kept once for all their candidates, and of each candidate's own tokens."""

    def __init__(self, trunk: GPT2Trunk, queries: TokenBatch, *, candidates: int, length: int) -> None:
        self._trunk, self._decoded = trunk, 0
        rows = len(queries.tokens)
        self._next_position = queries.lengths[:, None].expand(rows, candidates)
        layout = sequence_layout(queries.tokens, select=1, longest=queries.longest if queries.is_padded else None)
        bias = score_bias(layout, trunk._token_table)
        # (rows or 1, 1, 1, time): what of the query a candidate does not see.
        self._query_bias = None if not queries.is_padded else bias[:, :, -1:, :]
        heads, width = trunk._heads, trunk._token_table.shape[1]
        shape = (rows, candidates, heads, length, width // heads)
        self.query_keys: list[Tensor] = []
        self.query_values: list[Tensor] = []
        self.keys = [trunk._token_table.new_empty(shape) for _ in trunk._layers]
        self.values = [trunk._token_table.new_empty(shape) for _ in trunk._layers]
        x = trunk._embed(layout.tokens, layout.positions)
        for layer in trunk._layers:
            x = self._read_query(layer, x, bias, last=layer is trunk._layers[-1])
        self.first_hidden = trunk._normalize(x[:, -1], trunk._norm)

    def _read_query(self, layer: _Layer, x: Tensor, bias: Tensor, *, last: bool) -> Tensor:
        trunk = self._trunk
        qkv = affine(trunk._normalize(x, layer.norm_1), *layer.qkv).chunk(3, dim=-1)
        query, key, value = (split_heads(part, trunk._heads).contiguous() for part in qkv)
        self.query_keys.append(key)
        self.query_values.append(value)
        first = 0
        if last:
            first = x.shape[1] - 1
            x, query, bias = x[:, -1:], query[:, :, -1:], bias[:, :, -1:]
        mixed = attend(query, key, value, bias, scale=layer.scale, first=first)
        return trunk._feed_forward(layer, x + affine(mixed.transpose(1, 2).flatten(2), *layer.projection))

    def step(self, tokens: Tensor) -> Tensor:
        trunk = self._trunk
        x = trunk._embed(tokens, self._next_position + self._decoded)
        for index, layer in enumerate(trunk._layers):
            qkv = affine(trunk._normalize(x, layer.norm_1), *layer.qkv)
            mixed = self._attend(index, qkv, layer.scale)
            x = trunk._feed_forward(layer, x + affine(mixed, *layer.projection))
        self._decoded += 1
        return trunk._normalize(x, trunk._norm)

    def pick(self, hidden: Tensor, chance: Tensor, *, temperature: float) -> Picked:
        return pick(self._trunk.logits(hidden, temperature=temperature), chance)

    def keep(self, rows: Tensor) -> None:
        for cached in (self.query_keys, self.query_values, self.keys, self.values):
            cached[:] = [tensor[rows] for tensor in cached]
        self._next_position = self._next_position[rows]
        if self._query_bias is not None and self._query_bias.shape[0] > 1:
            self._query_bias = self._query_bias[rows]

    def _attend(self, index: int, qkv: Tensor, scale: float) -> Tensor:
        """qkv: (rows, k, 3·width) -> (rows, k, width): each candidate sees its query and its own tokens."""
        rows, k = qkv.shape[:2]
        heads, now = self._trunk._heads, self._decoded + 1
        query, key, value = qkv.view(rows, k, 3, heads, -1).unbind(2)
        keys, values = self.keys[index], self.values[index]
        keys[:, :, :, self._decoded], values[:, :, :, self._decoded] = key, value
        query = query * scale
        to_query = torch.matmul(query.transpose(1, 2), self.query_keys[index].transpose(-1, -2))
        if self._query_bias is not None:
            to_query = to_query + self._query_bias
        to_own = torch.matmul(keys[:, :, :, :now], query.unsqueeze(-1)).squeeze(-1).transpose(1, 2)
        time = to_query.shape[-1]
        probs = torch.softmax(torch.cat([to_query, to_own], dim=-1), dim=-1)
        from_query = torch.matmul(probs[..., :time], self.query_values[index]).transpose(1, 2)
        # A product of one row with a short matrix: adding up is 3 times as fast as a call of the library for each.
        own = probs[..., time:].transpose(1, 2).unsqueeze(-1)
        from_own = (own * values[:, :, :, :now]).sum(dim=-2)
        mixed: Tensor = from_query + from_own
        return mixed.flatten(2)
