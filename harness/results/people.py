"""The report of an unblinded study: every table of the analysis plan, from what people said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from harness.digests import canonical_json
from harness.ratings.progress import StudyInfo
from harness.ratings.protocol import ItemKind
from harness.ratings.store import RatingStore
from harness.ratings.unblinding import ArmText, Unblinded
from harness.records import ArmKey, Choice, Judgment
from harness.results.simulated import (
    Key,
    Votes,
    dose_response_document,
    equivalence_rows,
    finite,
    of_estimand,
    win_rate_rows,
)
from harness.seeds import numpy_generator
from harness.statistics.agreement import agreement
from harness.statistics.equivalence import equivalence
from harness.statistics.fragility import fragility
from harness.statistics.multiplicity import holm
from harness.statistics.plan import AnalysisPlan
from harness.statistics.sensitivity import sensitivity
from harness.statistics.sides import position_test, swapped_repeats
from harness.statistics.win_rate import WinRate, win_rate
from harness.study.parts import BASELINES
from harness.text.copying import copy_statistics, mean_of_defined
from harness.text.rouge import rouge_scores


def study_report(store: RatingStore, study_id: str) -> str:
    """Unblind a closed study, analyse it by its frozen plan, and file the report."""
    text = study_document(store, study_id)
    store.file_report(study_id, text)
    return text


def study_document(store: RatingStore, study_id: str) -> str:
    """The report of a closed study as canonical JSON: the same bytes every time."""
    unblinded = store.unblind_in_full(study_id)
    return canonical_json(finite(analyse(store.study(study_id), unblinded, store)))


def analyse(study: StudyInfo, unblinded: Sequence[Unblinded], store: RatingStore, *,
            other_models: bool = True) -> dict[str, Any]:
    """results.json's words for one study of people. judge: 'human', or 'simulated' for a rehearsal.

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
    opponents = {opponent for _, _, opponent, budget in votes if budget is None}
    # A plan without an order, as the app's own studies may have, confirms all that was compared.
    planned = plan.gatekeeping or tuple(dict.fromkeys((*BASELINES, *sorted(opponents))))
    return {
        "study": study.name, "title": study.title, "judge": judge, "simulated_judge": study.simulated,
        "seal": study.seal, "chain_head": store.verify(study.id).head, "plan": study.protocol.as_json(),
        "n_judgments": len(judgments), "n_raters": len({each.rater_id for each in judgments}),
        "comparisons": _comparisons(judgments, everybody, plan),
        "win_rates": win_rate_rows(votes, judge=judge, confidence=plan.confidence,
                                   baselines=[each for each in planned if each in opponents]),
        "equivalence": equivalence_rows(votes, margin=plan.margin, confidence=plan.confidence, judge=judge),
        "dose_response": dose_response_document(votes, confidence=plan.confidence),
        "sensitivity": _sensitivity(judgments, plan) if other_models else [],
        "agreement": _agreement(judgments, study.protocol.seed), "position": _position(judgments),
        "repeats": _repeats(store, study, excluded),
        "quality": [{**each.figures(), "rater": numbers[each.quality.rater]} for each in raters],
        "excluded": [{"rater": numbers[rater], "why": why} for rater, why in excluded.items()],
        "answers": _answers(kept), "copying_by_preference": _copying_by_preference(kept),
        "arms": _arms(store.study_texts(study.id)),
    }


def votes_of_judgments(judgments: Sequence[Judgment]) -> dict[Key, Votes]:
    """Judgments by (arm, budget, opponent, its budget), the seeds together; only where a trained arm takes part.

    Between two budgets of one arm the larger stands first. Another arm is an opponent as a baseline is; two arms of one
    budget have no first, and stand among the comparisons only.
    """
    gathered: dict[Key, list[tuple[float, str, int, str]]] = defaultdict(list)
    for each in judgments:
        facing = _trained_first(each)
        arm, opponent, outcome = parse_arm(facing.arm_a), parse_arm(facing.arm_b), facing.outcome
        if arm.label_budget is None or (opponent.label_budget == arm.label_budget):
            continue
        opponent_budget = opponent.label_budget if opponent.arm == arm.arm else None
        gathered[arm.arm, arm.label_budget, opponent.arm, opponent_budget].append(
            (outcome, each.query_id, arm.seed or 0, each.rater_id))
    return {key: Votes(*(np.array(column, dtype=kind) for column, kind in
                         zip(zip(*rows, strict=True), (float, object, int, object), strict=True)))
            for key, rows in sorted(gathered.items(), key=lambda pair: [part or 0 for part in pair[0]])}


