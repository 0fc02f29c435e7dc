"""People's results of one unblinded study: every table of the analysis plan, from what people said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import ItemKind
from harness.ratings.quality import RaterInStudy
from harness.ratings.store import RatingStore
from harness.ratings.unblinding import Unblinded
from harness.records import Choice, Contrast, Judgment, arm_of
from harness.results.answers import answers, copying_by_preference, judged_texts
from harness.results.file import people_text, reproduces
from harness.results.people_records import (
    Excluded,
    PeopleComparison,
    PeopleResults,
    PeopleSensitivity,
    RateInterval,
    RaterRow,
)
from harness.results.rates import dose_curves, equivalence_rows, win_rate_rows
from harness.results.records import VERSION
from harness.results.votes import Votes, of_estimand, seeds_together
from harness.seeds import numpy_generator
from harness.statistics.agreement import Agreement, agreement
from harness.statistics.equivalence import equivalence
from harness.statistics.fragility import fragility
from harness.statistics.multiplicity import holm
from harness.statistics.plan import AnalysisPlan
from harness.statistics.sensitivity import sensitivity
from harness.statistics.sides import PositionTest, SwappedRepeats, position_test, swapped_repeats
from harness.statistics.win_rate import WinRate, win_rate
from harness.study.parts import BASELINES


def study_report(store: RatingStore, study_id: str) -> str:
    """Unblind a closed study, analyse it by its frozen plan, and file the report.

    A report of the former version that says the same stays as it was filed. Raises InputError where another was filed.
    """
    text = study_document(store, study_id)
    filed = store.report(study_id)
    if filed is None or not reproduces(filed, text):
        store.file_report(study_id, text)
    return text


def study_document(store: RatingStore, study_id: str) -> str:
    """The report of a closed study as canonical JSON: the same bytes every time."""
    unblinded = store.unblind_in_full(study_id)
    return people_text(analyse(store.study(study_id), unblinded, store))


def analyse(study: StudyInfo, unblinded: Sequence[Unblinded], store: RatingStore, *,
            other_models: bool = True) -> PeopleResults:
    """The results of one study of people. judge: 'human', or 'simulated' for a rehearsal.

    other_models: fit the slow models of the sensitivity analysis too, which a rehearsal does without.
    """
    raters = store.raters_of_study(study)
    # A report leaves the store: raters are numbers in it, so that erasing a pseudonym erases it everywhere.
    numbers = {each.quality.rater: f"rater {number}" for number, each in enumerate(raters, start=1)}
    excluded = {each.quality.rater: each.excluded for each in raters if each.excluded}
    kept = [each for each in unblinded if each.judgment.rater_id not in excluded]
    judgments, everybody = ([_trained_first(replace(each.judgment, rater_id=numbers[each.judgment.rater_id]))
                             for each in some] for some in (kept, unblinded))
    plan = study.protocol.plan
    votes = of_estimand(votes_of_judgments(judgments), plan.estimand)
    judge = "simulated" if study.simulated else "human"
    opponents = {contrast.opponent.arm for contrast in votes if contrast.opponent.label_budget is None}
    # A plan without an order, as the app's own studies may have, confirms all that was compared.
    planned = plan.gatekeeping or tuple(dict.fromkeys((*BASELINES, *sorted(opponents))))
    return PeopleResults(
        version=VERSION, study=study.name, title=study.title, judge=judge, simulated_judge=study.simulated,
        seal=study.seal, chain_head=store.verify(study.id).head, plan=study.protocol.as_json(),
        n_judgments=len(judgments), n_raters=len({each.rater_id for each in judgments}),
        comparisons=tuple(_comparisons(judgments, everybody, plan)),
        win_rates=tuple(win_rate_rows(votes, judge=judge, confidence=plan.confidence,
                                      baselines=[each for each in planned if each in opponents])),
        equivalence=tuple(equivalence_rows(
            votes, margin=plan.margin, confidence=plan.confidence, judge=judge,
            not_comparable={arm_of(name): why for name, why in study.protocol.not_comparable.items()})),
        dose_response=tuple(dose_curves(votes, confidence=plan.confidence)),
        sensitivity=tuple(_sensitivity(judgments, plan)) if other_models else (),
        agreement=_agreement(judgments, study.protocol.seed), position=_position(judgments),
        repeats=_repeats(store, study, excluded), quality=tuple(_rater(each, numbers) for each in raters),
        excluded=tuple(Excluded(numbers[rater], why) for rater, why in excluded.items()),
        answers=tuple(answers(kept)), copying_by_preference=tuple(copying_by_preference(kept)),
        arms=tuple(judged_texts(store.study_texts(study.id))))


def votes_of_judgments(judgments: Sequence[Judgment]) -> dict[Contrast, Votes]:
    """Judgments by contrast, the seeds together; only where a trained arm takes part.

    Between two budgets of one arm the larger stands first. Another arm is an opponent as a baseline is; two arms of one
    budget have no first, and stand among the comparisons only.
    """
    gathered: dict[Contrast, list[tuple[float, str, int, str, int]]] = defaultdict(list)
    for each in judgments:
        facing = _trained_first(each)
        arm, opponent = facing.contrast.arm, facing.contrast.opponent
        if arm.label_budget is None or (opponent.label_budget == arm.label_budget):
            continue
        run = arm.seed or 0
        gathered[seeds_together(arm, opponent)].append(
            (facing.outcome, each.query_id, run, each.rater_id, run if opponent.seed is None else opponent.seed))
    return {contrast: _votes(rows) for contrast, rows in sorted(gathered.items())}


def _votes(rows: Sequence[tuple[float, str, int, str, int]]) -> Votes:
    outcomes, queries, seeds, raters, opponents = zip(*rows, strict=True)
    return Votes(np.array(outcomes), np.array(queries, dtype=object), np.array(seeds), np.array(raters, dtype=object),
                 None if opponents == seeds else np.array(opponents))


def _trained_first(judgment: Judgment) -> Judgment:
    """The same judgment with the larger label budget first; a baseline comes after an arm that needed no labels."""
    arm, opponent = judgment.contrast.arm, judgment.contrast.opponent
    first, second = (-1 if each.label_budget is None else each.label_budget for each in (arm, opponent))
    if first >= second:
        return judgment
    return replace(judgment, contrast=Contrast(opponent, arm), outcome=1 - judgment.outcome,
                   arm_was_left=not judgment.arm_was_left)


def _comparisons(kept: Sequence[Judgment], everybody: Sequence[Judgment],
                 plan: AnalysisPlan) -> list[PeopleComparison]:
    """Every pair of arms that was compared, from its arm's side, with Holm over all pairs."""
    judged, whole = _by_contrast(kept), _by_contrast(everybody)
    rates = {contrast: _rate(judged[contrast], plan.confidence) for contrast in sorted(judged)}
    rows = []
    for (contrast, rate), p_holm in zip(rates.items(), holm([rate.p_value for rate in rates.values()]), strict=True):
        found, everyone = judged[contrast], _rate(whole[contrast], plan.confidence)
        rows.append(PeopleComparison(
            contrast=contrast, rate=rate, p_value_holm=p_holm,
            equivalence=equivalence(rate, margin=plan.margin, alpha=1 - plan.confidence),
            fragility=fragility(np.array([each.outcome for each in found]), items=[each.item_id for each in found],
                                raters=[each.rater_id for each in found], confidence=plan.confidence),
            nobody_excluded=RateInterval(everyone.win_rate, everyone.ci_low, everyone.ci_high)))
    return rows


