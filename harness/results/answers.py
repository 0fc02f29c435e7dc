"""What raters answered to the questions after the vote, and the measures of the texts they compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from harness.ratings.unblinding import ArmText, Unblinded
from harness.records import ArmKey, Choice
from harness.results.people_records import Answers, JudgedTexts, PreferenceByAnswers
from harness.statistics.resampling import mean_of_defined
from harness.text.copying import copy_statistics
from harness.text.rouge import rouge_scores

_REFERENCE = ArmKey("reference")


def answers(unblinded: Sequence[Unblinded]) -> list[Answers]:
    """The questions' own tally: how many of each arm's judged texts were called accurate, and copied."""
    counts: dict[ArmKey, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for each in unblinded:
        for question, answer in each.final.content.get("answers", {}).items():
            for side, arm in (("left", each.left_arm), ("right", each.right_arm)):
                counts[arm][question].append(answer in (side, "both"))
    return [Answers(arm=arm, accurate=sum(said["accurate"]), copied=sum(said["copied"]),
                    n_accurate=len(said["accurate"]), n_copied=len(said["copied"]))
            for arm, said in sorted(counts.items(), key=lambda pair: pair[0])]


def copying_by_preference(unblinded: Sequence[Unblinded]) -> list[PreferenceByAnswers]:
    """Copying × accuracy × preference: of each arm's judged texts, how many were called copied, accurate, preferred."""
    counts: dict[tuple[ArmKey, bool | None, bool | None], list[float]] = defaultdict(list)
    for each in unblinded:
        answers = each.final.content.get("answers")
        if not answers:
            continue
        for side, arm in (("left", each.left_arm), ("right", each.right_arm)):
            won = 0.5 if each.final.shown == Choice.TIE else float(each.final.shown == side)
            counts[arm, _true_of(answers.get("copied"), side), _true_of(answers.get("accurate"), side)].append(won)
    return [PreferenceByAnswers(arm=arm, copied=copied, accurate=accurate, n=len(won), preferred=float(np.mean(won)))
            for (arm, copied, accurate), won in sorted(counts.items(), key=lambda pair: _as_text(*pair[0]))]


def _as_text(arm: ArmKey, copied: bool | None, accurate: bool | None) -> str:
    """By which the rows are sorted: filed reports are reproduced byte for byte."""
    return str((str(arm), copied, accurate))


def _true_of(answer: str | None, side: str) -> bool | None:
    return None if answer is None else answer in (side, "both")


def judged_texts(texts: Sequence[ArmText]) -> list[JudgedTexts]:
    """Each arm's own measures on the texts that were compared: length, copying, ROUGE where the reference took part."""
    unique = {(each.arm, each.query_id): each for each in texts}
    references = {each.query_id: each.text for each in unique.values() if each.arm == _REFERENCE}
    rows = []
    for arm in sorted({each.arm for each in texts}, key=str):
        mine = [each for each in unique.values() if each.arm == arm]
        compared = [each for each in mine if each.query_id in references and arm != _REFERENCE]
        rows.append(JudgedTexts(
            arm=arm, n_texts=len(mine), mean_words=float(np.mean([len(each.text.split()) for each in mine])),
            copying=_copying([each for each in mine if each.source]),
            rouge={key: float(np.mean(values)) for key, values in rouge_scores(
                [each.text for each in compared], [references[each.query_id] for each in compared]).items()}
            if compared else None))
    return rows


def _copying(sourced: Sequence[ArmText]) -> dict[str, float | None] | None:
    if not sourced:
        return None
    found = copy_statistics([each.text for each in sourced], [each.source or "" for each in sourced])
    return {key: mean_of_defined(values) for key, values in found.values.items()}
