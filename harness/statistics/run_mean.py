"""The mean of figures of independent training runs, and its interval."""

from __future__ import annotations

import numpy as np

from harness.statistics.clustered import FloatArray


def t_interval(values: FloatArray, confidence: float = 0.95) -> tuple[float | None, float | None]:
    """(low, high) for the mean over runs (n,), by a t distribution; None with one run, whose luck cannot be told."""
    if len(values) < 2:
        return None, None
    from scipy import special

    error = np.sqrt(float(values.var(ddof=1)) / len(values))
    reach = float(special.stdtrit(len(values) - 1, 0.5 + confidence / 2)) * error
    mean = float(values.mean())
    return float(mean - reach), float(mean + reach)