def _sensitivity(judgments: Sequence[Judgment], plan: AnalysisPlan) -> list[PeopleSensitivity]:
    """The same win rates by other models, for every comparison, its runs together: one pair of runs has few items."""
    together: dict[Contrast, list[Judgment]] = defaultdict(list)
    for each in judgments:
        together[each.contrast.without_seeds].append(each)
    return [PeopleSensitivity(contrast, model)
            for contrast, found in sorted(together.items(), key=lambda pair: str(pair[0]))
            for model in sensitivity(np.array([each.outcome for each in found]),
                                     items=[each.item_id for each in found], raters=[each.rater_id for each in found],
                                     a_was_left=np.array([float(each.arm_was_left) for each in found]),
                                     confidence=plan.confidence)]


def _by_contrast(judgments: Sequence[Judgment]) -> dict[Contrast, list[Judgment]]:
    found: dict[Contrast, list[Judgment]] = defaultdict(list)
    for each in judgments:
        found[each.contrast].append(each)
    return found


def _rate(judgments: Sequence[Judgment], confidence: float) -> WinRate:
    return win_rate(np.array([each.outcome for each in judgments]), items=[each.item_id for each in judgments],
                    raters=[each.rater_id for each in judgments], confidence=confidence)


def _agreement(judgments: Sequence[Judgment], seed: int) -> Agreement:
    if not judgments:
        return Agreement.undefined("no judgments")
    chosen = ["tie" if each.outcome == 0.5 else str(each.contrast.arm if each.outcome else each.contrast.opponent)
              for each in judgments]
    return agreement(chosen, items=[each.item_id for each in judgments], rng=numpy_generator(seed, "agreement"))


def _position(judgments: Sequence[Judgment]) -> PositionTest:
    if not judgments:
        return PositionTest(None, 0, None, (), (), "no judgments")
    sides = [(str(each.contrast.arm), str(each.contrast.opponent)) for each in judgments]
    return position_test(
        [arm if each.arm_was_left else opponent for each, (arm, opponent) in zip(judgments, sides, strict=True)],
        [opponent if each.arm_was_left else arm for each, (arm, opponent) in zip(judgments, sides, strict=True)],
        [each.outcome if each.arm_was_left else 1 - each.outcome for each in judgments],
        [each.rater_id for each in judgments])


def _repeats(store: RatingStore, study: StudyInfo, excluded: Mapping[str, str]) -> SwappedRepeats:
    said = [each for each in store.finals(study.id) if each.side != Choice.SKIP and each.handle not in excluded]
    first = {(each.rater_id, each.item_id): each.shown for each in said if each.item_kind is ItemKind.MAIN}
    pairs = [(first[each.rater_id, each.repeat_of], each.shown) for each in said
             if each.repeat_of is not None and (each.rater_id, each.repeat_of) in first]
    return swapped_repeats([before for before, _ in pairs], [after for _, after in pairs])


def _rater(each: RaterInStudy, numbers: Mapping[str, str]) -> RaterRow:
    return RaterRow(quality=replace(each.quality, rater=numbers[each.quality.rater]), skipped=each.skipped,
                    left_rate=each.left_rate, revisions=each.revisions, qualified=each.qualified,
                    excluded=each.excluded)
