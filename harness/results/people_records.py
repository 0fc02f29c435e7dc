"""Records of what people said in one unblinded evaluation: people's results, filed in the rating store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.json_records import INLINE
from harness.records import ArmKey, Contrast
from harness.results.rate_records import BY_CONTRAST, DoseCurve, EquivalenceRow, WinRateRow
from harness.results.spelling import ARM, TWO_ARMS
from harness.statistics.agreement import Agreement
from harness.statistics.equivalence import Equivalence
from harness.statistics.fragility import Fragility
from harness.statistics.raters import RaterQuality
from harness.statistics.sensitivity import Sensitivity
from harness.statistics.sides import PositionTest, SwappedRepeats
from harness.statistics.win_rate import WinRate


@dataclass(frozen=True)
class RateInterval:
    """A win rate and its interval.

    win_rate, ci_low, ci_high: in [0, 1], null where they cannot be had.
    """

    win_rate: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class PeopleComparison:
    """Two arms that people compared, each training seed apart.

    arm_a, arm_b: the two arms; all figures are from arm_a's side. p_value_holm: adjusted by Holm over all comparisons.
    equivalence: the win rate compared with one half plus and minus the margin. fragility: how few judgments must be
    dropped to change the verdict. nobody_excluded: the win rate with no rater excluded.
    """

    contrast: Contrast = field(metadata=TWO_ARMS)
    rate: WinRate = field(metadata=INLINE)
    p_value_holm: float | None
    equivalence: Equivalence
    fragility: Fragility
    nobody_excluded: RateInterval


@dataclass(frozen=True)
class PeopleSensitivity:
    """The answer of one other model for two arms, their runs together.

    arm_a, arm_b: who was compared.
    """

    contrast: Contrast = field(metadata=TWO_ARMS)
    answer: Sensitivity = field(metadata=INLINE)


@dataclass(frozen=True)
class RaterRow:
    """One rater's work and checks. Raters are numbers, so that no pseudonym has to be erased here.

    skipped: how many main items were skipped. left_rate: the share of left among decisive choices. revisions: how often
    a choice was changed. qualified: whether the qualification was passed, null where it was not finished. excluded: why
    the plan's rules leave the rater out, null for a rater who counts.
    """

    quality: RaterQuality = field(metadata=INLINE)
    skipped: int
    left_rate: float | None
    revisions: int
    qualified: bool | None
    excluded: str | None


@dataclass(frozen=True)
class Excluded:
    """A rater whom the frozen rules leave out.

    rater: a number in place of the pseudonym. why: the rule that was broken.
    """

    rater: str
    why: str


@dataclass(frozen=True)
class Answers:
    """What raters answered about one arm's texts, beside which text is better.

    arm: whose texts. accurate, n_accurate: how many texts were called accurate, of how many asked. copied, n_copied:
    how many were called mostly copied, of how many asked.
    """

    arm: ArmKey = field(metadata=ARM)
    accurate: int
    copied: int
    n_accurate: int
    n_copied: int


@dataclass(frozen=True)
class PreferenceByAnswers:
    """Copying × accuracy × preference: the texts of one arm about which raters gave the same answers.

    arm: whose texts. copied, accurate: the answer, null where it was not asked. n: how many texts. preferred: the share
    that was preferred; a tie counts one half.
    """

    arm: ArmKey = field(metadata=ARM)
    copied: bool | None
    accurate: bool | None
    n: int
    preferred: float


@dataclass(frozen=True)
class JudgedTexts:
    """One arm's texts that were compared.

    arm: whose texts. n_texts: how many. mean_words: their mean length. copying: the mean of each measure of copying,
    null without sources. rouge: the mean of each measure against the reference, null where the reference was not
    compared.
    """

    arm: ArmKey = field(metadata=ARM)
    n_texts: int
    mean_words: float
    copying: Mapping[str, float | None] | None = None
    rouge: Mapping[str, float] | None = None


@dataclass(frozen=True)
class PeopleResults:
    """One unblinded evaluation by people, analysed by its sealed plan.

    version: number of this form. study: the evaluation's name. title: what raters saw. judge: `human`, or `simulated`
    for a rehearsal. simulated_judge: whether `judge` is `simulated`. seal: SHA-256 of plan, items and arm map, taken
    before the first judgment. chain_head: the last hash in the chain of judgments. plan: the sealed protocol.
    n_judgments, n_raters: how many the analysis uses. comparisons: every pair of arms that was compared, each training
    seed apart. win_rates: each budget against each baseline, the seeds together. equivalence: the largest budget
    against each smaller one. dose_response: the curves; its keys are `ARM vs BASELINE`. sensitivity: the comparisons,
    their runs together, by other models. agreement: how far raters agree. position: whether raters preferred a side.
    repeats: items judged twice with the sides swapped. quality: every rater. excluded: whom the rules leave out.
    answers: what raters answered about the texts. copying_by_preference: what they preferred, by these answers. arms:
    mean measures of every arm's texts.
    """

    version: int
    study: str
    title: str
    judge: str
    simulated_judge: bool
    seal: str
    chain_head: str
    plan: Mapping[str, Any]
    n_judgments: int
    n_raters: int
    comparisons: tuple[PeopleComparison, ...]
    win_rates: tuple[WinRateRow, ...]
    equivalence: tuple[EquivalenceRow, ...]
    dose_response: tuple[DoseCurve, ...] = field(metadata=BY_CONTRAST)
    sensitivity: tuple[PeopleSensitivity, ...]
    agreement: Agreement
    position: PositionTest
    repeats: SwappedRepeats
    quality: tuple[RaterRow, ...]
    excluded: tuple[Excluded, ...]
    answers: tuple[Answers, ...]
    copying_by_preference: tuple[PreferenceByAnswers, ...]
    arms: tuple[JudgedTexts, ...]
