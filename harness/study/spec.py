"""The types of a study file. Frozen; unknown keys are refused; derived values are properties.

Every field is a key of the YAML with the same name. Defaults that are numbers of the paper or of the released
code say so in `docs/studies.md`; the shipped studies write out all that matters.
"""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from harness.labels.scorers import CLASSIFIER
from harness.ratings.protocol import DEFAULT_INSTRUCTIONS, DEFAULT_TITLE
from harness.statistics.plan import AnalysisPlan, Estimand
from harness.statistics.raters import ExclusionRules
from harness.study.contradictions import contradictions
from harness.tasks.hub import HubDataset
from harness.tasks.sources import JsonlPairs, StoryworldSource, TextFiles
from harness.training.settings import ComputeSettings, EndRule, LanguageModelFitSettings, PPOSettings, RewardFitSettings

Baseline = Literal["zero_shot", "supervised", "reference", "lead"]

BASELINES = ("zero_shot", "supervised", "reference", "lead")
"""Baseline arms a policy can be judged against. `random_sentences` is a control for the copy measures only."""


class Spec(BaseModel):
    """Base of all parts of a study: frozen, unknown keys refused, every number finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


TextSourceSpec = Annotated[
    StoryworldSource | TextFiles | JsonlPairs | HubDataset, Field(discriminator="kind")
]


class ScratchModel(Spec):
    """A small GPT-2, with a tokenizer of its own, pretrained on the task's text as the study's first stage."""

    layers: int = Field(default=2, ge=1)
    width: int = Field(default=128, ge=8)
    heads: int = Field(default=4, ge=1)
    context: int = Field(default=128, ge=8)
    vocabulary: int = Field(default=2048, ge=300)
    tokens: int = Field(default=2_000_000, ge=1000, description="tokens of text to pretrain on, seen once each")
    fit: LanguageModelFitSettings = LanguageModelFitSettings(learning_rate=2e-3, batch_size=32, epochs=1)

    @model_validator(mode="after")
    def _heads_divide_width(self) -> ScratchModel:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads {self.heads}")
        return self


def _place(path: str) -> str:
    if not path.strip():
        raise ValueError("it is empty")
    return os.path.expanduser(path)


Place = Annotated[str, AfterValidator(_place)]
"""A path, or a name; `~` is the home folder, as in a shell."""


def _with_home(scorer: str) -> str:
    return CLASSIFIER + os.path.expanduser(scorer.removeprefix(CLASSIFIER)) if scorer.startswith(CLASSIFIER) else scorer


ScorerName = Annotated[str, AfterValidator(_with_home)]
"""What `get_scorer` takes; in a classifier's folder `~` is the home folder."""

BaseModelSpec = Annotated[
    Annotated[Place, Tag("name")] | Annotated[ScratchModel, Tag("scratch")],
    Discriminator(lambda value: "scratch" if isinstance(value, dict | ScratchModel) else "name")]
"""Told apart by what is written, so that a mistake in a model from scratch is not one in a name."""


class QueryCounts(Spec):
    """How many queries each split gets. train: at most so many (a finite source may have fewer)."""

    train: int = Field(default=100_000, ge=1)
    valid: int = Field(default=256, ge=1)
    test: int = Field(default=512, ge=1)
    per_document: int | None = Field(default=None, ge=1, description="at most so many from one document")


class ContinuationTask(Spec):
    """Continue a text. Query: after the first `start`, at most `query_tokens`, up to the last `end`."""

    kind: Literal["continuation"]
    source: TextSourceSpec
    query_tokens: int = Field(default=64, ge=1)
    query_tokens_min: int = Field(default=8, ge=1)
    start: str | None = None
    end: str | None = "."
    response: EndRule = EndRule(tokens=24, text=".", after=16)
    temperature: float = Field(default=0.7, gt=0)
    queries: QueryCounts = QueryCounts()


class SummarizationTask(Spec):
    """Summarize a text. Query: `prefix`, the source cut to fit, `suffix`, in all at most `query_tokens`."""

    kind: Literal["summarization"]
    source: TextSourceSpec
    query_tokens: int = Field(default=500, ge=8)
    prefix: str = ""
    suffix: str = "\n\nTL;DR:"
    cut_at: str | None = Field(default=None, description="a source too long is cut back to this text")
    response: EndRule = EndRule(tokens=75, text="\n", after=55)
    temperature: float = Field(default=0.7, gt=0)
    lead_sentences: int = Field(default=3, ge=1)
    pretraining_summaries: float = Field(
        default=0.0, ge=0, le=1, description="share of the pretraining documents that end in suffix and summary")
    pretraining_extracts: float = Field(
        default=0.0, ge=0, le=1, description="share of them that end in suffix and one of their own sentences")
    queries: QueryCounts = QueryCounts()


