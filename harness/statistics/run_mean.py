"""The mean of figures of independent training runs, and its interval."""

from __future__ import annotations

import numpy as np

from harness.statistics.clustered import FloatArray


def t_interval(values: FloatArray, confidence: float = 0.95) -> tuple[float | None, float | None]:
    """(low, high) for the mean over runs (n,), by a t distribution; None with one run, whose luck cannot be told."""
    if len(values) < 2:
        return None, None
    from scipy import special

    reach = float(special.stdtrit(len(values) - 1, 0.5 + confidence / 2)) * float(values.std(ddof=1))
    mean, half = float(values.mean()), reach / float(np.sqrt(len(values)))
    return mean - half, mean + half
