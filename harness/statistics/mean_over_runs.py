"""Means over texts with training runs as a random factor: intervals that hold for another run and other articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from harness.statistics.clustered import FloatArray, encode
from harness.statistics.multiway import multiway_variance
from harness.statistics.resampling import Bounds, MeanInterval
from harness.statistics.run_errors import Error, error_over_runs
from harness.statistics.win_rate import Labels


def means_over_runs(values: FloatArray, *, articles: Labels, runs: Labels, these_runs: Sequence[MeanInterval],
                    ranges: Sequence[tuple[float, float]], confidence: float = 0.95) -> list[MeanInterval]:
    """Means of the columns of values (n, k), NaN where undefined, with t intervals clustered by run and article.

    articles, runs: (n,) labels. these_runs: the k means with intervals about these policies; a column with one run
    stays as it is there. ranges: (lowest, highest) that each mean can have; intervals are cut there.
    """
    article, run = encode(articles)[0], encode(runs)[0]
    return [_over_runs(values[:, column], article, run, found, ranges[column], confidence)
            for column, found in enumerate(these_runs)]


def _over_runs(values: FloatArray, article: np.ndarray, run: np.ndarray, these: MeanInterval,
               within: tuple[float, float], confidence: float) -> MeanInterval:
    known = ~np.isnan(values)
    n = int(known.sum())
    if len(np.unique(run[known])) < 2 or len(np.unique(article[known])) < 2:
        return these
    mean = float(values[known].mean())
    found = multiway_variance(values[known] - mean, np.full(n, 1 / n), {"run": run[known], "article": article[known]})
    if found.variance is None or found.variance <= 1e-20 * max(1.0, mean**2):
        return these
    of_articles = Error(found.part("article"), found.clusters["article"] - 1, "clustered by article, t")
    reach = error_over_runs(found, these_runs=of_articles, confidence=confidence).reach(confidence)
    low, high = max(mean - reach, within[0]), min(mean + reach, within[1])
    return replace(these, low=low, high=high, why_undefined=None, scope="procedure",
                   these_runs=Bounds(these.low, these.high))