def _trained_first(judgment: Judgment) -> Judgment:
    """The same judgment with the larger label budget as arm_a; a baseline comes after an arm that needed no labels."""
    a, b = (-1 if arm.label_budget is None else arm.label_budget
            for arm in map(parse_arm, (judgment.arm_a, judgment.arm_b)))
    if a >= b:
        return judgment
    return replace(judgment, arm_a=judgment.arm_b, arm_b=judgment.arm_a, outcome=1 - judgment.outcome,
                   a_was_left=not judgment.a_was_left)


def parse_arm(name: str) -> ArmKey:
    """`rl/5000/2` as the engine writes it; any other name is an arm without a budget."""
    try:
        return ArmKey.parse(name)
    except (ValueError, TypeError):
        return ArmKey(name)


def _place(name: str) -> tuple[str, int, int]:
    arm = parse_arm(name)
    return arm.arm, arm.label_budget or 0, arm.seed or 0


def _comparisons(kept: Sequence[Judgment], everybody: Sequence[Judgment], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """Every pair of arms that was compared, from arm_a's side, with Holm over all pairs."""
    rows: list[dict[str, Any]] = []
    for (arm_a, arm_b), found in sorted(_by_pair(kept).items(), key=lambda pair: [_place(arm) for arm in pair[0]]):
        rate = _rate(found, plan.confidence)
        test = equivalence(rate, margin=plan.margin, alpha=1 - plan.confidence)
        fragile = fragility(np.array([each.outcome for each in found]), items=[each.item_id for each in found],
                            raters=[each.rater_id for each in found], confidence=plan.confidence)
        whole = _rate(_by_pair(everybody)[arm_a, arm_b], plan.confidence)
        rows.append({
            "arm_a": arm_a, "arm_b": arm_b, "win_rate": rate.win_rate, "ci_low": rate.ci_low, "ci_high": rate.ci_high,
            "win_rate_without_ties": rate.win_rate_without_ties, "win_rate_majority": rate.win_rate_majority,
            "wins": rate.wins, "ties": rate.ties, "losses": rate.losses, "n_items": rate.n_items,
            "n_judgments": rate.n_judgments, "n_raters": rate.n_raters, "p_value": rate.p_value,
            "why_undefined": rate.why_undefined, "notes": list(rate.notes),
            "equivalence": {"margin": test.margin, "p_non_inferior": test.p_not_better,
                            "p_equivalent": test.p_equivalent, "verdict": test.verdict},
            "fragility": asdict(fragile),
            "nobody_excluded": {"win_rate": whole.win_rate, "ci_low": whole.ci_low, "ci_high": whole.ci_high}})
    for row, p_value in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        row["p_value_holm"] = p_value
    return rows


def _sensitivity(judgments: Sequence[Judgment], plan: AnalysisPlan) -> list[dict[str, Any]]:
    """The same win rates by other models, for every pair of arms."""
    return [{"arm_a": arm_a, "arm_b": arm_b, **asdict(model)}
            for (arm_a, arm_b), found in sorted(_by_pair(judgments).items())
            for model in sensitivity(np.array([each.outcome for each in found]),
                                     items=[each.item_id for each in found], raters=[each.rater_id for each in found],
                                     a_was_left=np.array([float(each.a_was_left) for each in found]),
                                     confidence=plan.confidence)]


def _by_pair(judgments: Sequence[Judgment]) -> dict[tuple[str, str], list[Judgment]]:
    found: dict[tuple[str, str], list[Judgment]] = defaultdict(list)
    for each in judgments:
        found[each.arm_a, each.arm_b].append(each)
    return found


def _rate(judgments: Sequence[Judgment], confidence: float) -> WinRate:
    return win_rate(np.array([each.outcome for each in judgments]), items=[each.item_id for each in judgments],
                    raters=[each.rater_id for each in judgments], confidence=confidence)


def _agreement(judgments: Sequence[Judgment], seed: int) -> dict[str, Any]:
    if not judgments:
        return {"why_undefined": "no judgments"}
    chosen = ["tie" if each.outcome == 0.5 else each.arm_a if each.outcome else each.arm_b for each in judgments]
    return asdict(agreement(chosen, items=[each.item_id for each in judgments],
                            rng=numpy_generator(seed, "agreement")))


def _position(judgments: Sequence[Judgment]) -> dict[str, Any]:
    if not judgments:
        return {"why_undefined": "no judgments"}
    return asdict(position_test(
        [each.arm_a if each.a_was_left else each.arm_b for each in judgments],
        [each.arm_b if each.a_was_left else each.arm_a for each in judgments],
        [each.outcome if each.a_was_left else 1 - each.outcome for each in judgments],
        [each.rater_id for each in judgments]))


def _repeats(store: RatingStore, study: StudyInfo, excluded: Mapping[str, Any]) -> dict[str, Any]:
    said = [each for each in store.finals(study.id) if each.side != Choice.SKIP and each.handle not in excluded]
    first = {(each.rater_id, each.item_id): each.shown for each in said if each.item_kind is ItemKind.MAIN}
    pairs = [(first[each.rater_id, each.repeat_of], each.shown) for each in said
             if each.repeat_of is not None and (each.rater_id, each.repeat_of) in first]
    return asdict(swapped_repeats([before for before, _ in pairs], [after for _, after in pairs]))


def _answers(unblinded: Sequence[Unblinded]) -> list[dict[str, Any]]:
    """The questions' own tally: how many of each arm's judged texts were called accurate, and copied."""
    counts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for each in unblinded:
        for question, answer in each.final.content.get("answers", {}).items():
            for side, arm in (("left", each.left_arm), ("right", each.right_arm)):
                counts[arm][question].append(answer in (side, "both"))
    return [{"arm": arm, **{question: sum(said[question]) for question in ("accurate", "copied")},
             **{f"n_{question}": len(said[question]) for question in ("accurate", "copied")}}
            for arm, said in sorted(counts.items(), key=lambda pair: _place(pair[0]))]


def _copying_by_preference(unblinded: Sequence[Unblinded]) -> list[dict[str, Any]]:
    """Copying × accuracy × preference: of each arm's judged texts, how many were called copied, accurate, preferred."""
    counts: dict[tuple[str, bool | None, bool | None], list[float]] = defaultdict(list)
    for each in unblinded:
        answers = each.final.content.get("answers")
        if not answers:
            continue
        for side, arm in (("left", each.left_arm), ("right", each.right_arm)):
            won = 0.5 if each.final.shown == Choice.TIE else float(each.final.shown == side)
            counts[arm, _true_of(answers.get("copied"), side), _true_of(answers.get("accurate"), side)].append(won)
    return [{"arm": arm, "copied": copied, "accurate": accurate, "n": len(won), "preferred": float(np.mean(won))}
            for (arm, copied, accurate), won in sorted(counts.items(), key=lambda pair: str(pair[0]))]


def _true_of(answer: str | None, side: str) -> bool | None:
    return None if answer is None else answer in (side, "both")


def _arms(texts: Sequence[ArmText]) -> list[dict[str, Any]]:
    """Each arm's own measures on the texts that were compared: length, copying, ROUGE where the reference took part."""
    unique = {(each.arm, each.query_id): each for each in texts}
    references = {each.query_id: each.text for each in unique.values() if each.arm == "reference"}
    rows = []
    for arm in sorted({each.arm for each in texts}):
        mine = [each for each in unique.values() if each.arm == arm]
        row: dict[str, Any] = {"arm": arm, "n_texts": len(mine),
                               "mean_words": float(np.mean([len(each.text.split()) for each in mine]))}
        sourced = [each for each in mine if each.source]
        if sourced:
            found = copy_statistics([each.text for each in sourced], [each.source or "" for each in sourced])
            row["copying"] = {key: mean_of_defined(values) for key, values in found.values.items()}
        compared = [each for each in mine if each.query_id in references and arm != "reference"]
        if compared:
            row["rouge"] = {key: float(np.mean(values)) for key, values in rouge_scores(
                [each.text for each in compared], [references[each.query_id] for each in compared]).items()}
        rows.append(row)
    return rows