TaskSpec = Annotated[ContinuationTask | SummarizationTask, Field(discriminator="kind")]


class ChoiceModel(Spec):
    """A simulated judge or labeler: a scorer, Luce choice noise and a lapse rate.

    P(choose i) = lapse/k + (1 − lapse)·softmax(score/noise)_i; noise is in the scorer's units, 0 means the best.
    scorer: `vader`, `descriptiveness`, `source_facts`, `reference_agreement`, `summary_quality`, any
    `module:function` of (queries, responses), or `classifier:` and a sequence classifier's folder or hub name.
    """

    scorer: ScorerName = "vader"
    noise: float = Field(default=0.1, ge=0)
    lapse_rate: float = Field(default=0.02, ge=0, le=1)


class LabelCounts(Spec):
    """What every source of labels shares. candidates: best of how many."""

    budgets: tuple[int, ...] = Field(min_length=1)
    candidates: int = Field(default=4, ge=2)

    @field_validator("budgets")
    @classmethod
    def _positive_and_different(cls, budgets: tuple[int, ...]) -> tuple[int, ...]:
        if min(budgets) < 2:
            raise ValueError(f"a label budget must be 2 or more, not {min(budgets)}")
        if len(set(budgets)) < len(budgets):
            raise ValueError("a label budget is listed twice")
        return tuple(sorted(budgets))


class SimulatedLabels(LabelCounts):
    """Labels chosen by a program. Named simulated wherever they show."""

    source: Literal["simulated"]
    labeler: ChoiceModel = ChoiceModel()


class ImportedLabels(LabelCounts):
    """Labels from a file. texts: JSONL of query, candidates, best. token_ids: the paper's released JSON.

    queries: `bare`, as released, where the task's prefix and suffix are to be added; `complete` where they are there.
    """

    source: Literal["imported"]
    path: Place
    format: Literal["texts", "token_ids"] = "texts"
    queries: Literal["bare", "complete"] = "bare"


class HumanLabels(LabelCounts):
    """Labels that people give in the app. The stage is Pending until they are there."""

    source: Literal["human"]
    title: str = Field(default="Which text is best?", min_length=1)
    instructions: str = Field(default="Read the text, then choose the best of the candidates.", min_length=1)


LabelsSpec = Annotated[SimulatedLabels | ImportedLabels | HumanLabels, Field(discriminator="source")]


class SupervisedSpec(Spec):
    """Supervised fine-tuning on demonstrations: reference summaries, or the continuations a scorer ranks highest.

    pairs: how many train queries with a human answer are looked at. keep: the share of them that is kept, by
    the scorer's ranking (continuation only; the labeler's scorer unless one is named here). The sweep over
    `learning_rates` is decided by the loss on validation demonstrations.
    """

    pairs: int = Field(default=4000, ge=1)
    keep: float = Field(default=0.25, gt=0, le=1)
    scorer: ScorerName | None = None
    learning_rates: tuple[Annotated[float, Field(gt=0)], ...] = Field(default=(1e-4,), min_length=1)
    fit: LanguageModelFitSettings = LanguageModelFitSettings(learning_rate=1e-4, batch_size=32, epochs=1)


class OnlineSettings(Spec):
    """Online collection (Ziegler 2.3): labels arrive in rounds, while the policy that they are about trains.

    initial_share: N₀/N, the share of the budget that is labelled before training, on samples of ρ. rounds: how
    often the reward model is trained, at evenly spaced episodes; see `harness/study/rounds.py`.
    """

    initial_share: float = Field(default=0.25, gt=0, le=1)
    rounds: int = Field(default=20, ge=1)


class PolicyArm(Spec):
    """One kind of trained policy. start: where PPO begins, which is also its reference policy.

    collection: all labels before training, or in rounds. reward: a model fitted to labels, or the simulated labeler's
    own scorer (`gold`), which needs no labels: the upper bound of the paper's mock task.
    """

    arm: str = Field(default="rl", pattern=r"^[a-z][a-z0-9_]*$")
    start: Literal["zero_shot", "supervised"] = "zero_shot"
    collection: Literal["offline", "online"] = "offline"
    online: OnlineSettings | None = Field(default=None, description="for collection: online; its defaults where null")
    reward: Literal["model", "gold"] = "model"

    @field_validator("arm")
    @classmethod
    def _not_a_baseline(cls, arm: str) -> str:
        if arm in (*BASELINES, "random_sentences") or arm.startswith("best_of_"):
            raise ValueError(f"'{arm}' is a baseline's name")
        return arm

    @model_validator(mode="after")
    def _parts_fit_together(self) -> PolicyArm:
        if self.online is not None and self.collection == "offline":
            raise ValueError("online settings are given, but collection is offline")
        if self.reward == "gold" and self.collection == "online":
            raise ValueError("reward: gold needs no labels, so they cannot be collected online")
        return self

    @property
    def rounds(self) -> OnlineSettings | None:
        """The settings of online collection, None where it is offline."""
        return None if self.collection == "offline" else self.online or OnlineSettings()

    @property
    def learns_offline(self) -> bool:
        """Whether it has a reward model of all its labels before it trains."""
        return self.reward == "model" and self.collection == "offline"


