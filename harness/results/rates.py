"""Win rates, equivalence and dose-response of a study, from the votes of a judge or of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.records import ArmKey, Contrast
from harness.results.rate_records import (
    DoseCurve,
    DosePoint,
    EquivalenceRow,
    SeedRate,
    SeedRates,
    WinRateRow,
)
from harness.results.votes import Votes, VotesByContrast, is_of_budgets
from harness.statistics.dose_response import DoseResponse, dose_response
from harness.statistics.multiplicity import benjamini_hochberg, gatekeeping, holm
from harness.statistics.run_errors import TheseRuns
from harness.statistics.runs import RateOverRuns, rate_over_runs
from harness.statistics.seed_spread import seed_spread
from harness.statistics.verdict import budget_verdicts
from harness.statistics.win_rate import WinRate, win_rate


def win_rate_rows(votes: VotesByContrast, *, judge: str, confidence: float,
                  baselines: Sequence[str]) -> list[WinRateRow]:
    """One row for each arm, budget and baseline, the seeds together; Holm over all rows.

    baselines: those whose tests confirm, in the order of gatekeeping: `p_value_gatekept`. The rows of others are
    exploratory: `p_value_explored` is adjusted by Benjamini-Hochberg.
    """
    against = {contrast: found for contrast, found in votes.items() if not is_of_budgets(contrast)}
    found_rates = {contrast: rate_over_runs_of(found, confidence) for contrast, found in against.items()}
    rates = {contrast: found.primary for contrast, found in found_rates.items()}
    p_values = {contrast: rate.p_value for contrast, rate in rates.items()}
    in_order = _gatekept(p_values, baselines)
    others = [contrast for contrast in p_values if contrast not in in_order]
    explored = dict(zip(others, benjamini_hochberg([p_values[each] for each in others]), strict=True))
    return [WinRateRow(contrast=contrast, judge=judge, rate=rates[contrast], scope=over_runs.scope,
                       n_runs=over_runs.n_runs, these_runs=_these_runs(over_runs.these_runs),
                       seeds=_seed_rates(against[contrast], confidence), p_value_holm=p_holm,
                       confirmatory=contrast in in_order, p_value_gatekept=in_order.get(contrast),
                       p_value_explored=explored.get(contrast))
            for (contrast, over_runs), p_holm in zip(found_rates.items(), holm(list(p_values.values())), strict=True)]


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


def equivalence_rows(votes: VotesByContrast, *, margin: float, confidence: float, judge: str,
                     not_comparable: Mapping[ArmKey, str] | None = None) -> list[EquivalenceRow]:
    """Largest budget (a) against each smaller one (b): is a not better by more than the margin?

    not_comparable: budgets of arms that cannot be decided whatever their win rate, and why.
    """
    barred = not_comparable or {}
    rows = []
    for arm in dict.fromkeys(contrast.arm for contrast in votes if is_of_budgets(contrast)):
        against = {_budget(contrast.opponent): contrast for contrast in votes
                   if is_of_budgets(contrast) and contrast.arm == arm}
        rates = {budget: rate_over_runs_of(votes[contrast], confidence) for budget, contrast in against.items()}
        why = {budget: barred.get(contrast.opponent) or barred[arm] for budget, contrast in against.items()
               if contrast.opponent in barred or arm in barred}
        for found in budget_verdicts(rates, margin=margin, alpha=1 - confidence, not_comparable=why):
            contrast = against[found.label_budget]
            rows.append(EquivalenceRow(
                contrast=contrast, judge=judge, test=found.test, ci_low=found.rate.ci_low, ci_high=found.rate.ci_high,
                finding=found.verdict, why_not_decided=found.why_not_decided, n_runs=found.rate.n_runs,
                spread=found.rate.spread, more_runs=found.more_runs,
                these_runs=found.these_runs, seeds=_seed_rates(votes[contrast], confidence)))
    place = {contrast: number for number, contrast in enumerate(votes)}
    return sorted(rows, key=lambda row: place[row.contrast])


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
            queries=[query for _, part in parts for query in part.queries], raters=_together(parts),
            runs=[seed for _, part in parts for seed in part.seeds], confidence=confidence)
        curves.append(_curve(contrast, fit))
    return curves


def _together(parts: Sequence[tuple[int, Votes]]) -> list[str] | None:
    """The raters of all parts; None for a simulated judge."""
    raters = [part.raters for _, part in parts if part.raters is not None]
    return [rater for each in raters for rater in each] if len(raters) == len(parts) else None


def _curve(contrast: Contrast, fit: DoseResponse) -> DoseCurve:
    points = tuple(DosePoint(label_budget=point.label_budget, win_rate=point.rate.win_rate, ci_low=point.rate.ci_low,
                             ci_high=point.rate.ci_high, isotonic=point.isotonic) for point in fit.points)
    return DoseCurve(contrast=contrast, points=points, intercept=fit.intercept, slope=fit.slope,
                     curvature=fit.curvature, slope_over_runs=fit.slope_over_runs, saturating=fit.saturating,
                     notes=fit.notes)


def rate_over_runs_of(votes: Votes, confidence: float) -> RateOverRuns:
    """The win rate of a way of training: by run and query, and by rater where there are several."""
    return rate_over_runs(votes.outcomes, queries=votes.queries, runs=votes.seeds, raters=votes.raters,
                          opponent_runs=votes.opponent_seeds, confidence=confidence)


def _these_runs(rate: WinRate) -> TheseRuns:
    return TheseRuns(rate.ci_low, rate.ci_high, rate.p_value)


def rate_of(votes: Votes, confidence: float, *, bootstrap: np.random.Generator | None = None) -> WinRate:
    """The win rate of these policies, clustered by query, and by rater where there are several."""
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
