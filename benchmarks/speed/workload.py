"""The work that all programs are measured on: shapes of models, and the data of one batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from harness.training.settings import EndRule

QUERY, RESPONSE, CANDIDATES = 64, 24, 4
END = EndRule(tokens=RESPONSE, truncate_after=16, penalty=-1.0)
TEMPERATURE, EPOCHS, LEARNING_RATE, BETA = 0.7, 4, 1e-5, 0.15
STOP = 13
"""The end token."""


@dataclass(frozen=True)
class Shape:
    """layers, width, heads, vocabulary of a GPT-2; batch: episodes an update."""

    name: str
    layers: int
    width: int
    heads: int
    vocabulary: int
    batch: int

    @property
    def gflop_per_episode(self) -> float:
        """Of the least work, an addition and a multiplication counted as two.

        Sampling with a cache; one reference and one reward forward pass; four forward and backward passes of one
        trunk; the last layer and the head at the response's positions only.
        """
        time = QUERY + RESPONSE
        training = self._body(time, last=RESPONSE) + self._head
        reward = self._body(time, last=1)
        return 2 * ((1 + 3 * EPOCHS) * training + reward + self._body(QUERY, last=1) + self._decoding) / 1e9

    def gflop_per_response(self, candidates: int) -> float:
        """Of the least sampling: the query is read once for its candidates, then each token is one step."""
        return 2 * (self._body(QUERY, last=1) / candidates + self._decoding) / 1e9

    @property
    def gflop_per_label(self) -> float:
        """Of the least training on a label: forward and backward, the query once, the last layer at each end only."""
        answers = CANDIDATES * RESPONSE
        return 2 * 3 * self._pass(QUERY + answers, QUERY**2 + answers * (2 * QUERY + RESPONSE), last=CANDIDATES,
                                  last_pairs=CANDIDATES * (2 * (QUERY + RESPONSE) - 1)) / 1e9

    def query_rows(self, *, rows: int, seed: int = 0) -> list[list[int]]:
        """Token ids. One row in eight is a little shorter than the rest, so that every program needs its padding masks.

        Ids begin behind STOP: the ids up to it are for padding and ends.
        """
        rng = np.random.default_rng(seed)
        lengths = np.where(np.arange(rows) % 8 == 7, QUERY - 1 - np.arange(rows) % 7, QUERY)
        return [rng.integers(STOP + 1, self.vocabulary, size=length).tolist() for length in lengths]

    def labelled_candidates(self, *, labels: int) -> tuple[Tensor, Tensor]:
        """Random tokens (labels, CANDIDATES, RESPONSE), and which candidate of each is the best (labels,)."""
        generator = torch.Generator().manual_seed(0)
        candidates = torch.randint(STOP + 1, self.vocabulary, (labels, CANDIDATES, RESPONSE), generator=generator)
        return candidates, torch.randint(0, CANDIDATES, (labels,), generator=generator)

    @property
    def _head(self) -> int:
        return RESPONSE * self.width * self.vocabulary

    @property
    def _decoding(self) -> int:
        """Multiply-adds of a response behind the query's pass, which has given its first token."""
        steps = RESPONSE - 1
        return self.layers * steps * (12 * self.width**2 + (2 * QUERY + RESPONSE) * self.width) + self._head

    def _body(self, time: int, *, last: int) -> int:
        """Multiply-adds of a pass over `time` positions, the last layer at `last` of them."""
        return self._pass(time, time**2, last=last, last_pairs=last * (2 * time - last))

    def _pass(self, positions: int, pairs: int, *, last: int, last_pairs: int) -> int:
        """pairs: twice the number of positions that each position attends to, summed over them."""
        square = self.width**2
        layer = 12 * positions * square + pairs * self.width
        final = 2 * positions * square + 10 * last * square + last_pairs * self.width
        return (self.layers - 1) * layer + final


SHAPES = {
    "a": Shape("a", layers=2, width=64, heads=2, vocabulary=512, batch=64),
    "b": Shape("b", layers=4, width=128, heads=4, vocabulary=2048, batch=64),
    "c": Shape("c", layers=12, width=768, heads=12, vocabulary=50257, batch=8),
}