class PeopleSpec(Spec):
    """People compare what the simulated judge compares, blind, in the rating app.

    items: queries for each pair of arms. overlap: raters an item. quota: items a rater, null for all. gold,
    repeats, training, qualification: how many items of each kind are planted.
    """

    title: str = Field(default=DEFAULT_TITLE, min_length=1)
    instructions: str = Field(default=DEFAULT_INSTRUCTIONS, min_length=1)
    items: int = Field(default=40, ge=2)
    overlap: int = Field(default=3, ge=1)
    quota: int | None = Field(default=None, ge=1)
    gold: int = Field(default=6, ge=0)
    repeats: int = Field(default=4, ge=0)
    training: int = Field(default=2, ge=0)
    qualification: int = Field(default=4, ge=0)


class PlanSpec(Spec):
    """What will be said of the judgments, fixed and hashed before the first of them (`docs/statistics.md`).

    margin: of equivalence. gatekeeping: the baselines whose tests confirm, in their order; where it is left out
    zero_shot and supervised, as far as they are judged. exclusions: what leaves a rater out, never an arm's doing.
    """

    estimand: Estimand = "ties_half"
    margin: float = Field(default=0.05, gt=0, lt=0.5)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    gatekeeping: tuple[Baseline, ...] | None = Field(default=None, min_length=1)
    exclusions: ExclusionRules = ExclusionRules(
        min_gold_accuracy=0.6, min_repeat_consistency=0.2, min_median_seconds=1.0, min_checks=5)


class EvaluationSpec(Spec):
    """What is compared on the test queries, by whom, and what will be said of it. people: null for nobody."""

    baselines: tuple[Baseline, ...] = ("zero_shot", "supervised")
    best_of: tuple[Annotated[int, Field(ge=2)], ...] = Field(
        default=(), description="arms best_of_N: N samples of ρ, of which the reward model's favourite is taken")
    judge: ChoiceModel = ChoiceModel()
    people: PeopleSpec | None = None
    plan: PlanSpec = PlanSpec()

    @model_validator(mode="after")
    def _gates_are_judged(self) -> EvaluationSpec:
        gates = self.plan.gatekeeping or ()
        for name in gates:
            if name not in self.baselines:
                raise ValueError(f"plan.gatekeeping names {name}, but baselines does not")
        if len(set(gates)) < len(gates) or len(set(self.baselines)) < len(self.baselines):
            raise ValueError("a baseline is listed twice")
        return self

    @property
    def analysis_plan(self) -> AnalysisPlan:
        """The plan with nothing left open: what is hashed, logged, and held against what was done."""
        gates = self.plan.gatekeeping or tuple(name for name in ("zero_shot", "supervised") if name in self.baselines)
        return AnalysisPlan(estimand=self.plan.estimand, margin=self.plan.margin, confidence=self.plan.confidence,
                            baselines=self.baselines, gatekeeping=gates or self.baselines,
                            exclusions=self.plan.exclusions)


class StudySpec(Spec):
    """A whole study."""

    study: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    title: str = ""
    seed: int = Field(default=1, ge=0)
    seeds: tuple[int, ...] = Field(default=(1, 2, 3), min_length=1)
    base_model: BaseModelSpec
    task: TaskSpec
    domain_tuning: LanguageModelFitSettings | None = None
    supervised: SupervisedSpec | None = SupervisedSpec()
    labels: LabelsSpec
    reward_model: RewardFitSettings = RewardFitSettings()
    policies: tuple[PolicyArm, ...] = Field(default=(PolicyArm(),), min_length=1)
    ppo: PPOSettings = PPOSettings()
    compute: ComputeSettings = ComputeSettings()
    evaluation: EvaluationSpec = EvaluationSpec()

    @field_validator("seeds")
    @classmethod
    def _seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) < len(seeds):
            raise ValueError("a seed is listed twice")
        if min(seeds) < 0:
            raise ValueError(f"a seed must be 0 or more, not {min(seeds)}")
        return seeds

    @model_validator(mode="after")
    def _parts_fit_together(self) -> StudySpec:
        for problem in contradictions(self):
            raise PydanticCustomError("contradiction", "{sentence}", problem._asdict())
        return self

    @property
    def is_summarization(self) -> bool:
        return self.task.kind == "summarization"

    @property
    def uses_simulated_labels(self) -> bool:
        return self.labels.source == "simulated"

    def document(self) -> dict[str, Any]:
        """The whole study with every default written out, as plain JSON values."""
        return self.model_dump(mode="json")
