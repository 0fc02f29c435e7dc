"""Variances of averages where each item has several raters and each rater many items.

The clustered variance of Cameron, Gelbach and Miller (2011), with two groups V = V_item + V_rater - V_cell, without
small-sample factors, as statsmodels' `cov_type="cluster"` with `use_correction=False`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def encode(labels: Sequence[Any] | NDArray[Any]) -> tuple[IntArray, int]:
    """Labels as codes 0..k-1 in order of appearance, and k."""
    import pandas as pd

    array = labels if isinstance(labels, np.ndarray) else np.array(list(labels), dtype=object)
    codes, uniques = pd.factorize(array, use_na_sentinel=False)
    return codes.astype(np.int64), len(uniques)


def rows_by_label(labels: NDArray[Any]) -> dict[Any, IntArray]:
    """{label: its rows, in order}, by label: one sort instead of a comparison of all rows for each label."""
    codes, n = encode(labels)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(n + 1))
    groups = [order[start:end] for start, end in pairwise(starts)]
    return dict(sorted(((labels[rows[0]], rows) for rows in groups), key=lambda group: group[0]))


def cell_codes(first: IntArray, second: IntArray) -> IntArray:
    """One code for each pair of codes that occurs."""
    return encode(first * (int(second.max(initial=0)) + 1) + second)[0]


@dataclass(frozen=True)
class Sharing:
    """Rows that share a cluster of every factor of a set: a sum over pairs of them is the signed total of its terms.

    terms: (sign, rows, codes); two of the rows share where they have one code. rows: None for all rows in order.
    """

    terms: tuple[tuple[int, IntArray | None, IntArray], ...]

    def meat(self, scores: Any) -> FloatArray:
        """Σ over the sharing pairs of the outer products of scores (n, k), dense or sparse: (k, k)."""
        return reduce(np.add, (sign * _one_way_meat(scores if rows is None else scores[rows], codes)
                               for sign, rows, codes in self.terms))

    def total(self, values: FloatArray) -> float:
        """Σ over the sharing pairs of the products of values (n,)."""
        return sum(sign * sum_of_squares(values if rows is None else values[rows], codes)
                   for sign, rows, codes in self.terms)


def intersections(groups: Sequence[IntArray]) -> dict[tuple[int, ...], Sharing]:
    """For every set of groups, by their places, small sets first: which rows share all of them.

    groups: cluster codes (n,) each. One may be (n, 2): a row then stands in two clusters, and shares where any of them
    is the same. A sum over pairs of rows that share at least one group is Σ (-1)^(size + 1) of these sums.
    """
    found: dict[tuple[int, ...], Sharing] = {}
    for size in range(1, len(groups) + 1):
        for chosen in combinations(range(len(groups)), size):
            last = _sharing(groups[chosen[-1]])
            found[chosen] = last if size == 1 else _both(found[chosen[:-1]], last)
    return found


def _sharing(codes: IntArray) -> Sharing:
    if codes.ndim == 1:
        return Sharing(((1, None, codes),))
    pairs = np.sort(codes, axis=1)
    two = np.flatnonzero(pairs[:, 0] != pairs[:, 1])
    # Rows that share both clusters are found twice, once by each; they are taken off once.
    return Sharing(((1, np.concatenate([np.arange(len(pairs)), two]), np.concatenate([pairs[:, 0], pairs[two, 1]])),
                    (-1, two, encode(cell_codes(pairs[two, 0], pairs[two, 1]))[0])))


def _both(first: Sharing, second: Sharing) -> Sharing:
    """Rows that share the one and the other. Only one of them may have terms on some of the rows."""
    if any(rows is not None for _, rows, _ in first.terms):
        first, second = second, first
    ((_, _, flat),) = first.terms
    return Sharing(tuple((sign, rows, cell_codes(flat if rows is None else flat[rows], codes))
                         for sign, rows, codes in second.terms))


def cluster_meat(scores: Any, groups: Sequence[IntArray]) -> FloatArray:
    """The middle of the sandwich for scores (n, k), dense or sparse: (k, k).

    groups: cluster codes (n,), one array or several: with two, V_first + V_second - V_cell. With several it need
    not be positive semi-definite; who uses it guards.
    """
    return reduce(np.add, (-(-1) ** len(chosen) * shared.meat(scores)
                           for chosen, shared in intersections(groups).items()))


def _one_way_meat(scores: Any, codes: IntArray) -> FloatArray:
    from scipy import sparse

    n = len(codes)
    indicator = sparse.csr_array((np.ones(n), (codes, np.arange(n))), shape=(int(codes.max(initial=0)) + 1, n))
    sums = indicator @ scores
    meat = sums.T @ sums
    return np.asarray(meat.toarray() if sparse.issparse(meat) else meat, dtype=np.float64)


def guarded_covariance(bread: FloatArray, scores: Any, groups: Sequence[IntArray]) -> tuple[FloatArray, bool]:
    """bread @ meat @ bread, and whether the guard was needed.

    Where the variance of a coefficient over several groups is not positive, the largest one-way covariance takes its
    place.
    """
    covariance = bread @ cluster_meat(scores, groups) @ bread
    if len(groups) == 1 or bool(np.all(np.diag(covariance) > 0)):
        return covariance, False
    one_way = [bread @ cluster_meat(scores, [codes]) @ bread for codes in groups]
    return max(one_way, key=lambda matrix: float(np.trace(matrix))), True


@dataclass(frozen=True)
class MeanVariance:
    """Variance of a weighted mean. variance: None where there is one cluster only.

    method: in words. fewer_clusters: what the degrees of freedom come from. guarded: V was not positive.
    """

    variance: float | None
    degrees_of_freedom: int
    fewer_clusters: int
    method: str
    guarded: bool
    why_undefined: str | None


def mean_variance(residuals: FloatArray, weights: FloatArray, *, clusters: IntArray,
                  raters: IntArray | None, unit: str = "item") -> MeanVariance:
    """Variance of Σ w (s - mean), where Σ w = 1; by `clusters` and, with two or more raters, by rater too.

    unit: what a cluster is, in words.
    """
    influence = weights * residuals
    n_clusters = int(clusters.max()) + 1
    n_raters = int(raters.max()) + 1 if raters is not None else 1
    if n_clusters < 2:
        return MeanVariance(None, 0, n_clusters, "none", False, f"one {unit} only: no spread to measure")
    item_part = sum_of_squares(influence, clusters)
    if raters is None or n_raters < 2:
        return MeanVariance(item_part, n_clusters - 1, n_clusters, "clustered by item, t", False, None)
    rater_part = sum_of_squares(influence, raters)
    variance = item_part + rater_part - sum_of_squares(influence, cell_codes(clusters, raters))
    guarded = variance <= 1e-12 * max(item_part, rater_part) and max(item_part, rater_part) > 0
    if guarded:
        variance = max(item_part, rater_part)
    fewer = min(n_clusters, n_raters)
    return MeanVariance(variance, fewer - 1, fewer, "two-way clustered by item and rater, t", guarded, None)


def sum_of_squares(influence: FloatArray, codes: IntArray) -> float:
    """Σ over clusters of the squared sum of the influence (n,) in it."""
    return float(np.sum(np.bincount(codes, weights=influence) ** 2))


@dataclass(frozen=True)
class BootstrapInterval:
    """A percentile interval.

    low, high, standard_error: None where the resamples do not differ. resamples: how many there were. why_undefined:
    why a figure is None.
    """

    low: float | None
    high: float | None
    standard_error: float | None
    resamples: int
    why_undefined: str | None = None


def pigeonhole_bootstrap(outcomes: FloatArray, *, items: IntArray, raters: IntArray | None,
                         clusters: IntArray, rng: np.random.Generator, resamples: int = 1000,
                         confidence: float = 0.95) -> BootstrapInterval:
    """Items (by cluster) and raters are resampled independently (Owen 2007), and the mean of item means
    taken anew.

    An item whose raters were all left out of a resample is left out of it too.
    """
    from scipy import sparse

    n_items = int(items.max()) + 1
    rater_codes = raters if raters is not None else np.zeros(len(outcomes), dtype=np.int64)
    n_raters = int(rater_codes.max()) + 1
    shape = (n_items, n_raters)
    votes = sparse.csr_array((np.ones(len(outcomes)), (items, rater_codes)), shape=shape)
    wins = sparse.csr_array((outcomes, (items, rater_codes)), shape=shape)
    cluster_of_item = np.zeros(n_items, dtype=np.int64)
    cluster_of_item[items] = clusters
    n_clusters = int(clusters.max()) + 1
    means = np.empty(resamples)
    chunk = max(1, 5_000_000 // max(len(outcomes), n_items, n_clusters, n_raters))
    for start in range(0, resamples, chunk):
        size = min(chunk, resamples - start)
        rater_weights = _resample_counts(n_raters, size, rng) if n_raters > 1 else np.ones((1, size))
        item_weights = _resample_counts(n_clusters, size, rng)[cluster_of_item]
        votes_left = votes @ rater_weights
        item_means = (wins @ rater_weights) / np.maximum(votes_left, 1)
        item_weights *= votes_left > 0
        total = np.maximum(item_weights.sum(axis=0), 1)
        means[start:start + size] = (item_weights * item_means).sum(axis=0) / total
    if np.ptp(means) <= 1e-12:
        return BootstrapInterval(None, None, None, resamples, "every resample has the same mean: no spread to measure")
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(means, [tail, 100 - tail])
    return BootstrapInterval(float(low), float(high), float(means.std(ddof=1)), resamples)


def _resample_counts(n: int, size: int, rng: np.random.Generator) -> FloatArray:
    """(n, size): how often each of n is drawn in a resample of n with replacement."""
    draws = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
    return np.bincount(draws.ravel(), minlength=n * size).reshape(size, n).T.astype(np.float64)
