"""How far raters who judged the same items agree, beyond what chance would give.

Raw agreement, Krippendorff's α with a bootstrap interval, and Gwet's AC1. An item that one rater judged says nothing
about agreement and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from harness.statistics.clustered import FloatArray, encode
from harness.statistics.win_rate import Labels

Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True)
class Agreement:
    """How far raters agree on the items that two or more of them judged.

    raw: share of agreeing pairs of judgments, averaged over items. krippendorff_alpha: Krippendorff's nominal α.
    alpha_low, alpha_high: its interval, a bootstrap over items. ac1: Gwet's AC1. n_items: items with two raters or
    more. why_undefined: why a figure cannot be had.
    """

    raw: float | None
    krippendorff_alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    ac1: float | None
    n_items: int
    why_undefined: str | None

    @staticmethod
    def undefined(why: str) -> Agreement:
        """No figure at all."""
        return Agreement(None, None, None, None, None, 0, why)


def agreement(ratings: Labels, *, items: Labels, rng: np.random.Generator, resamples: int = 1000,
              confidence: float = 0.95) -> Agreement:
    """Agreement of n nominal judgments. ratings: (n,) what was chosen (an arm or a tie, never a side)."""
    categories, n_categories = encode(ratings)
    codes, n_items = encode(items)
    counts = np.zeros((n_items, n_categories))
    np.add.at(counts, (codes, categories), 1)
    shares = np.mean(counts / counts.sum(axis=1, keepdims=True), axis=0)
    counts = counts[counts.sum(axis=1) >= 2]
    if len(counts) == 0:
        return Agreement.undefined("no item was judged by two raters")
    # Items with the same counts are alike: a million judgments have a few dozen patterns.
    patterns, occurrences = np.unique(counts, axis=0, return_counts=True)
    weights = occurrences.astype(np.float64)
    per_item = _pair_agreement(patterns)
    raw = float(np.average(per_item, weights=weights))
    if (counts.sum(axis=0) > 0).sum() < 2:
        why = "every judgment is the same choice: no chance agreement to compare with"
        return Agreement(raw, None, None, None, None, len(counts), why)
    alpha = _nominal_alpha(patterns, weights)
    if resamples == 0 or len(counts) < 2:
        reason = "no resamples: no interval for alpha" if len(counts) > 1 else "one item only: no interval for alpha"
        return Agreement(raw, alpha, None, None, _ac1(shares, raw), len(counts), reason)
    draws = rng.multinomial(len(counts), weights / weights.sum(), size=resamples)
    resampled = np.array([_nominal_alpha(patterns, draw) for draw in draws.astype(np.float64)])
    defined = resampled[~np.isnan(resampled)]
    if len(defined) == 0 or np.ptp(defined) <= 1e-12:
        why = "every resample has the same alpha: no interval for it"
        return Agreement(raw, alpha, None, None, _ac1(shares, raw), len(counts), why)
    tail = 50 * (1 - confidence)
    low, high = (float(value) for value in np.percentile(defined, [tail, 100 - tail]))
    return Agreement(raw, alpha, low, high, _ac1(shares, raw), len(counts), None)


def krippendorff_alpha(reliability: Sequence[Sequence[Any]] | FloatArray, *,
                       level: Level = "nominal") -> float | None:
    """α of a raters x items table, NaN where a rater did not judge; None where all values are the same."""
    import krippendorff

    table = np.asarray(reliability, dtype=np.float64)
    if len(np.unique(table[~np.isnan(table)])) < 2:
        return None
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement=level))


def _pair_agreement(counts: FloatArray) -> FloatArray:
    n = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (n * (n - 1)))


def _nominal_alpha(patterns: FloatArray, weights: FloatArray) -> float:
    """1 - D_observed / D_expected from pattern counts; NaN where only one category is left."""
    n = patterns.sum(axis=1)
    totals = weights @ patterns
    everything = float(totals.sum())
    agreeing = float(weights @ ((patterns * (patterns - 1)).sum(axis=1) / (n - 1)))
    expected = float((totals * (totals - 1)).sum()) / (everything - 1)
    if everything - expected <= 1e-9:
        return float("nan")
    return 1.0 - (everything - agreeing) / (everything - expected)


def _ac1(shares: FloatArray, raw: float) -> float:
    """Gwet 2008: chance agreement from how evenly the categories are used, one rater's items included."""
    chance = float((shares * (1 - shares)).sum()) / (len(shares) - 1)
    return (raw - chance) / (1 - chance)
