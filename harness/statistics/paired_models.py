"""What the Bradley-Terry and the Davidson model share: which arms can be ranked, and clustered errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray, IntArray, encode, guarded_covariance
from harness.statistics.win_rate import Labels


@dataclass(frozen=True)
class ArmStrength:
    """An arm's strength over the baseline arm's, which is 0 with error 0.

    arm: which. log_strength, standard_error: None where the strength is not finite. why_undefined: why it is not
    finite.
    """

    arm: str
    log_strength: float | None
    standard_error: float | None
    why_undefined: str | None = None


@dataclass(frozen=True)
class Effect:
    """A coefficient of the model.

    estimate: on the log-odds scale, None where the model left it out. standard_error: None where it is undefined.
    why_undefined: why a figure is None.
    """

    estimate: float | None
    standard_error: float | None
    why_undefined: str | None = None


@dataclass(frozen=True)
class Pairs:
    """n judgments of left against right, only between arms whose strengths are finite.

    left, right: codes into arms. outcomes: 1 left won, ½ tie, 0 right won. columns: the arms' columns in
    a design, -1 for the baseline. unranked: arms left out, because no chain of wins and losses ties them
    to the baseline. kept: which of the given judgments these are.
    """

    arms: tuple[str, ...]
    baseline: str
    left: IntArray
    right: IntArray
    outcomes: FloatArray
    columns: IntArray
    unranked: tuple[str, ...]
    kept: NDArray[np.bool_]

    def without_strengths(self, why: str) -> tuple[ArmStrength, ...]:
        """Every arm undefined, for one reason."""
        return tuple(ArmStrength(arm, None, None, why) for arm in sorted([*self.arms, *self.unranked]))

    def sparse_rows(self, left_values: FloatArray, right_values: FloatArray, extra: list[FloatArray]) -> Any:
        """(n, arms - 1 + extra): left_values in the left arm's column, right_values in the right's; extra."""
        from scipy import sparse

        n, k = len(self.outcomes), len(self.arms) - 1
        rows = np.arange(n)
        entries = [(rows, self.columns[self.left], left_values),
                   (rows, self.columns[self.right], right_values)]
        entries += [(rows, np.full(n, k + place), values) for place, values in enumerate(extra)]
        row, column, value = (np.concatenate(parts) for parts in zip(*entries, strict=True))
        real = column >= 0
        return sparse.csr_array((value[real], (row[real], column[real])), shape=(n, k + len(extra)))

    def strengths(self, estimates: FloatArray, errors: FloatArray) -> tuple[ArmStrength, ...]:
        """Every arm with its strength; arms by name, the unranked ones with their reason."""
        alone = "no other arm has a finite strength to measure it against"
        found = [(ArmStrength(arm, 0.0, 0.0) if len(self.arms) > 1 else ArmStrength(arm, None, None, alone))
                 if column < 0 else ArmStrength(arm, float(estimates[column]), *error_or_why(errors[column]))
                 for arm, column in zip(self.arms, self.columns, strict=True)]
        why = "won or lost every comparison that ties it to the other arms: the strength is infinite"
        infinite = [ArmStrength(arm, None, None, why) for arm in self.unranked]
        return tuple(sorted([*found, *infinite], key=lambda strength: strength.arm))

    def covariance(self, information: FloatArray, scores: Any, items: Labels | None,
                   raters: Labels | None) -> FloatArray:
        """The inverse information; with items the sandwich, clustered by item and (several raters) by rater.

        All NaN where there is one item only.
        """
        bread = np.linalg.inv(information).astype(np.float64)
        if items is None:
            return bread
        groups = []
        for labels in (items, raters):
            if labels is not None:
                codes, n_groups = encode(np.asarray(labels, dtype=object)[self.kept])
                if n_groups > 1:
                    groups.append(codes)
                elif labels is items:
                    return np.full_like(bread, np.nan)
        return guarded_covariance(bread, scores, groups)[0]

    def standard_errors(self, information: FloatArray, scores: Any, items: Labels | None,
                        raters: Labels | None) -> FloatArray:
        """The roots of the variances in `covariance`; NaN where rounding left one below zero."""
        with np.errstate(invalid="ignore"):
            errors: FloatArray = np.sqrt(np.diag(self.covariance(information, scores, items, raters)))
        return errors


def prepare_pairs(left: Labels, right: Labels, outcomes: Any, baseline: str | None) -> Pairs:
    """The judgments among the arms that beat and are beaten along chains from and to the baseline (Ford
    1957).

    An arm that won, or lost, all its comparisons has an infinite strength: it is named in `unranked`.
    baseline: the arm at 0; where None, the first by name. Raises ValueError for a baseline without
    judgments.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    left_names, right_names = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    scores = np.asarray(outcomes, dtype=np.float64)
    names = sorted({*left_names, *right_names})
    index = {name: code for code, name in enumerate(names)}
    if baseline is not None and baseline not in index:
        raise ValueError(f"no judgments of the baseline {baseline!r}")
    left_codes, right_codes = (_codes(column, index) for column in (left_names, right_names))
    won, lost = scores > 0, scores < 1
    edges = (np.concatenate([left_codes[won], right_codes[lost]]),
             np.concatenate([right_codes[won], left_codes[lost]]))
    beaten = sparse.coo_array((np.ones(len(edges[0])), edges), shape=(len(names), len(names)))
    _, component = connected_components(beaten.tocsr(), directed=True, connection="strong")
    home = component[index[baseline]] if baseline is not None else np.bincount(component).argmax()
    ranked = component == home
    kept = ranked[left_codes] & ranked[right_codes]
    arms = tuple(name for name in names if ranked[index[name]])
    base = baseline if baseline is not None else arms[0]
    new_code = np.cumsum(ranked) - 1
    others = [arm for arm in arms if arm != base]
    columns = np.array([others.index(arm) if arm != base else -1 for arm in arms], dtype=np.int64)
    return Pairs(arms, base, new_code[left_codes[kept]].astype(np.int64),
                 new_code[right_codes[kept]].astype(np.int64), scores[kept], columns,
                 tuple(name for name in names if not ranked[index[name]]), kept)


def _codes(names: NDArray[Any], index: dict[str, int]) -> IntArray:
    codes, _ = encode(names)
    _, first = np.unique(codes, return_index=True)
    return np.array([index[names[at]] for at in first], dtype=np.int64)[codes]


def error_or_why(error: float) -> tuple[float | None, str | None]:
    """The standard error, or None and why it cannot be had."""
    if np.isnan(error):
        return None, "one item or query only: no standard error"
    return (float(error), None) if error > 1e-10 else (None, "no spread to measure the error by")


def effect(estimate: float, error: float) -> Effect:
    """A coefficient with its error, where that can be had."""
    return Effect(float(estimate), *error_or_why(error))
