"""Whether the answer depends on the method: win rates by other models, few votes dropped, all arms on one scale.

What these say never replaces the planned figure; it stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from harness.records import ArmKey, Contrast
from harness.results.rate_records import FragilityRow, SensitivityRow, Strengths
from harness.results.rates import rate_of, rate_over_runs_of
from harness.results.records import Outcomes
from harness.results.texts import Measures
from harness.results.votes import Votes, VotesByContrast, is_of_budgets
from harness.seeds import numpy_generator
from harness.statistics.bradley_terry import BradleyTerry, fit_bradley_terry
from harness.statistics.davidson import fit_davidson
from harness.statistics.fragility import fragility
from harness.statistics.seed_spread import seed_spread
from harness.statistics.sensitivity import Sensitivity, gee_within_items
from harness.statistics.win_rate import WinRate

CONTROLS = {"length-controlled": "words", "copy-controlled": "coverage"}
"""The named Bradley-Terry models and what each holds equal between the two texts."""


def sensitivity_rows(votes: VotesByContrast, outcomes: Outcomes, measures: Measures, *,
                     controls: Iterable[str], confidence: float, seed: int) -> list[SensitivityRow]:
    """For each arm's largest budget against each baseline the planned win rate and every other way to compute it."""
    rows: list[SensitivityRow] = []
    largest = {arm: max(contrast.arm.label_budget or 0 for contrast in votes if contrast.arm.arm == arm)
               for arm in {contrast.arm.arm for contrast in votes}}
    for contrast, found in votes.items():
        if is_of_budgets(contrast) or contrast.arm.label_budget != largest[contrast.arm.arm]:
            continue
        rows += [SensitivityRow(contrast, answer) for answer in _other_models(found, confidence, seed)]
        for name in controls:
            model = _bradley_terry(outcomes, measures, baseline=_opponent(outcomes, contrast), control=name)
            rows.append(SensitivityRow(contrast, _controlled(model, str(contrast.arm), name, confidence)))
    return rows


def fragility_rows(votes: VotesByContrast, *, confidence: float) -> list[FragilityRow]:
    """How few judgments of each arm, budget and baseline would, dropped, turn the verdict."""
    return [FragilityRow(contrast, fragility(found.outcomes, items=found.items, raters=found.raters,
                                             queries=found.queries, confidence=confidence))
            for contrast, found in votes.items() if not is_of_budgets(contrast)]


def strengths(outcomes: Outcomes, measures: Measures) -> Strengths:
    """All arms on one scale: Bradley-Terry and Davidson log strengths over zero-shot, seeds together."""
    opponents = {str(pair.contrast.opponent) for pair in outcomes.pairs}
    baseline = "zero_shot" if "zero_shot" in opponents else None
    model = _bradley_terry(outcomes, measures, baseline=baseline)
    left, right, scores, queries, _ = _games(outcomes, measures, None)
    davidson = fit_davidson(left, right, scores, baseline=baseline, side=False, items=queries)
    return Strengths(baseline=model.baseline, bradley_terry=model.strengths, davidson=davidson.strengths,
                     nu=davidson.nu, nu_why_undefined=davidson.nu_why_undefined,
                     notes=tuple(sorted({*model.notes, *davidson.notes})))


def _other_models(votes: Votes, confidence: float, seed: int) -> list[Sensitivity]:
    planned = rate_over_runs_of(votes, confidence)
    without = rate_over_runs_of(votes.take(votes.outcomes != 0.5), confidence)
    these = rate_of(votes, confidence, bootstrap=numpy_generator(seed, "sensitivity"))
    rows = [_of_rate("as planned", planned.primary)]
    if planned.scope == "procedure":
        rows.append(_of_rate("these policies only", these))
    rows.append(_of_rate("ties left out", without.primary, "win rate without ties"))
    resampled = these.bootstrap
    rows.append(_win_rate("bootstrap over queries" + (" and raters" if these.n_raters > 1 else ""), these.win_rate,
                          resampled.low if resampled else None, resampled.high if resampled else None,
                          resampled.why_undefined if resampled else these.why_undefined))
    spread = seed_spread(votes.outcomes, votes.seeds, items=votes.items, confidence=confidence)
    rows.append(_win_rate("training seeds as the sample", spread.mean, spread.ci_low, spread.ci_high,
                          spread.note if spread.ci_low is None else None))
    gee = gee_within_items(votes.outcomes, items=votes.queries, confidence=confidence)
    rows.append(_win_rate("GEE, exchangeable within queries", gee.estimate, gee.ci_low, gee.ci_high,
                          gee.why_undefined))
    return rows


def _of_rate(model: str, rate: WinRate, estimand: str = "win rate") -> Sensitivity:
    return Sensitivity(model, estimand, rate.win_rate, rate.ci_low, rate.ci_high, rate.why_undefined)


def _win_rate(model: str, estimate: float | None, low: float | None, high: float | None,
              why: str | None) -> Sensitivity:
    return Sensitivity(model, "win rate", estimate, low, high, why)


def _controlled(model: BradleyTerry, arm: str, name: str, confidence: float) -> Sensitivity:
    """The win rate over the model's baseline where both texts have the same length, or copy as much."""
    from scipy.special import expit, ndtri

    strength = next((each for each in model.strengths if each.arm == arm), None)
    label = f"{name} (Bradley-Terry)"
    if strength is None or strength.log_strength is None or strength.standard_error is None:
        why = strength.why_undefined if strength else "no judgments with this measure"
        return _win_rate(label, None, None, None, why)
    reach = float(ndtri(0.5 + confidence / 2)) * strength.standard_error
    low, middle, high = (float(expit(strength.log_strength + shift)) for shift in (-reach, 0.0, reach))
    return _win_rate(label, middle, low, high, None)


def _bradley_terry(outcomes: Outcomes, measures: Measures, *, baseline: str | None,
                   control: str | None = None) -> BradleyTerry:
    left, right, scores, queries, difference = _games(outcomes, measures, control)
    covariates = {control: difference} if control is not None else None
    # The judge sees no sides: arms stand on the left by convention only.
    return fit_bradley_terry(left, right, scores, baseline=baseline, side=False, covariates=covariates, items=queries)


def _games(outcomes: Outcomes, measures: Measures, control: str | None) -> tuple[
        np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All comparisons in a row: who met whom (seeds together), outcomes, queries, and what the control differs by."""
    columns: list[Sequence[Any]] = []
    for pair in outcomes.pairs:
        arm, opponent = pair.contrast.arm, pair.contrast.opponent
        n = len(pair.outcomes)
        difference = np.zeros(n)
        if control is not None:
            key = CONTROLS[control]
            difference = measures[arm][key] - measures[opponent][key]
        columns.append((np.full(n, _label(arm), dtype=object), np.full(n, _label(opponent), dtype=object),
                        np.asarray(pair.outcomes, dtype=float), np.array(outcomes.queries, dtype=object), difference))
    left, right, scores, queries, difference = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    known = ~np.isnan(difference.astype(float))
    return left[known], right[known], scores[known], queries[known], difference[known]


def _opponent(outcomes: Outcomes, contrast: Contrast) -> str:
    """The label of whom the arm met under this name: a baseline, or another policy."""
    return next(_label(pair.contrast.opponent) for pair in outcomes.pairs
                if _label(pair.contrast.arm) == str(contrast.arm)
                and pair.contrast.opponent.arm == contrast.opponent.arm)


def _label(arm: ArmKey) -> str:
    """The arm and its budget without its seed."""
    return str(ArmKey(arm.arm, arm.label_budget))
