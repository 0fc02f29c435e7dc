"""Samples responses from a small model with compiled kernels, one token after the other.

All tensors are float32, contiguous, on the CPU. See decode.hpp and picking.hpp.
"""

from __future__ import annotations

from ctypes import Structure, byref, c_float, c_int64, c_void_p
from typing import NamedTuple

import torch
from torch import Tensor

from harness.kernels.library import SMALL, address
from harness.kernels.rows import Rows
from harness.kernels.small.blocks import Blocks, KVCaches


class _Picking(Structure):
    """As in picking.hpp."""

    _fields_ = (("states", c_int64), ("each", c_int64), ("width", c_int64), ("size", c_int64), ("temperature", c_float),
                ("table", c_void_p))


class Embeddings(NamedTuple):
    """All (n, width): of tokens, of positions, and the output's."""

    tokens: Tensor
    positions: Tensor
    output: Tensor


class Decoding:
    """The KV caches of the queries, kept once for all their candidates, and of each candidate's own tokens.

    first_hidden: (rows, width), the state after each query.
    """

    def __init__(self, blocks: Blocks, x: Tensor, rows: Rows, *, lengths: Tensor, candidates: int, length: int,
                 embeddings: Embeddings) -> None:
        """x: (rows, time, width), the queries, embedded and padded on the left. lengths: (rows,) int64, of them.

        embeddings: as they stay until the last step.
        """
        count, time, width = x.shape
        self._blocks, self._embeddings = blocks, Embeddings(*(table.detach().contiguous() for table in embeddings))
        self._shape, self._decoded = (candidates, time, length), 0
        self._lengths, self._first = lengths.contiguous(), time - lengths
        self.queries, self.own = blocks.caches(rows=count, candidates=candidates, time=time, length=length)
        self.first_hidden = blocks.forward(x, rows, queries=self.queries)[0].squeeze(1)
        picking = _Picking(width=width, size=len(embeddings.output))
        self._output, scratch = (torch.empty(SMALL.size(name, picking)) for name in ("table_size", "table_workspace"))
        SMALL.functions.pack_output(byref(picking), address(self._embeddings.output), address(self._output),
                                    address(scratch))

    def step(self, tokens: Tensor) -> Tensor:
        """(rows, k) -> the hidden states after them, (rows, k, width)."""
        candidates, time, length = self._shape
        caches = KVCaches(len(tokens), candidates, time, length, self._decoded, address(self._first),
                          address(self.queries), address(self.own))
        out = torch.empty(*tokens.shape, self._blocks.shape.width)
        self._blocks.decode(caches, tokens.contiguous(), self._lengths, self._embeddings.tokens,
                            self._embeddings.positions, out)
        self._decoded += 1
        return out

    def pick(self, hidden: Tensor, chance: Tensor, *, temperature: float) -> tuple[Tensor, Tensor]:
        """(tokens, their log-probabilities) after hidden states (rows, 1 or k, width), by chances (rows, k)."""
        hidden, chance = hidden.contiguous(), chance.contiguous()
        states = hidden.shape[0] * hidden.shape[1]
        picking = _Picking(states, chance.numel() // states, hidden.shape[2], len(self._embeddings.output), temperature,
                           address(self._output))
        tokens, logprobs = torch.empty(chance.shape, dtype=torch.int64), torch.empty(chance.shape)
        scratch = torch.empty(SMALL.size("picking_workspace", picking))
        SMALL.functions.pick_tokens(byref(picking), address(hidden), address(chance), address(tokens),
                                    address(logprobs), address(scratch))
        return tokens, logprobs

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows alone, (n,) int64."""
        self.queries, self.own = self.queries[:, rows], self.own[:, rows]
        self._lengths, self._first = self._lengths[rows], self._first[rows]
