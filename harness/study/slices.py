"""One type for each kind of stage: the part of the study file that the stage's result depends on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, PlainSerializer

from harness.records import ArmKey, Contrast
from harness.statistics.plan import AnalysisPlan
from harness.study.inputs import Takes
from harness.study.parts import ChoiceModel, LabelsSpec, PeopleSpec, ScratchModel, SupervisedSpec
from harness.study.spec import StudySpec
from harness.tasks.spec import Spec, TaskSpec
from harness.training.settings import ComputeSettings, EndRule, LanguageModelFitSettings, PPOSettings, RewardFitSettings

StageKind = Literal["base_model", "pretrain", "queries", "domain_tuning", "supervised", "supervised_choice", "labels",
                    "frontier_samples", "reward_model", "ppo", "sample", "measure", "judge", "publish", "people",
                    "report"]

TextBaseline = Literal["reference", "lead", "random_sentences"]
"""The human text; the source's first sentences; random sentences of it, as many words as the human text has."""

Arm = Annotated[ArmKey, PlainSerializer(str)]
"""Written `rl/5000/2`."""

Compared = Annotated[Contrast, PlainSerializer(lambda contrast: (str(contrast.arm), str(contrast.opponent)))]
"""Written as the two arms."""


class StageSlice(Spec):
    """Base of all slices. kind: which stage reads it. takes: the inputs that stage must and may have."""

    kind: ClassVar[StageKind]
    takes: ClassVar[Takes] = Takes()


class BaseModelSlice(StageSlice):
    """Load a hub name or a folder."""

    kind: ClassVar[StageKind] = "base_model"
    name: str


class PretrainSlice(StageSlice):
    kind: ClassVar[StageKind] = "pretrain"
    model: ScratchModel
    task: TaskSpec
    compute: ComputeSettings


class QueriesSlice(StageSlice):
    kind: ClassVar[StageKind] = "queries"
    takes: ClassVar[Takes] = Takes(needed=("base",))
    task: TaskSpec


class DomainTuningSlice(StageSlice):
    kind: ClassVar[StageKind] = "domain_tuning"
    takes: ClassVar[Takes] = Takes(needed=("base",))
    task: TaskSpec
    fit: LanguageModelFitSettings
    compute: ComputeSettings


class SupervisedSlice(StageSlice):
    """One rate of the sweep: `supervised.learning_rates` holds it alone."""

    kind: ClassVar[StageKind] = "supervised"
    takes: ClassVar[Takes] = Takes(needed=("start", "queries"))
    task: TaskSpec
    supervised: SupervisedSpec
    scorer: str | None
    compute: ComputeSettings


class SupervisedChoiceSlice(StageSlice):
    """The best of a sweep; the rates are those of its inputs, in their order."""

    kind: ClassVar[StageKind] = "supervised_choice"
    takes: ClassVar[Takes] = Takes(several=("rates",))
    learning_rates: tuple[float, ...]


class Draw(Spec):
    """One run's order of the labels of a pool: a budget takes the first of them. seed: the run's."""

    seed: int
    pool: int


class LabelsSlice(StageSlice):
    """Labels start .. stop−1 of the study's order, or of a run's own. queue: the name people's labels are kept under.
    """

    kind: ClassVar[StageKind] = "labels"
    takes: ClassVar[Takes] = Takes(needed=("policy", "queries"))
    task: TaskSpec
    labels: LabelsSpec
    start: int
    stop: int
    compute: ComputeSettings
    draw: Draw | None = None
    queue: str | None = None


class OnlineLabelsSlice(LabelsSlice):
    """Labels of a later round of online collection, of samples of ρ and of the policy as the last round left it.

    batch: sets people's tasks apart from those of other policies in the same queue.
    """

    takes: ClassVar[Takes] = Takes(needed=("policy", "queries", "trained_policy"))
    batch: str


class RewardModelSlice(StageSlice):
    """draw: which of the labels it is fitted to; the first where null."""

    kind: ClassVar[StageKind] = "reward_model"
    takes: ClassVar[Takes] = Takes(needed=("start", "queries"), optional=("validation_labels",), several=("labels",))
    response: EndRule
    temperature: float
    label_budget: int
    draw: Draw | None = None
    fit: RewardFitSettings
    compute: ComputeSettings


