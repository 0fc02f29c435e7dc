"""Which rows make a batch, and which a pass: derived from a seed, sorted by length where that saves padding."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from harness.seeds import numpy_generator
from harness.training.memory import rows_by_logits

PASS_NUMBERS = 1_500_000
"""Numbers in a layer's widest tensor at which a CPU pass was fastest: they stay in its caches. Half as many or
twice as many cost a few percent, a batch of 256 rows at once 37% (3 layers, width 96)."""

PASS_TOKENS = 1024
"""A pass has at least so many tokens: fewer leave the matrix products of a wide model too thin."""

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


def rows_per_pass(*, time: int, width: int, device: torch.device, logits_per_row: int = 1) -> int:
    """How many rows of `time` positions to read at once where the settings leave it open.

    width: of the model. On a GPU only the logits limit it. The gradient is the same for every choice.
    """
    for_logits = rows_by_logits(logits_per_row)
    if device.type != "cpu":
        return for_logits
    tokens = max(PASS_TOKENS, PASS_NUMBERS // (4 * width))
    return max(1, min(for_logits, tokens // time))


def passes(lengths: Tensor, *, size: int, lanes: int = 1) -> list[Tensor]:
    """Rows 0..n-1 cut into passes of at most `size`, alike in number, each of rows of like length.

    lengths: (n,) int64, of the rows' queries. lanes: how many run side by side; each gets as many passes as the
    others. A gradient summed over the passes is that of the whole.
    """
    rows = lengths.shape[0]
    count = min(rows, lanes * math.ceil(rows / (size * lanes)))
    if count <= 1:
        return [torch.arange(rows, device=lengths.device)]
    return list(torch.tensor_split(torch.argsort(lengths, stable=True), count))
