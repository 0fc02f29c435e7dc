"""Fits the Bradley-Terry model: one strength for each arm, from comparisons of two arms at a time.

Bradley and Terry 1952, with a side effect and named covariates. A binomial GLM:
logit P(left wins) = λ_left - λ_right + side + γ·(x_left - x_right); a tie is half a win for both. Own Newton steps on a
sparse design, because statsmodels' dense one of a million rows and 60 arms does not fit into memory; tests hold the
estimates against statsmodels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.statistics.clustered import FloatArray
from harness.statistics.paired_models import ArmStrength, Effect, Pairs, effect, prepare_pairs
from harness.statistics.win_rate import Labels


@dataclass(frozen=True)
class BradleyTerry:
    """The fitted model. strengths: all arms, the baseline 0. side: what standing left adds, None where it
    was left out.

    covariates: for each the effect of one standard deviation more on the left.
    """

    baseline: str
    strengths: tuple[ArmStrength, ...]
    side: Effect | None
    covariates: dict[str, Effect]
    notes: tuple[str, ...]

    def win_rate(self, arm_a: str, arm_b: str) -> float | None:
        """P(A beats B) with sides and covariates equal: the controlled win rate; None where undefined."""
        by_arm = {strength.arm: strength.log_strength for strength in self.strengths}
        a, b = by_arm.get(arm_a), by_arm.get(arm_b)
        return None if a is None or b is None else float(1 / (1 + np.exp(b - a)))


def fit_bradley_terry(left: Labels, right: Labels, outcomes: Any, *, baseline: str | None = None,
                      side: bool = True, covariates: Mapping[str, FloatArray] | None = None,
                      items: Labels | None = None, raters: Labels | None = None) -> BradleyTerry:
    """The model of n judgments.

    left, right: (n,) the arms' names. outcomes: (n,) 1 where left won, ½, 0. covariates: name -> (n,)
    x_left - x_right, scaled here to unit standard deviation. items, raters: clusters of the errors;
    without items the errors are the model's own. A side effect that the judgments do not tell is left
    out, with a note.
    """
    pairs = prepare_pairs(left, right, outcomes, baseline)
    notes = []
    if pairs.unranked:
        notes.append(f"no finite strength: {', '.join(pairs.unranked)}")
    if len(pairs.arms) < 2:
        alone = pairs.strengths(np.zeros(0), np.zeros(0))
        return BradleyTerry(pairs.baseline, alone, None, {}, tuple(notes))
    scaled = {name: _scaled(values[pairs.kept]) for name, values in (covariates or {}).items()}
    known = {name: values for name, values in scaled.items() if values is not None}
    notes += [f"{name} differs nowhere between the sides: left out" for name in scaled if name not in known]
    design = _design(pairs, side, known)
    fit = _newton(design, pairs.outcomes)
    if fit is None and side:
        side = False
        notes.append("the side effect cannot be told from the arms (or all votes fell on one side): left out")
        design = _design(pairs, side, known)
        fit = _newton(design, pairs.outcomes)
    if fit is None:
        notes.append("the fit did not converge: the covariates tell the winner everywhere")
        undefined = pairs.without_strengths("the fit did not converge")
        return BradleyTerry(pairs.baseline, undefined, None, {}, tuple(notes))
    residuals = pairs.outcomes - fit.fitted
    scores = design.multiply(residuals[:, None]).tocsr()
    errors = pairs.standard_errors(fit.information, scores, items, raters)
    k = len(pairs.arms) - 1
    extra = [effect(fit.coefficients[at], errors[at]) for at in range(k, len(errors))]
    side_effect = extra.pop(0) if side else None
    return BradleyTerry(pairs.baseline, pairs.strengths(fit.coefficients, errors), side_effect,
                        dict(zip(known, extra, strict=True)), tuple(notes))


def _scaled(values: FloatArray) -> FloatArray | None:
    spread = float(np.std(values))
    return values / spread if spread > 0 else None


def _design(pairs: Pairs, side: bool, covariates: Mapping[str, FloatArray]) -> Any:
    ones = np.ones(len(pairs.outcomes))
    return pairs.sparse_rows(ones, -ones, ([ones] if side else []) + list(covariates.values()))


@dataclass(frozen=True)
class _Fit:
    coefficients: FloatArray
    fitted: FloatArray
    information: FloatArray


def _newton(design: Any, outcomes: FloatArray) -> _Fit | None:
    """The maximum-likelihood fit; None where there is none (singular, or coefficients without bound)."""
    coefficients = np.zeros(design.shape[1])
    for _ in range(60):
        fitted = 1 / (1 + np.exp(-(design @ coefficients)))
        information = (design.T @ design.multiply((fitted * (1 - fitted))[:, None])).toarray()
        if np.linalg.cond(information) > 1e10 or np.abs(coefficients).max() > 30:
            return None
        step = np.linalg.solve(information, design.T @ (outcomes - fitted))
        # A long first step overshoots when arms differ a lot; halving it keeps the climb.
        coefficients = coefficients + step * min(1.0, 2.0 / np.abs(step).max(initial=1e-300))
        if np.abs(step).max() < 1e-10:
            return _Fit(coefficients, fitted, information)
    return None
