"""Which labels of the pool a run has: nested, so that a smaller budget's labels are among those of a larger one."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from harness.seeds import numpy_generator


class Draw(Protocol):
    """A run's own order of the labels of a pool."""

    @property
    def seed(self) -> int: ...

    @property
    def pool(self) -> int: ...


def label_numbers(start: int, stop: int, draw: Draw | None) -> np.ndarray:
    """Of labels start .. stop−1 of a run's own order, or of the study's."""
    places = np.arange(start, stop)
    return places if draw is None else draw_order(draw.seed, draw.pool)[places]


def budget_numbers(budget: int, draw: Draw | None, *, there: int) -> np.ndarray:
    """Of the labels that a reward model is fitted to, among those of its stages. there: how many those are, which may
    be fewer than were planned.
    """
    numbers = np.arange(there) if draw is None else draw_order(draw.seed, there)
    return numbers[:budget]


def draw_order(seed: int, pool: int) -> np.ndarray:
    """(pool,) the numbers of all labels of a pool in a run's own order; a budget takes the first of them."""
    return numpy_generator(seed, "labels").permutation(pool)