class FrontierSamplesSlice(StageSlice):
    """queries: how many of the validation queries. samples: of the policy, to each of them."""

    kind: ClassVar[StageKind] = "frontier_samples"
    takes: ClassVar[Takes] = Takes(needed=("policy", "queries"))
    task: TaskSpec
    gold_scorer: str | None
    queries: int
    samples: int
    compute: ComputeSettings


class PPOSlice(StageSlice):
    """labeler: whose own score is measured beside the reward, null where people label. snapshots_at: the KL, nats an
    episode, near which the policy is kept beside its end; nowhere where null.
    """

    kind: ClassVar[StageKind] = "ppo"
    takes: ClassVar[Takes] = Takes(needed=("start", "queries", "frontier_samples", "reward_model"))
    task: TaskSpec
    ppo: PPOSettings
    labeler: ChoiceModel | None
    compute: ComputeSettings
    snapshots_at: float | None = None


class OnlinePPOSlice(PPOSlice):
    """One round of online collection: batches start .. stop−1 of the one PPO run."""

    takes: ClassVar[Takes] = Takes(needed=("start", "queries", "frontier_samples", "reward_model"),
                                   optional=("previous",))
    start: int
    stop: int


class GoldPPOSlice(PPOSlice):
    """The reward is the gold scorer itself, its scale set on samples of the reference policy as a reward model's is."""

    takes: ClassVar[Takes] = Takes(needed=("start", "queries", "frontier_samples"))
    normalization_samples: int


class SampleSlice(StageSlice):
    """One response of a policy to each test query. at_kl: as it was when it was so far from its reference, in nats an
    episode; at the end of its training where null.
    """

    kind: ClassVar[StageKind] = "sample"
    takes: ClassVar[Takes] = Takes(needed=("queries", "policy", "reference_policy"), optional=("reward_model",))
    task: TaskSpec
    compute: ComputeSettings
    at_kl: float | None = None


class BestOfSlice(SampleSlice):
    """Of n samples the reward model's favourite."""

    takes: ClassVar[Takes] = Takes(needed=("queries", "policy", "reward_model"))
    n: int


class TextsSlice(SampleSlice):
    """The texts of a baseline that no model writes."""

    takes: ClassVar[Takes] = Takes(needed=("queries",))
    baseline: TextBaseline


class MeasureSlice(StageSlice):
    kind: ClassVar[StageKind] = "measure"
    takes: ClassVar[Takes] = Takes(needed=("sample", "queries"))
    task: TaskSpec
    gold_scorer: str


class JudgeSlice(StageSlice):
    """plan: frozen beside the outcomes and no part of the fingerprint, since it changes none of them: where the plan
    is changed later, nothing is judged again, and the report says that it was changed.
    """

    kind: ClassVar[StageKind] = "judge"
    takes: ClassVar[Takes] = Takes(needed=("queries",), several=("samples",))
    judge: ChoiceModel
    pairs: tuple[Compared, ...]
    plan: AnalysisPlan = Field(exclude=True)


class PublishSlice(StageSlice):
    """name: the evaluation's in the rating store. responses: the fingerprints of the texts that are compared. ppo: what
    the policies were trained with, by which it is told whether they had come to rest.
    """

    kind: ClassVar[StageKind] = "publish"
    takes: ClassVar[Takes] = Takes(needed=("queries",), several=("samples", "policies"))
    name: str
    people: PeopleSpec
    pairs: tuple[Compared, ...]
    plan: AnalysisPlan
    ask_of_source: bool
    responses: tuple[str, ...]
    ppo: PPOSettings


class PeopleSlice(StageSlice):
    """name: the evaluation's in the rating store. publish: what to open it with, null where the owner made it in the
    app. report: the digest of the report that is filed on such a one.
    """

    kind: ClassVar[StageKind] = "people"
    takes: ClassVar[Takes] = Takes(optional=("publish", "queries"), several=("samples", "policies"))
    name: str
    publish: PublishSlice | None = None
    report: str | None = None


class ReportSlice(StageSlice):
    """The whole study, which the report prints. responses: the fingerprint of each arm's texts. left_out: why each arm
    that failed is not there. awaited: evaluations by people that are still open.
    """

    kind: ClassVar[StageKind] = "report"
    takes: ClassVar[Takes] = Takes(
        needed=("judge", "queries", "base"), optional=("supervised", "validation_labels"),
        several=("samples", "measures", "policies", "reward_models", "frontiers", "rounds", "evaluations"))
    study: StudySpec
    responses: dict[Arm, str]
    left_out: dict[Arm, str] = Field(default_factory=dict)
    awaited: tuple[str, ...] = ()
