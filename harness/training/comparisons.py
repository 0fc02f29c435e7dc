"""Best-of-k labels as a reward model is fitted to them, in memory or read by batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from harness.models.prompts import TokenBatch


class LabelSource(Protocol):
    """n labels, in memory (`Comparisons`) or not. width: tokens of the widest query and all its candidates."""

    @property
    def width(self) -> int: ...

    def __len__(self) -> int: ...

    def take(self, rows: Tensor) -> Comparisons:
        """The labels of these rows, in this order."""


@dataclass(frozen=True, eq=False)
class Comparisons:
    """queries: n rows. candidates: (n, k, R), truncated, PAD after their ends. best: (n,) in [0, k).

    Raises ValueError where they do not fit.
    """

    queries: TokenBatch
    candidates: Tensor
    best: Tensor

    def __post_init__(self) -> None:
        labels, k = self.candidates.shape[:2]
        if len(self.queries) != labels or self.best.shape != (labels,):
            raise ValueError(f"{len(self.queries)} queries, {labels} rows of candidates and best of "
                             f"{tuple(self.best.shape)}")
        if not bool(((self.best >= 0) & (self.best < k)).all()):
            raise ValueError(f"each best must be in 0..{k - 1}")

    def __len__(self) -> int:
        return len(self.queries)

    @property
    def width(self) -> int:
        """See `LabelSource`."""
        return self.queries.tokens.shape[1] + self.candidates[0].numel()

    def take(self, rows: Tensor) -> Comparisons:
        """See `LabelSource`. Padding that the rows share is cut away."""
        return Comparisons(self.queries[rows], self.candidates[rows], self.best[rows])
