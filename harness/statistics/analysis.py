"""Everything that can be said of a ratings file (`harness analyze`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from harness.cli.rows import LeftOutRows
from harness.errors import InputError
from harness.seeds import numpy_generator
from harness.statistics.agreement import agreement
from harness.statistics.analysis_records import (
    Analysis,
    AnalysisSettings,
    BudgetRate,
    Comparison,
    ControlledModel,
    ControlledRate,
    DavidsonModel,
    EarlyLook,
    NoCurve,
    OneSeedRate,
    PairFragility,
    PairSensitivity,
    QualityRow,
    RaterRate,
    RunRate,
)
from harness.statistics.arm_pairs import ArmPair, arm_pairs
from harness.statistics.bradley_terry import BradleyTerry, fit_bradley_terry
from harness.statistics.clustered import FloatArray, rows_by_label
from harness.statistics.davidson import fit_davidson
from harness.statistics.dose_response import DoseResponse, dose_response
from harness.statistics.fragility import fragility
from harness.statistics.multiplicity import holm
from harness.statistics.pair_rates import comparisons, notes_on_runs, pair_rate
from harness.statistics.paired_models import Effect
from harness.statistics.quality_of_file import quality_and_repeats
from harness.statistics.raters import RaterQuality, exclusions, idle_rules, why_undefined
from harness.statistics.ratings_file import Ratings
from harness.statistics.sensitivity import sensitivity
from harness.statistics.sequential import by_arrival, e_process
from harness.statistics.sides import position_test
from harness.statistics.win_rate import WinRate, majority_outcomes

LARGEST_BREAKDOWN = 20_000
"""Rows. Hundreds of raters times a thousand pairs of arms are a judgment each, and take longer than all else."""


def analyse(ratings: Ratings, settings: AnalysisSettings) -> Analysis:
    """All results. Raises InputError for a baseline or a file that leaves nothing to compare."""
    _check_baseline(ratings, settings.baseline)
    quality, repeats = quality_and_repeats(ratings)
    counted = _counted(ratings, quality, settings)
    kept = counted.kept
    used = _majority_votes(kept) if settings.majority else kept
    compared = comparisons(used, settings)
    clusters = used.query if used.query is not None else used.item
    plain = fit_bradley_terry(used.left, used.right, used.outcomes, baseline=settings.baseline, items=clusters,
                              raters=used.rater)
    davidson = fit_davidson(used.left, used.right, used.outcomes, baseline=settings.baseline, items=clusters,
                            raters=used.rater)
    budgets, runs, seeds, raters = (_breakdown(used, settings, by) for by in ("label_budget", "run", "seed", "rater"))
    notes = {note for row in compared for note in row.rate.notes}
    notes |= {part.too_many for part in (budgets, runs, seeds, raters) if part.too_many is not None}
    everyone: tuple[Comparison, ...] = ()
    if any(each.rater is not None for each in counted.excluded):
        everyone = comparisons(_majority_votes(counted.everybody) if settings.majority else counted.everybody,
                                settings)
    return Analysis(
        comparisons=compared, looking_early=_looking_early(kept, settings),
        position=position_test(kept.left, kept.right, kept.outcomes, kept.rater),
        bradley_terry=plain.strengths, bradley_terry_side=_side(plain.side),
        bradley_terry_controlled=_controlled(used, settings, compared),
        davidson=DavidsonModel(davidson.strengths, davidson.nu, davidson.nu_why_undefined, _side(davidson.side)),
        agreement=agreement(_of_first_arm(kept), items=kept.item, rng=numpy_generator(settings.seed, "agreement"),
                            resamples=settings.resamples, confidence=settings.confidence),
        fragility=tuple(_fragility(used, pair, settings) for pair in arm_pairs(used, settings.baseline)),
        by_label_budget=tuple(BudgetRate(*cell, label_budget=part) for part, cell in budgets.cells),
        by_run=tuple(RunRate(*cell, run=part) for part, cell in runs.cells),
        by_seed=tuple(OneSeedRate(*cell, seed=part) for part, cell in seeds.cells),
        by_rater=tuple(RaterRate(*cell, rater=part) for part, cell in raters.cells),
        dose_response=_dose_response(used, settings), sensitivity=_sensitivity(used, settings),
        quality=tuple(QualityRow(record, why_undefined(record)) for record in quality), swapped_repeats=repeats,
        comparisons_without_exclusion=everyone, excluded=counted.excluded,
        warnings=(*notes_on_runs(used, compared, settings), *sorted({*notes, *plain.notes, *davidson.notes}),
                  *idle_rules(quality, settings.rules)),
        settings=settings)


@dataclass(frozen=True)
class _Counted:
    """Judgments that compare arms: of everybody, of those who are kept, and what was left out."""

    everybody: Ratings
    kept: Ratings
    excluded: tuple[LeftOutRows, ...]


def _counted(ratings: Ratings, quality: list[RaterQuality], settings: AnalysisSettings) -> _Counted:
    left_out = exclusions(quality, settings.rules)
    repeated = np.array([repeat is not None for repeat in ratings.repeat_of], dtype=bool)
    checks = ~np.isnan(ratings.gold) | repeated
    everybody = ratings.take(~checks)
    excluded = []
    if checks.any():
        excluded.append(LeftOutRows("gold and repeated items check raters, not arms", int(checks.sum())))
    for exclusion in left_out:
        n = int(np.sum(everybody.rater == exclusion.rater))
        excluded.append(LeftOutRows(exclusion.reason, n, exclusion.rater))
    kept = everybody.take(~np.isin(everybody.rater, [exclusion.rater for exclusion in left_out]))
    if len(kept) == 0:
        if not left_out:
            raise InputError("every judgment is of a gold or a repeated item, which check raters and compare no arms")
        raise InputError("no judgments are left after the exclusions", cure="Loosen the rules")
    return _Counted(everybody, kept, tuple(excluded))


def _check_baseline(ratings: Ratings, baseline: str | None) -> None:
    arms = sorted({*ratings.left, *ratings.right})
    if baseline is not None and baseline not in arms:
        raise InputError(f"no arm {baseline!r} in the ratings", key="--baseline",
                         cure=f"The arms are {', '.join(arms[:20])}")


def _majority_votes(ratings: Ratings) -> Ratings:
    """One judgment an item: its most frequent outcome by arm, a tie where two are equally frequent."""
    outcomes = _of_first_arm(ratings)
    _, first, inverse = np.unique(ratings.item.astype(str), return_index=True, return_inverse=True)
    by_item = majority_outcomes(outcomes, inverse)
    one = ratings.take(first)
    nobody = np.full(len(one), "majority", dtype=object)
    return replace(one, rater=nobody, outcomes=np.where(one.left < one.right, by_item, 1 - by_item),
                   seconds=np.full(len(one), np.nan))


def _of_first_arm(ratings: Ratings) -> FloatArray:
    """(n,) the outcome of the arm whose name comes first: the same for all raters of an item, on any side."""
    return np.where(ratings.left < ratings.right, ratings.outcomes, 1 - ratings.outcomes)


def _looking_early(ratings: Ratings, settings: AnalysisSettings) -> tuple[EarlyLook, ...]:
    """The e-process of each pair over its queries (else items), the first judgment of each; p values hold at every
    look. ratings: the judgments themselves, as a majority changes while they come in."""
    if not settings.looking_early:
        return ()
    pairs = arm_pairs(ratings, settings.baseline)
    clusters = ratings.query if ratings.query is not None else ratings.item
    processes = [e_process(by_arrival(pair.outcomes, clusters[pair.rows], ratings.decided[pair.rows]))
                 for pair in pairs]
    adjusted = holm([process.p_value for process in processes])
    alpha = 1 - settings.confidence
    return tuple(
        EarlyLook(pair.arm_a, pair.arm_b, n_outcomes=len(process.log_values), e_value=process.value,
                  # Holm gives this pair the part p / p_holm of alpha.
                  rejected_at=None if p_holm is None or p_holm > alpha
                  else process.rejected_at(alpha * process.p_value / p_holm),
                  p_value=process.p_value, p_value_holm=p_holm)
        for pair, process, p_holm in zip(pairs, processes, adjusted, strict=True))


def _side(effect: Effect | None) -> Effect:
    return effect or Effect(None, None, "left out: the judgments do not tell it from the arms")


def _controlled(ratings: Ratings, settings: AnalysisSettings,
                compared: Sequence[Comparison]) -> tuple[ControlledModel, ...]:
    """The length-controlled and the copy-controlled model, where the file has the columns."""
    models = []
    for name, left, right in (("length-controlled", "left_length", "right_length"),
                              ("copy-controlled", "left_copying", "right_copying")):
        if left not in ratings.numbers or right not in ratings.numbers:
            continue
        difference = ratings.numbers[left] - ratings.numbers[right]
        known = ratings.take(~np.isnan(difference))
        model: BradleyTerry = fit_bradley_terry(
            known.left, known.right, known.outcomes, baseline=settings.baseline,
            covariates={name: difference[~np.isnan(difference)]},
            items=known.query if known.query is not None else known.item, raters=known.rater)
        models.append(ControlledModel(
            model=name, n_judgments=len(known), effect=model.covariates.get(name), strengths=model.strengths,
            notes=model.notes, win_rates=tuple(
                ControlledRate(row.arm_a, row.arm_b, model.win_rate(row.arm_a, row.arm_b)) for row in compared)))
    return tuple(models)


def _fragility(ratings: Ratings, pair: ArmPair, settings: AnalysisSettings) -> PairFragility:
    return PairFragility(pair.arm_a, pair.arm_b, fragility(
        pair.outcomes, items=ratings.item[pair.rows], raters=ratings.rater[pair.rows],
        queries=None if ratings.query is None else ratings.query[pair.rows], confidence=settings.confidence))


class _Cell(NamedTuple):
    """The win rate of one pair within one part."""

    arm_a: str
    arm_b: str
    rate: WinRate


@dataclass(frozen=True)
class _Breakdown:
    """Win rates by part. too_many: what to tell the reader where there are too many."""

    cells: tuple[tuple[int | str, _Cell], ...] = ()
    too_many: str | None = None


def _breakdown(ratings: Ratings, settings: AnalysisSettings, by: str) -> _Breakdown:
    """Win rates of each pair within each label budget, run, seed or rater; none where there is one value, and with more
    than `LARGEST_BREAKDOWN` rows none either. Of a budget they hold for another run too, where it has several.
    """
    column = {"rater": ratings.rater, "run": ratings.run, "seed": ratings.seed}.get(by, ratings.numbers.get(by))
    if column is None:
        return _Breakdown()
    known = np.flatnonzero(np.array([value == value and value != "" for value in column.tolist()], dtype=bool))
    parts = {value: ratings.take(known[at]) for value, at in rows_by_label(column[known]).items()}
    if len(parts) < 2:
        return _Breakdown()
    cells = [(value, part, pair) for value, part in parts.items() for pair in arm_pairs(part, settings.baseline)]
    if len(cells) > LARGEST_BREAKDOWN:
        return _Breakdown(too_many=f"no win rates by {by.replace('_', ' ')}: they would be {len(cells):,} rows of few "
                                   f"judgments each")
    found = []
    for value, part, pair in cells:
        of_pair = pair_rate(part, pair, settings, bootstrap=False)
        found.append((int(value) if isinstance(value, float) and value.is_integer() else str(value),
                      _Cell(pair.arm_a, pair.arm_b,
                            of_pair.rate if by == "label_budget" else of_pair.these_policies)))
    return _Breakdown(tuple(found))


def _dose_response(ratings: Ratings, settings: AnalysisSettings) -> DoseResponse | NoCurve:
    """The curve of the budgets against the baseline, or why there is none."""
    budgets = ratings.numbers.get("label_budget")
    if budgets is None or settings.baseline is None:
        return NoCurve("needs a label_budget column and --baseline")
    against = (ratings.left == settings.baseline) ^ (ratings.right == settings.baseline)
    part = ratings.take(against & ~np.isnan(budgets))
    if len(part) == 0:
        return NoCurve("no judgments of a label budget against the baseline")
    outcomes = np.where(part.right == settings.baseline, part.outcomes, 1 - part.outcomes)
    return dose_response(outcomes, part.numbers["label_budget"].tolist(), items=part.item, queries=part.query,
                         raters=part.rater, runs=part.training_runs, confidence=settings.confidence)


def _sensitivity(ratings: Ratings, settings: AnalysisSettings) -> tuple[PairSensitivity, ...]:
    if not settings.sensitivity:
        return ()
    return tuple(
        PairSensitivity(pair.arm_a, pair.arm_b, model) for pair in arm_pairs(ratings, settings.baseline)
        for model in sensitivity(pair.outcomes, items=ratings.item[pair.rows], raters=ratings.rater[pair.rows],
                                 a_was_left=(ratings.left[pair.rows] == pair.arm_a).astype(np.float64),
                                 queries=None if ratings.query is None else ratings.query[pair.rows],
                                 confidence=settings.confidence))
