"""Whether chances that a model gives come true as often as it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray

_BINS = 10


@dataclass(frozen=True)
class Calibration:
    """confidence: the mean chance that is given to the favourite; above the accuracy: too sure of itself.

    error: the expected calibration error (Guo et al. 2017), in ten bins of the favourite's chance.
    """

    confidence: float
    error: float


def calibration(chances: FloatArray, chosen: IntArray) -> Calibration:
    """chances: (n, k), each row sums to 1. chosen: (n,), which came true."""
    favourite = chances.argmax(axis=1)
    given = chances[np.arange(len(chances)), favourite]
    right = (favourite == chosen).astype(np.float64)
    place = np.minimum((given * _BINS).astype(np.int64), _BINS - 1)
    off = np.bincount(place, weights=given - right, minlength=_BINS)
    return Calibration(float(given.mean()), float(np.abs(off).sum() / len(chances)))
