"""Which rows make a batch, and which a micro-batch: derived from a seed, sorted by length where that saves padding."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from harness.seeds import numpy_generator

SORTED_TOGETHER = 32
"""So many batches are sorted by length together: long enough to save padding, short enough to stay random."""


def epoch_batches(lengths: np.ndarray, *, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """A random order of all rows cut into batches (the last may be smaller), of rows of like length each."""
    rng = numpy_generator(seed, "order", epoch)
    order = rng.permutation(len(lengths))
    if len(lengths) == 0 or lengths.min() == lengths.max():
        return [order[start:start + batch_size] for start in range(0, len(order), batch_size)]
    batches: list[np.ndarray] = []
    chunk = batch_size * SORTED_TOGETHER
    for start in range(0, len(order), chunk):
        rows = order[start:start + chunk]
        rows = rows[np.argsort(lengths[rows], kind="stable")]
        batches.extend(rows[first:first + batch_size] for first in range(0, len(rows), batch_size))
    return [batches[index] for index in rng.permutation(len(batches))]


def micro_batches(lengths: Tensor, *, size: int, threads: int = 1) -> list[Tensor]:
    """Rows 0..n-1 cut into micro-batches of at most `size`, of like numbers of rows, each of rows of like length.

    lengths: (n,) int64, of the rows' queries. threads: how many micro-batches run side by side; each thread gets as
    many as the others. A gradient summed over them is that of the whole batch.
    """
    rows = lengths.shape[0]
    count = min(rows, threads * math.ceil(rows / (size * threads)))
    if count <= 1:
        return [torch.arange(rows, device=lengths.device)]
    return list(torch.tensor_split(torch.argsort(lengths, stable=True), count))
