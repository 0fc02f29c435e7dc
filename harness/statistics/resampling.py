"""Means over texts where a measure is defined, and their bootstrap intervals over articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, encode
from harness.statistics.run_errors import Scope
from harness.statistics.win_rate import Labels


@dataclass(frozen=True)
class Bounds:
    """An interval.

    low, high: its ends; None where there is no spread to measure.
    """

    low: float | None
    high: float | None


@dataclass(frozen=True)
class MeanInterval:
    """A mean over the texts for which the measure is defined.

    mean: None where it is defined for no text. low, high: its interval: a percentile interval by a bootstrap over
    articles, or a t interval over runs and articles. why_undefined: why a figure is None. scope: `procedure` where the
    interval holds for another run too, `these policies` where there is one run. these_runs: the bootstrap over articles
    beside an interval over runs, about these policies only.
    """

    mean: float | None
    low: float | None
    high: float | None
    why_undefined: str | None = None
    scope: Scope = "these policies"
    these_runs: Bounds | None = None


def mean_of_defined(values: FloatArray | Sequence[float | None]) -> float | None:
    """The mean of what is not NaN and not None; None where nothing is left."""
    numbers = np.asarray(values, dtype=np.float64)
    defined = numbers[~np.isnan(numbers)]
    return float(defined.mean()) if len(defined) else None


def bootstrap_means(values: FloatArray, articles: Labels, rng: np.random.Generator, *, resamples: int = 1000,
                    confidence: float = 0.95) -> list[MeanInterval]:
    """Means of the columns of values (n, k), NaN where undefined; articles (n,) are resampled whole."""
    codes, n_articles = encode(articles)
    known = ~np.isnan(values)
    sums, counts = np.zeros((n_articles, values.shape[1])), np.zeros((n_articles, values.shape[1]))
    np.add.at(sums, codes, np.where(known, values, 0.0))
    np.add.at(counts, codes, known)
    means = np.empty((resamples, values.shape[1]))
    chunk = max(1, 5_000_000 // n_articles)
    for start in range(0, resamples, chunk):
        size = min(chunk, resamples - start)
        drawn = rng.multinomial(n_articles, np.full(n_articles, 1 / n_articles), size=size).astype(np.float64)
        total = drawn @ counts
        means[start:start + size] = np.where(total > 0, drawn @ sums / np.maximum(total, 1), np.nan)
    return [_interval(sums[:, column], counts[:, column], means[:, column], confidence)
            for column in range(values.shape[1])]


def _interval(sums: FloatArray, counts: FloatArray, means: FloatArray, confidence: float) -> MeanInterval:
    articles = int((counts > 0).sum())
    if articles == 0:
        return MeanInterval(None, None, None, "undefined for every text: too short, or without a whole sentence")
    mean = float(sums.sum() / counts.sum())
    if articles < 2:
        return MeanInterval(mean, None, None, "one article only: no interval")
    if np.nanmax(means) - np.nanmin(means) <= 1e-12 * max(1.0, abs(mean)):
        return MeanInterval(mean, None, None, "every article has the same value: no spread to measure")
    tail = 50 * (1 - confidence)
    low, high = np.nanpercentile(means, [tail, 100 - tail])
    return MeanInterval(mean, float(low), float(high))
