"""Log-probabilities of tokens from the hidden states of a small model, and their gradients, with compiled kernels.

All tensors are float32, contiguous, on the CPU. See vocabulary.hpp.
"""

from __future__ import annotations

from ctypes import Structure, byref, c_bool, c_float, c_int64, c_void_p
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from harness.kernels.library import SMALL, address


class _Vocabulary(Structure):
    """As in vocabulary.hpp."""

    _fields_ = (("rows", c_int64), ("width", c_int64), ("size", c_int64), ("temperature", c_float),
                ("hidden", c_void_p), ("table", c_void_p), ("tokens", c_void_p))


class Logprobs(NamedTuple):
    """All (rows,), nats. normalizers: log Σ e^logit."""

    logprobs: Tensor
    entropies: Tensor
    normalizers: Tensor


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """hidden: (rows, width), divided by the temperature here. table: (vocabulary, width). tokens: (rows,) int64."""

    hidden: Tensor
    table: Tensor
    tokens: Tensor
    temperature: float

    def logprobs(self) -> Logprobs:
        found = Logprobs(*(torch.empty(len(self.hidden)) for _ in Logprobs._fields))
        spreads, scratch = torch.empty(len(self.hidden), 3), self._scratch(backward=False)
        SMALL.functions.vocabulary_logprobs(byref(self._native()), address(spreads), *map(address, found),
                                            address(scratch))
        return found

    def backward(self, normalizers: Tensor, grad: Tensor) -> tuple[Tensor, Tensor]:
        """Gradients of hidden and table, from that of the log-probabilities."""
        for_hidden, for_table = torch.empty_like(self.hidden), torch.zeros_like(self.table)
        scratch = self._scratch(backward=True)
        SMALL.functions.vocabulary_backward(byref(self._native()), address(normalizers), address(grad),
                                            address(for_hidden), address(for_table), address(scratch))
        return for_hidden, for_table

    def _native(self) -> _Vocabulary:
        rows, width = self.hidden.shape
        return _Vocabulary(rows, width, len(self.table), self.temperature, address(self.hidden), address(self.table),
                           address(self.tokens))

    def _scratch(self, *, backward: bool) -> Tensor:
        return torch.empty(SMALL.size("vocabulary_workspace", self._native(), c_bool(backward)))
