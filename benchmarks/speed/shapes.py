"""The work of the comparisons: model shapes and the data of one batch, the same for every side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

QUERY, RESPONSE, CANDIDATES = 64, 24, 4
TEMPERATURE, EPOCHS, LEARNING_RATE, BETA = 0.7, 4, 1e-5, 0.15
STOP, AFTER, PENALTY = 13, 16, -1.0
"""The end token, from which position on it ends a response, and the score of one that it never ends."""


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
    def title(self) -> str:
        return (f"({self.name}) {self.layers} layers, width {self.width}, {self.heads} heads, "
                f"vocabulary {self.vocabulary:,}, batch {self.batch}")

    @property
    def gflop_per_episode(self) -> float:
        """Of the least work, an addition and a multiplication counted as two.

        Sampling with a cache; one reference and one reward forward pass; four forward and backward passes of one
        trunk; the last layer and the head at the response's positions only.
        """
        time = QUERY + RESPONSE
        head = RESPONSE * self.width * self.vocabulary
        training = self._body(time, last=RESPONSE) + head
        reward = self._body(time, last=1)
        prefill = self._body(QUERY, last=1)
        decoding = self.layers * (RESPONSE - 1) * (12 * self.width**2 + (2 * QUERY + RESPONSE) * self.width) + head
        return 2 * ((1 + 3 * EPOCHS) * training + reward + prefill + decoding) / 1e9

    def _body(self, time: int, *, last: int) -> float:
        """Multiply-adds of a pass over `time` positions, the last layer at `last` of them."""
        square = self.width**2
        layer = 12 * time * square + time**2 * self.width
        final = 2 * time * square + 10 * last * square + last * (2 * time - last) * self.width
        return (self.layers - 1) * layer + final


SHAPES = {
    "a": Shape("a", layers=2, width=64, heads=2, vocabulary=512, batch=64),
    "b": Shape("b", layers=4, width=128, heads=4, vocabulary=2048, batch=64),
    "c": Shape("c", layers=12, width=768, heads=12, vocabulary=50257, batch=8),
}


def query_rows(shape: Shape, *, rows: int, seed: int = 0) -> list[list[int]]:
    """Token ids. One row in eight is a little shorter than the rest, so that every side needs its padding masks.

    Ids begin behind STOP: the ids up to it are for padding and ends.
    """
    rng = np.random.default_rng(seed)
    lengths = np.where(np.arange(rows) % 8 == 7, QUERY - 1 - np.arange(rows) % 7, QUERY)
    return [rng.integers(STOP + 1, shape.vocabulary, size=length).tolist() for length in lengths]
