"""Win rates, equivalence and dose-response of a study, from the votes of a judge or of people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.records import ArmKey, Contrast
from harness.results.rate_records import DoseCurve, DosePoint, EquivalenceRow, SeedRate, SeedRates, WinRateRow
from harness.results.votes import Votes, VotesByContrast, is_of_budgets
from harness.statistics.dose_response import DoseResponse, dose_response
from harness.statistics.equivalence import equivalence, was_enough
from harness.statistics.multiplicity import benjamini_hochberg, gatekeeping, holm
from harness.statistics.seed_spread import seed_spread
from harness.statistics.win_rate import WinRate, win_rate


def win_rate_rows(votes: VotesByContrast, *, judge: str, confidence: float,
                  baselines: Sequence[str]) -> list[WinRateRow]:
    """One row for each arm, budget and baseline, the seeds together; Holm over all rows.

    baselines: those whose tests confirm, in the order of gatekeeping: `p_value_gatekept`. The rows of others are
    exploratory: `p_value_explored` is adjusted by Benjamini-Hochberg.
    """
    against = {contrast: found for contrast, found in votes.items() if not is_of_budgets(contrast)}
    rates = {contrast: rate_of(found, confidence) for contrast, found in against.items()}
    p_values = {contrast: rate.p_value for contrast, rate in rates.items()}
    in_order = _gatekept(p_values, baselines)
    others = [contrast for contrast in p_values if contrast not in in_order]
    explored = dict(zip(others, benjamini_hochberg([p_values[each] for each in others]), strict=True))
    return [WinRateRow(contrast=contrast, judge=judge, rate=rates[contrast], seeds=_seed_rates(found, confidence),
                       p_value_holm=p_holm, confirmatory=contrast in in_order,
                       p_value_gatekept=in_order.get(contrast), p_value_explored=explored.get(contrast))
            for (contrast, found), p_holm in zip(against.items(), holm(list(p_values.values())), strict=True)]


def _gatekept(p_values: dict[Contrast, float | None], baselines: Sequence[str]) -> dict[Contrast, float | None]:
    """Largest budget against each baseline in their order, then the other budgets with Holm, for each arm apart."""
    order = {name: place for place, name in enumerate(baselines)}
    planned = [contrast for contrast in p_values if contrast.opponent.arm in order]
    found: dict[Contrast, float | None] = {}
    for arm in dict.fromkeys(contrast.arm.arm for contrast in planned):
        mine = [contrast for contrast in planned if contrast.arm.arm == arm]
        largest = max(_budget(contrast.arm) for contrast in mine)
        first = sorted((contrast for contrast in mine if contrast.arm.label_budget == largest),
                       key=lambda contrast: order[contrast.opponent.arm])
        rest = [contrast for contrast in mine if contrast.arm.label_budget != largest]
        gates, family = gatekeeping([p_values[each] for each in first], [p_values[each] for each in rest])
        found |= dict(zip([*first, *rest], [*gates, *family], strict=True))
    return found


def equivalence_rows(votes: VotesByContrast, *, margin: float, confidence: float, judge: str) -> list[EquivalenceRow]:
    """Largest budget (a) against each smaller one (b): is a not better by more than the margin?"""
    rows = []
    for contrast, found in votes.items():
        if is_of_budgets(contrast):
            rate = rate_of(found, confidence)
            test = equivalence(rate, margin=margin, alpha=1 - confidence)
            rows.append(EquivalenceRow(contrast=contrast, judge=judge, test=test, ci_low=rate.ci_low,
                                       ci_high=rate.ci_high, seeds=_seed_rates(found, confidence),
                                       was_enough=was_enough(test)))
    return rows


def dose_curves(votes: VotesByContrast, *, confidence: float) -> list[DoseCurve]:
    """For each arm and baseline the fit of logit(W) on log2(labels)."""
    series: dict[Contrast, list[tuple[int, Votes]]] = {}
    for contrast, found in votes.items():
        budget = _budget(contrast.arm)
        if not is_of_budgets(contrast) and budget > 0:
            series.setdefault(Contrast(ArmKey(contrast.arm.arm), contrast.opponent), []).append((budget, found))
    curves = []
    for contrast, parts in series.items():
        fit = dose_response(
            np.concatenate([part.outcomes for _, part in parts]),
            np.concatenate([np.full(len(part.outcomes), budget) for budget, part in parts]).tolist(),
            items=[f"{budget}|{item}" for budget, part in parts for item in part.items],
            queries=[query for _, part in parts for query in part.queries],
            seeds=[seed for _, part in parts for seed in part.seeds], confidence=confidence)
        curves.append(_curve(contrast, fit))
    return curves


def _curve(contrast: Contrast, fit: DoseResponse) -> DoseCurve:
    points = tuple(DosePoint(label_budget=point.label_budget, win_rate=point.rate.win_rate, ci_low=point.rate.ci_low,
                             ci_high=point.rate.ci_high, isotonic=point.isotonic) for point in fit.points)
    return DoseCurve(contrast=contrast, points=points, intercept=fit.intercept, slope=fit.slope,
                     curvature=fit.curvature, slope_over_runs=fit.slope_over_runs, saturating=fit.saturating,
                     notes=fit.notes)


def rate_of(votes: Votes, confidence: float, *, bootstrap: np.random.Generator | None = None) -> WinRate:
    """The win rate, clustered by query, and by rater where there are several."""
    return win_rate(votes.outcomes, items=votes.items, raters=votes.raters, queries=votes.queries,
                    confidence=confidence, bootstrap=bootstrap)


def _seed_rates(votes: Votes, confidence: float) -> SeedRates:
    spread = seed_spread(votes.outcomes, votes.seeds, items=votes.items, confidence=confidence)
    return SeedRates(seed_sd=spread.seed_sd, seed_ci_low=spread.ci_low, seed_ci_high=spread.ci_high,
                     by_seed=tuple(SeedRate(int(seed), rate) for seed, rate in spread.win_rates.items()))


def _budget(arm: ArmKey) -> int:
    """A trained arm has one."""
    assert arm.label_budget is not None
    return arm.label_budget
