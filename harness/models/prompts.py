"""Batches of token sequences of different lengths, in which padding never changes a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from harness.records import PAD

Side = Literal["left", "right"]


def width_for(longest: int) -> int:
    """The columns of a batch whose longest row has so many tokens, where padding is needed anyway: one of 16 widths
    for each doubling, at most a sixteenth more.

    The library behind the matrix products keeps what it has made ready for each shape that it meets. Rows of every
    length made so many shapes that training on real texts grew by 100 MB and more an update.
    """
    step = 1 << max(0, longest.bit_length() - 5)
    return -(-longest // step) * step


@dataclass(frozen=True, eq=False)
class TokenBatch:
    """tokens: (rows, time) int64, PAD where there is no token, before or after the tokens of a row."""

    tokens: Tensor

    @classmethod
    def from_sequences(cls, sequences: Sequence[Sequence[int] | np.ndarray], *, side: Side = "left") -> TokenBatch:
        """One row a sequence, padded on `side` to the longest, or a little more (`width_for`).

        Raises ValueError for an empty sequence.
        """
        if not sequences or any(len(sequence) == 0 for sequence in sequences):
            raise ValueError("every sequence of a batch needs at least one token, and a batch at least one sequence")
        lengths = {len(sequence) for sequence in sequences}
        width = max(lengths) if len(lengths) == 1 else width_for(max(lengths))
        tokens = torch.full((len(sequences), width), PAD, dtype=torch.int64)
        for row, sequence in enumerate(sequences):
            start = width - len(sequence) if side == "left" else 0
            tokens[row, start:start + len(sequence)] = torch.as_tensor(sequence, dtype=torch.int64)
        return cls(tokens)

    def __len__(self) -> int:
        return self.tokens.shape[0]

    def __getitem__(self, rows: slice | Tensor | list[int]) -> TokenBatch:
        """The given rows, in the given order, with the padding that all of them share cut away (`trimmed`).

        Not on a GPU: to know what they share, the host would have to wait for it.
        """
        picked = TokenBatch(self.tokens[rows])
        if self.tokens.device.type != "cpu":
            return picked.known_as(self)
        return picked.trimmed() if picked.is_padded else picked

    @cached_property
    def is_token(self) -> Tensor:
        """(rows, time) bool: where there is a token."""
        return self.tokens != PAD

    @cached_property
    def is_padded(self) -> bool:
        """Whether any position holds no token."""
        return not bool(self.is_token.all())

    @cached_property
    def lengths(self) -> Tensor:
        """(rows,) int64: how many tokens each row has."""
        return self.is_token.sum(dim=1)

    @cached_property
    def longest(self) -> int:
        """How many tokens the longest row has, or more."""
        return int(self.lengths.max())

    def to(self, device: torch.device | str) -> TokenBatch:
        """On another device left-padded, and with its shape known: nobody need ask the device for it."""
        if self.tokens.to(device) is self.tokens:
            return self
        left = self.left_padded
        return TokenBatch(left.tokens.to(device)).known_as(left)

    def known_as(self, other: TokenBatch) -> TokenBatch:
        """Itself, left-padded, and taken to be as padded and as long as the other."""
        vars(self).update(is_padded=other.is_padded, longest=other.longest, left_padded=self)
        return self

    def trimmed(self) -> TokenBatch:
        """Without the columns that hold no token in any row, but for those that `width_for` asks for."""
        kept = self.is_token.any(dim=0)
        longest = int(kept.sum())
        if bool((self.lengths < longest).any()):
            empty = torch.nonzero(~kept).flatten()
            kept[empty[max(0, len(empty) - (width_for(longest) - longest)):]] = True
        return TokenBatch(self.tokens[:, kept])

    @cached_property
    def left_padded(self) -> TokenBatch:
        """The same rows, each ending at the last column."""
        if not self.is_padded or bool(self.is_token[:, -1].all() and (self.is_token.diff(dim=1) >= 0).all()):
            return self
        order = torch.argsort(self.is_token.long(), dim=1, stable=True)
        return TokenBatch(self.tokens.gather(1, order)).trimmed()

    def sequences(self) -> list[tuple[int, ...]]:
        """The rows as plain tuples, without padding."""
        return [tuple(int(t) for t in row if t != PAD) for row in self.tokens.tolist()]
