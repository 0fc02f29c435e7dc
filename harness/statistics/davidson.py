"""Fits Davidson's model: Bradley-Terry strengths where a comparison may also end in a tie.

Davidson 1970. The chances of left, tie and right are as π_l e^s : ν √(π_l π_r) : π_r e^-s, where s is the side effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.statistics.clustered import FloatArray, IntArray, cell_codes
from harness.statistics.paired_models import ArmStrength, Effect, Pairs, effect, prepare_pairs
from harness.statistics.win_rate import Labels

_OUTCOMES = np.array([1.0, 0.5, 0.0])


@dataclass(frozen=True)
class Davidson:
    """strengths: log π of all arms, the baseline 0. nu: how common ties are between equals; None where no judgment is a
    tie, or all are, and nu_why_undefined says so.

    side: half of what standing left adds to the log odds of left over right, None where it was left out.
    """

    baseline: str
    strengths: tuple[ArmStrength, ...]
    nu: float | None
    nu_why_undefined: str | None
    side: Effect | None
    notes: tuple[str, ...]


def fit_davidson(left: Labels, right: Labels, outcomes: Any, *, baseline: str | None = None,
                 side: bool = True, items: Labels | None = None, raters: Labels | None = None) -> Davidson:
    """The model of n judgments; arguments as of `fit_bradley_terry`."""
    pairs = prepare_pairs(left, right, outcomes, baseline)
    notes = [f"no finite strength: {', '.join(pairs.unranked)}"] if pairs.unranked else []
    any_ties = bool(np.any(pairs.outcomes == 0.5))
    table = _Table.of(pairs)
    fit = _newton(table, pairs, side, any_ties) if len(pairs.arms) > 1 else None
    if fit is None and side and len(pairs.arms) > 1:
        side = False
        notes.append("the side effect cannot be told from the arms (or all votes fell on one side): left out")
        fit = _newton(table, pairs, side, any_ties)
    if fit is None:
        notes.append("no fit: the judgments do not bound the strengths")
        undefined = pairs.without_strengths("the judgments do not bound it")
        return Davidson(pairs.baseline, undefined, None, _why_no_nu(outcomes), None, tuple(notes))
    scores = _scores(pairs, fit.probabilities[table.row_of], side, any_ties)
    errors = pairs.standard_errors(fit.information, scores, items, raters)
    k = len(pairs.arms) - 1
    side_effect = effect(fit.coefficients[k], errors[k]) if side else None
    nu = float(np.exp(fit.coefficients[-1])) if any_ties else None
    return Davidson(pairs.baseline, pairs.strengths(fit.coefficients, errors), nu,
                    None if any_ties else _why_no_nu(outcomes), side_effect, tuple(notes))


def _why_no_nu(outcomes: Any) -> str:
    tied = np.asarray(outcomes, dtype=np.float64) == 0.5
    if tied.all():
        return "every judgment is a tie: nothing bounds how common ties are"
    if not tied.any():
        return "no judgment is a tie: nothing to estimate from how common ties are"
    return "the judgments do not bound it"


@dataclass(frozen=True)
class _Table:
    """Counts of (left won, tie, right won) for each ordered pair of arms that occurs."""

    left: IntArray
    right: IntArray
    counts: FloatArray
    row_of: IntArray

    @staticmethod
    def of(pairs: Pairs) -> _Table:
        row_of = cell_codes(pairs.left, pairs.right)
        _, first = np.unique(row_of, return_index=True)
        counts = np.stack([np.bincount(row_of[pairs.outcomes == value], minlength=len(first))
                           for value in _OUTCOMES], axis=1).astype(np.float64)
        return _Table(pairs.left[first], pairs.right[first], counts, row_of)


@dataclass(frozen=True)
class _Fit:
    coefficients: FloatArray
    probabilities: FloatArray
    information: FloatArray


def _newton(table: _Table, pairs: Pairs, side: bool, any_ties: bool) -> _Fit | None:
    design = _design(table, pairs, side, any_ties)
    totals = table.counts.sum(axis=1)
    coefficients = np.zeros(design.shape[2])
    for _ in range(100):
        exponent = design @ coefficients
        if not any_ties:
            exponent[:, 1] = -np.inf
        weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        probabilities = weights / weights.sum(axis=1, keepdims=True)
        mean = np.einsum("rk,rkp->rp", probabilities, design)
        information = (np.einsum("r,rk,rkp,rkq->pq", totals, probabilities, design, design, optimize=True)
                       - np.einsum("r,rp,rq->pq", totals, mean, mean, optimize=True))
        if np.linalg.cond(information) > 1e10 or np.abs(coefficients).max() > 30:
            return None
        gradient = np.einsum("rk,rkp->p", table.counts, design) - totals @ mean
        step = np.linalg.solve(information, gradient)
        coefficients = coefficients + step * min(1.0, 2.0 / np.abs(step).max(initial=1e-300))
        if np.abs(step).max() < 1e-10:
            return _Fit(coefficients, probabilities, information)
    return None


def _design(table: _Table, pairs: Pairs, side: bool, any_ties: bool) -> FloatArray:
    """(rows, 3 outcomes, coefficients): arms without the baseline, then side, then log ν."""
    n, k = len(table.left), len(pairs.arms) - 1
    arms = np.zeros((n, 3, k + 1))
    rows = np.arange(n)
    # The baseline's column -1 is the last one, dropped below.
    for outcome, share_left, share_right in ((0, 1.0, 0.0), (1, 0.5, 0.5), (2, 0.0, 1.0)):
        arms[rows, outcome, pairs.columns[table.left]] += share_left
        arms[rows, outcome, pairs.columns[table.right]] += share_right
    parts = [arms[:, :, :k]]
    if side:
        parts.append(np.broadcast_to(np.array([1.0, 0.0, -1.0])[None, :, None], (n, 3, 1)))
    if any_ties:
        parts.append(np.broadcast_to(np.array([0.0, 1.0, 0.0])[None, :, None], (n, 3, 1)))
    return np.concatenate(parts, axis=2)


def _scores(pairs: Pairs, probabilities: FloatArray, side: bool, any_ties: bool) -> Any:
    won, tied, lost = ((pairs.outcomes == value) - probabilities[:, at] for at, value in enumerate(_OUTCOMES))
    extra = ([won - lost] if side else []) + ([tied] if any_ties else [])
    return pairs.sparse_rows(won + tied / 2, lost + tied / 2, extra)
