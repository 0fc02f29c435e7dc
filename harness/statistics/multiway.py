"""The variance of a mean whose judgments share runs, queries and raters, for few clusters of each.

Two judgments depend on each other where they share a cluster of any factor. With the signed sum of Cameron, Gelbach
and Miller (2011) over such pairs, A = Σ one-way - Σ two-way + three-way, the variance is

    V = A / (1 - s),   s = Σ w w' over the same pairs, Σ w = 1,

the U-statistic estimate, as in Gallas (2006). In a balanced crossed design 1/(1 - s) = Π G/(G-1), and V is the analysis
of variance's (MS_run + MS_query - MS_cell) / n. A factor G/(G-1) for each term, the usual one, leaves V too small: the
residuals of few runs hold less of the queries' spread than is subtracted.

A small V is replaced by the largest V over a part of the factors (MacKinnon, Nielsen and Webb 2024 take the largest
standard error likewise). The degrees of freedom are Satterthwaite's, as Hillis (2007) uses them for readers and cases.
`docs/statistics.md` has the coverage that chose all this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray, cell_codes, intersections


@dataclass(frozen=True)
class MultiwayVariance:
    """Variance of a weighted mean.

    variance: None where there is no pair of judgments that shares nothing. degrees_of_freedom: of t. clusters: how many
    each factor has. parts: for each non-empty set of factors the variance that those factors alone give, at least 0.
    guarded: V was below a part of itself, which then took its place.
    """

    variance: float | None
    degrees_of_freedom: float
    clusters: Mapping[str, int]
    parts: Mapping[frozenset[str], float]
    guarded: bool

    def part(self, *factors: str) -> float:
        """The variance that these factors alone give; 0 without any."""
        return self.parts.get(frozenset(factors), 0.0)


def multiway_variance(residuals: FloatArray, weights: FloatArray, factors: Mapping[str, IntArray]) -> MultiwayVariance:
    """Variance of Σ w (s - mean), where Σ w = 1.

    residuals, weights: (n,). factors: as in `variance_of_influence`.
    """
    return variance_of_influence(weights * residuals, weights[:, None], factors)


def variance_of_influence(influence: FloatArray, leverage: FloatArray,
                          factors: Mapping[str, IntArray]) -> MultiwayVariance:
    """Variance of an estimate that moves by Σ of the influence (n,) of the judgments.

    leverage: (n, k), such that Σ z·z' over pairs that share is the part of Σ u u' that fitting took away from it, were
    the judgments independent; over all pairs it is 1. Of a mean, its weights. factors: cluster codes (n,) by name.
    One factor may be (n, 2): its clusters are runs of which a judgment has two, and two judgments share it where any of
    their runs is the same (Aronow, Samii and Assenova 2015). Factors of one cluster, and those that divide the
    judgments as an earlier one does, are left out.
    """
    used = _distinct(factors)
    names = list(used)
    sums = {chosen: (shared.total(influence), sum(shared.total(column) for column in leverage.T))
            for chosen, shared in intersections(list(used.values())).items()}
    parts: dict[frozenset[str], float] = {}
    for chosen in sums:
        subsets = [each for each in sums if set(each) <= set(chosen)]
        shared, share = (sum(-(-1) ** len(each) * sums[each][place] for each in subsets) for place in (0, 1))
        if share < 1 - 1e-9:
            parts[frozenset(names[place] for place in chosen)] = max(shared / (1 - share), 0.0)
    clusters = {name: len(np.unique(codes)) for name, codes in used.items()}
    whole = parts.get(frozenset(used))
    if whole is None:
        return MultiwayVariance(None, 0.0, clusters, parts, guarded=False)
    variance = max(parts.values())
    one_way = {name: parts.get(frozenset([name]), 0.0) for name in used}
    return MultiwayVariance(variance, degrees_of_freedom(variance, one_way, clusters), clusters, parts,
                            guarded=whole < variance * (1 - 1e-9))


def degrees_of_freedom(variance: float, parts: Mapping[str, float], clusters: Mapping[str, float]) -> float:
    """Satterthwaite's for a variance with these one-way parts, each with (clusters - 1) of its own.

    A part that was estimated too small makes the interval narrow twice, by the variance and by t. So a part with f
    degrees counts f/(f - 1) times here; with two clusters the one degree of that part is all there is.
    """
    if any(clusters[name] <= 2 and part > 0 for name, part in parts.items()):
        return 1.0
    scaled = {name: part * (clusters[name] - 1) / (clusters[name] - 2) for name, part in parts.items() if part > 0}
    if not scaled:
        return float(min(clusters.values()) - 1)
    whole = variance + sum(scaled.values()) - sum(parts[name] for name in scaled)
    return whole**2 / sum(part**2 / (clusters[name] - 1) for name, part in scaled.items())


def _distinct(factors: Mapping[str, IntArray]) -> dict[str, IntArray]:
    """Without constant factors and repeated ones: neither adds a pair that shares something."""
    kept: dict[str, IntArray] = {}
    for name, codes in factors.items():
        same = any(codes.ndim == 1 == other.ndim and same_partition(codes, other) for other in kept.values())
        if len(np.unique(codes)) > 1 and not same:
            kept[name] = codes
    return kept


def same_partition(codes: IntArray, other: IntArray) -> bool:
    """Whether two cluster codes (n,) divide the rows alike: each cluster of one is a cluster of the other."""
    return len(np.unique(codes)) == len(np.unique(other)) == len(np.unique(cell_codes(codes, other)))
