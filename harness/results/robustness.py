"""Does the answer hang on how it was computed? The same win rates by other models, and all arms on one scale.

Pure: records in, plain JSON values out. What these say never replaces the planned figure; it stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from harness.records import ArmKey
from harness.results.simulated import Key, Votes
from harness.results.texts import Measures
from harness.seeds import numpy_generator
from harness.statistics.bradley_terry import BradleyTerry, fit_bradley_terry
from harness.statistics.davidson import fit_davidson
from harness.statistics.fragility import fragility
from harness.statistics.seed_spread import seed_spread
from harness.statistics.sensitivity import gee_within_items
from harness.statistics.win_rate import WinRate, win_rate

CONTROLS = {"length-controlled": "words", "copy-controlled": "coverage"}
"""The named Bradley-Terry models and what each holds equal between the two texts."""


def sensitivity_rows(votes: Mapping[Key, Votes], document: Mapping[str, Any], measures: Measures, *,
                     controls: Iterable[str], confidence: float, seed: int) -> list[dict[str, Any]]:
    """For each arm's largest budget against each baseline the planned win rate and every other way to compute it."""
    rows: list[dict[str, Any]] = []
    largest = {arm: max(budget for name, budget, _, _ in votes if name == arm) for arm, _, _, _ in votes}
    for (arm, budget, baseline, opponent_budget), found in votes.items():
        if opponent_budget is not None or budget != largest[arm]:
            continue
        row = {"arm": arm, "label_budget": budget, "baseline": baseline}
        rows += [row | model for model in _other_models(found, confidence, seed)]
        for name in controls:
            model = _bradley_terry(document, measures, baseline=_opponent(document, arm, budget, baseline),
                                   control=name)
            rows.append(row | _controlled(model, f"{arm}/{budget}", name, confidence))
    return rows


def fragility_rows(votes: Mapping[Key, Votes], *, confidence: float) -> list[dict[str, Any]]:
    """How few judgments of each arm, budget and baseline would, dropped, turn the verdict."""
    return [{"arm": arm, "label_budget": budget, "baseline": baseline,
             **asdict(fragility(found.outcomes, items=found.items, raters=found.raters, queries=found.queries,
                                confidence=confidence))}
            for (arm, budget, baseline, opponent_budget), found in votes.items() if opponent_budget is None]


def strengths_document(document: Mapping[str, Any], measures: Measures) -> dict[str, Any]:
    """All arms on one scale: Bradley-Terry and Davidson log strengths over zero-shot, seeds together."""
    names = {name for pair in document["pairs"] for name in (pair["arm"], pair["baseline"])}
    baseline = "zero_shot" if "zero_shot" in names else None
    model = _bradley_terry(document, measures, baseline=baseline)
    left, right, outcomes, queries, _ = _games(document, measures, None)
    davidson = fit_davidson(left, right, outcomes, baseline=baseline, side=False, items=queries)
    return {"baseline": model.baseline, "bradley_terry": [asdict(each) for each in model.strengths],
            "davidson": [asdict(each) for each in davidson.strengths], "nu": davidson.nu,
            "nu_why_undefined": davidson.nu_why_undefined,
            "notes": sorted({*model.notes, *davidson.notes})}


def _other_models(votes: Votes, confidence: float, seed: int) -> list[dict[str, Any]]:
    planned = win_rate(votes.outcomes, items=votes.items, raters=votes.raters, queries=votes.queries,
                       confidence=confidence, bootstrap=numpy_generator(seed, "sensitivity"))
    decisive = votes.outcomes != 0.5
    items = np.array(votes.items, dtype=object)[decisive]
    without = win_rate(votes.outcomes[decisive], items=items, queries=votes.queries[decisive],
                       raters=None if votes.raters is None else votes.raters[decisive], confidence=confidence)
    rows = [_of_rate("as planned", planned), _of_rate("ties left out", without)]
    resampled = planned.bootstrap
    rows.append(_row("bootstrap over queries" + (" and raters" if planned.n_raters > 1 else ""), planned.win_rate,
                     resampled.low if resampled else None, resampled.high if resampled else None,
                     resampled.why_undefined if resampled else planned.why_undefined))
    spread = seed_spread(votes.outcomes, votes.seeds, items=votes.items, confidence=confidence)
    rows.append(_row("training seeds as the sample", spread.mean, spread.ci_low, spread.ci_high,
                     spread.note if spread.ci_low is None else None))
    gee = gee_within_items(votes.outcomes, items=votes.queries, confidence=confidence)
    rows.append(_row("GEE, exchangeable within queries", gee.estimate, gee.ci_low, gee.ci_high, gee.why_undefined))
    return rows


def _of_rate(model: str, rate: WinRate) -> dict[str, Any]:
    return _row(model, rate.win_rate, rate.ci_low, rate.ci_high, rate.why_undefined)


def _row(model: str, estimate: float | None, low: float | None, high: float | None,
         why: str | None) -> dict[str, Any]:
    return {"model": model, "win_rate": estimate, "ci_low": low, "ci_high": high, "why_undefined": why}


def _controlled(model: BradleyTerry, arm: str, name: str, confidence: float) -> dict[str, Any]:
    """The win rate over the model's baseline where both texts have the same length, or copy as much."""
    from scipy.special import expit, ndtri

    strength = next((each for each in model.strengths if each.arm == arm), None)
    label = f"{name} (Bradley-Terry)"
    if strength is None or strength.log_strength is None or strength.standard_error is None:
        return _row(label, None, None, None, strength.why_undefined if strength else "no judgments with this measure")
    reach = float(ndtri(0.5 + confidence / 2)) * strength.standard_error
    low, middle, high = (float(expit(strength.log_strength + shift)) for shift in (-reach, 0.0, reach))
    return _row(label, middle, low, high, None)


def _bradley_terry(document: Mapping[str, Any], measures: Measures, *, baseline: str | None,
                   control: str | None = None) -> BradleyTerry:
    left, right, outcomes, queries, difference = _games(document, measures, control)
    covariates = {control: difference} if control is not None else None
    # The judge sees no sides: arms stand on the left by convention only.
    return fit_bradley_terry(left, right, outcomes, baseline=baseline, side=False, covariates=covariates,
                             items=queries)


def _games(document: Mapping[str, Any], measures: Measures, control: str | None) -> tuple[
        np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All comparisons in a row: who met whom (seeds together), outcomes, queries, and what the control differs by."""
    columns: list[Sequence[Any]] = []
    for pair in document["pairs"]:
        n = len(pair["outcomes"])
        difference = np.zeros(n)
        if control is not None:
            key = CONTROLS[control]
            difference = measures[pair["arm"]][key] - measures[pair["baseline"]][key]
        columns.append((np.full(n, _label(pair["arm"]), dtype=object),
                        np.full(n, _label(pair["baseline"]), dtype=object),
                        np.asarray(pair["outcomes"], dtype=float), np.array(document["queries"], dtype=object),
                        difference))
    left, right, outcomes, queries, difference = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    known = ~np.isnan(difference.astype(float))
    return left[known], right[known], outcomes[known], queries[known], difference[known]


def _opponent(document: Mapping[str, Any], arm: str, budget: int, opponent: str) -> str:
    """The label of whom the arm met under this name: a baseline, or another policy."""
    met = (pair["baseline"] for pair in document["pairs"] if _label(pair["arm"]) == str(ArmKey(arm, budget)))
    return next(_label(name) for name in met if ArmKey.parse(name).arm == opponent)


def _label(name: str) -> str:
    """The arm and its budget without its seed."""
    key = ArmKey.parse(name)
    return str(ArmKey(key.arm, key.label_budget))
