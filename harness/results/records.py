"""The record of a whole results.json; those of its sections lie in the other `..._records.py`.

Each record's docstring says what each of its keys is; `docs/results-json.md` is made from them. A figure that cannot be
had is null, and `why_undefined` beside it says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.records import ArmKey, Contrast
from harness.results.people_records import Excluded, PeopleResults, RaterRow
from harness.results.rate_records import (
    BY_CONTRAST,
    DoseCurve,
    EquivalenceRow,
    FragilityRow,
    SensitivityRow,
    Strengths,
    WinRateRow,
)
from harness.results.spelling import ARM, ARM_BUDGET_AND_SEED, POLICY_AND_BASELINE
from harness.results.text_records import ArmMeasures, CopyingGrowth, CopyingPreference, TextRow
from harness.results.training_records import AccuracyCurve, FrontierRow, LearningCurve, RewardModelRow, RunRow
from harness.statistics.agreement import Agreement
from harness.statistics.plan import AnalysisPlan

VERSION = 3
"""Of results.json and of people's results. Their first version wrote no number."""


@dataclass(frozen=True)
class LeftOut:
    """A policy that is missing because its training failed.

    arm: which. why: the stage's error.
    """

    arm: ArmKey = field(metadata=ARM)
    why: str


@dataclass(frozen=True)
class PlanOfStudy:
    """The analysis plan that was frozen before the first judgment.

    digest: its SHA-256. planned: the plan. differences: how the analysis differs from the plan, one line each; empty
    where it was done as planned.
    """

    digest: str
    planned: AnalysisPlan
    differences: tuple[str, ...]


@dataclass(frozen=True)
class RoundRow:
    """One round of online collection.

    arm, label_budget, seed: the policy in training. round: its number, from 1. episodes: how many PPO had made when it
    began. labels: all labels by then. validation_accuracy, validation_loss: of the round's reward model on held-out
    labels. gain, bias: bring the scores of that reward model to mean 0 and standard deviation 1.
    """

    arm: ArmKey = field(metadata=ARM_BUDGET_AND_SEED)
    round: int
    episodes: int
    labels: int
    validation_accuracy: float | None
    validation_loss: float | None
    gain: float
    bias: float


@dataclass(frozen=True)
class Quality:
    """Who judged how well in the last evaluation by people.

    raters: every rater. excluded: whom the rules leave out. why_undefined: why there is nobody.
    """

    raters: tuple[RaterRow, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    why_undefined: str | None = None


@dataclass(frozen=True)
class Results:
    """What a study found.

    version: number of this form. study: the study's name. spec_digest: digest of the study's settings. commit: of
    the harness. dirty: whether the harness had uncommitted changes. simulated_labels: whether the labels were
    simulated, not given by people. simulated_judge: whether the study's own judge is simulated. left_out: policies
    whose training failed. awaited: evaluations by people that are still open. upper_bounds: arms whose reward was
    the simulated labeler's own scorer. analysis_plan: the plan, and whether the analysis followed it. arms: mean
    measures of every arm's texts. win_rates: each budget against each baseline, the simulated judge's rows first,
    then people's. equivalence: the largest budget against each smaller one, in the same order of judges.
    dose_response: the curve of each arm over each baseline by the simulated judge; its keys are `ARM vs BASELINE`.
    sensitivity: the largest budgets' win rates, computed in other ways. fragility: how few judgments must be
    dropped to change each verdict. reward_models: what each reward model learnt. accuracy_curves: how well they
    predict held-out labels, by budget. runs: how each PPO run ended. learning_curves: how they went.
    frontier: scores against KL. online_rounds:
    online collection, round by round. strengths: all arms on one scale. texts: the texts' measures with intervals.
    copying_growth: how more labels changed copying. copying_by_preference: win rates by what was copied and whether
    it is accurate (summaries only). agreement, quality: of the last evaluation by people. people: every evaluation
    by people. responses: a hash of each arm's texts.
    """

    version: int
    study: str
    spec_digest: str
    commit: str
    dirty: bool
    simulated_labels: bool
    simulated_judge: bool
    left_out: tuple[LeftOut, ...]
    awaited: tuple[str, ...]
    upper_bounds: tuple[str, ...]
    analysis_plan: PlanOfStudy
    arms: tuple[ArmMeasures, ...]
    win_rates: tuple[WinRateRow, ...]
    equivalence: tuple[EquivalenceRow, ...]
    dose_response: tuple[DoseCurve, ...] = field(metadata=BY_CONTRAST)
    sensitivity: tuple[SensitivityRow, ...]
    fragility: tuple[FragilityRow, ...]
    reward_models: tuple[RewardModelRow, ...]
    accuracy_curves: tuple[AccuracyCurve, ...]
    runs: tuple[RunRow, ...]
    learning_curves: tuple[LearningCurve, ...]
    frontier: tuple[FrontierRow, ...]
    online_rounds: tuple[RoundRow, ...]
    strengths: Strengths
    texts: tuple[TextRow, ...]
    copying_growth: tuple[CopyingGrowth, ...]
    copying_by_preference: tuple[CopyingPreference, ...]
    agreement: Agreement
    quality: Quality
    people: tuple[PeopleResults, ...]
    responses: Mapping[str, str]


@dataclass(frozen=True)
class PairOutcomes:
    """One policy against one opponent on the same queries.

    arm, baseline: which two. outcomes: in the order of the queries, 1 where the policy won, 0.5 for a tie, 0 where it
    lost.
    """

    contrast: Contrast = field(metadata=POLICY_AND_BASELINE)
    outcomes: tuple[float, ...]


@dataclass(frozen=True)
class Outcomes:
    """outcomes.json, which the judge stage writes.

    judge: `simulated`. scorer: whose scores decided. queries: the test queries' ids. pairs: who met whom.
    """

    judge: str
    scorer: str
    queries: tuple[str, ...]
    pairs: tuple[PairOutcomes, ...]
