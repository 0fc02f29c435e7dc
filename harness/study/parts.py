"""The parts of a study file: base model, labels, supervised fine-tuning, policies, and evaluation by people.

Frozen; unknown keys are refused. Every field is a key of the YAML with the same name. The task's part is
`harness/tasks/spec.py`; the whole study, made of these parts, is `spec.py`.
"""

from __future__ import annotations

import os
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from harness.hub import is_address
from harness.labels.scorers import CLASSIFIER
from harness.ratings.drafting import MOST, Sizes
from harness.ratings.protocol import DEFAULT_INSTRUCTIONS, DEFAULT_TITLE
from harness.tasks.spec import MOST_QUERIES, Spec
from harness.training.settings import MOST_RATE, LanguageModelFitSettings

Baseline = Literal["zero_shot", "supervised", "reference", "lead"]

BASELINES = ("zero_shot", "supervised", "reference", "lead")
"""Baseline arms a policy can be judged against. `random_sentences` is a control for the copy measures only."""

BEST_OF = "best_of_"
"""How the name of an arm begins whose texts are the best of n samples; n follows."""


AT_END = "_end"
"""How the name of an arm ends that is a policy at the end of its training, where policies are compared before."""


def is_policy(arm: str) -> bool:
    """Whether an arm of this name is a trained policy: no baseline, no control, and not the best of n samples."""
    return arm not in (*BASELINES, "random_sentences") and not arm.startswith(BEST_OF)


class ScratchModel(Spec):
    """A small GPT-2, with a tokenizer of its own, pretrained on the task's text as the study's first stage."""

    layers: int = Field(default=2, ge=1, le=1_000)
    width: int = Field(default=128, ge=8, le=100_000)
    heads: int = Field(default=4, ge=1)
    context: int = Field(default=128, ge=8, le=1_000_000)
    vocabulary: int = Field(default=2048, ge=300, le=1_000_000)
    tokens: int = Field(default=2_000_000, ge=1000, le=10**12,
                        description="tokens of text to pretrain on, seen once each")
    fit: LanguageModelFitSettings = LanguageModelFitSettings(learning_rate=2e-3, batch_size=32, epochs=1)

    @model_validator(mode="after")
    def _heads_divide_width(self) -> ScratchModel:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is not a multiple of heads {self.heads}")
        return self


def _place(path: str) -> str:
    if not path.strip():
        raise ValueError("it is empty")
    if is_address(path):
        raise ValueError("it is an address, and neither a path nor a name")
    return os.path.expanduser(path)


Place = Annotated[str, AfterValidator(_place)]
"""A path, or a name; `~` is the home folder, as in a shell."""


def _with_home(scorer: str) -> str:
    if scorer.strip() == CLASSIFIER:
        raise ValueError("it names no classifier: a folder or a name on the hub follows the colon")
    return CLASSIFIER + os.path.expanduser(scorer.removeprefix(CLASSIFIER)) if scorer.startswith(CLASSIFIER) else scorer


ScorerName = Annotated[str, AfterValidator(_with_home)]
"""What `get_scorer` takes; in a classifier's folder `~` is the home folder."""

BaseModelSpec = Annotated[
    Annotated[Place, Tag("name")] | Annotated[ScratchModel, Tag("scratch")],
    Discriminator(lambda value: "scratch" if isinstance(value, dict | ScratchModel) else "name")]
"""Told apart by what is written, so that a mistake in a model from scratch is not one in a name."""


class ChoiceModel(Spec):
    """A simulated judge or labeler: a scorer, Luce choice noise and a lapse rate.

    P(choose i) = lapse/k + (1 − lapse)·softmax(score/noise)_i; noise is in the scorer's units, 0 means the best.
    scorer: `vader`, `descriptiveness`, `source_facts`, `reference_agreement`, `summary_quality`, any
    `module:function` of (queries, responses), or `classifier:` and a sequence classifier's folder or hub name.
    """

    scorer: ScorerName = "vader"
    noise: float = Field(default=0.1, ge=0)
    lapse_rate: float = Field(default=0.02, ge=0, le=1)


_MOST_LABELS = 10_000_000
"""A plan has a stage for every few thousand labels; with more of them it would take minutes to make."""


class LabelCounts(Spec):
    """What every source of labels shares. candidates: best of how many.

    pool: how many labels are made, which the runs draw theirs from; the largest budget where null. draws: `each_run`
    draws labels of its own, a smaller budget's among those of a larger one; with `shared` all runs take the first ones.
    validation: how many further labels every reward model is held against, and none is fitted to.
    """

    budgets: tuple[int, ...] = Field(min_length=1)
    candidates: int = Field(default=4, ge=2, le=1_000)
    pool: int | None = Field(default=None, ge=2, le=_MOST_LABELS)
    draws: Literal["each_run", "shared"] = "each_run"
    validation: int = Field(default=0, ge=0, le=_MOST_LABELS)

    @field_validator("budgets")
    @classmethod
    def _positive_and_different(cls, budgets: tuple[int, ...]) -> tuple[int, ...]:
        if min(budgets) < 2:
            raise ValueError(f"a label budget must be 2 or more, not {min(budgets)}")
        if max(budgets) > _MOST_LABELS:
            raise ValueError(f"a label budget must be {_MOST_LABELS:,} or less, not {max(budgets):,}")
        if len(set(budgets)) < len(budgets):
            raise ValueError("a label budget is listed twice")
        return tuple(sorted(budgets))

    @model_validator(mode="after")
    def _pool_holds_the_budgets(self) -> Self:
        if self.pool is not None and self.pool < max(self.budgets):
            raise ValueError(f"a pool of {self.pool} labels is smaller than the largest budget, {max(self.budgets)}")
        return self

    @property
    def pool_size(self) -> int:
        """How many labels the runs draw from."""
        return self.pool or max(self.budgets)

    @property
    def wanted(self) -> int:
        """How many labels the study needs in all."""
        return self.pool_size + self.validation


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

    pairs: int = Field(default=4000, ge=1, le=MOST_QUERIES)
    keep: float = Field(default=0.25, gt=0, le=1)
    scorer: ScorerName | None = None
    learning_rates: tuple[Annotated[float, Field(gt=0, le=MOST_RATE)], ...] = Field(
        default=(1e-4,), min_length=1, max_length=100)
    fit: LanguageModelFitSettings = LanguageModelFitSettings(learning_rate=1e-4, batch_size=32, epochs=1)


class OnlineSettings(Spec):
    """Online collection (Ziegler 2.3): labels arrive in rounds, while the policy that they are about trains.

    initial_share: N₀/N, the share of the budget that is labelled before training, on samples of ρ. rounds: how
    often the reward model is trained, at evenly spaced episodes; see `harness/study/rounds.py`.
    """

    initial_share: float = Field(default=0.25, gt=0, le=1)
    rounds: int = Field(default=20, ge=1, le=10_000)


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
        if not is_policy(arm):
            raise ValueError(f"'{arm}' is a baseline's name")
        if arm.endswith(AT_END):
            raise ValueError(f"'{arm}' ends as the name of another arm at the end of its training does: {AT_END}")
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

    items: of each comparison, spread over its runs. overlap: raters an item. quota: items a rater, null for all. gold,
    repeats, training, qualification: how many items of each kind are planted.
    """

    title: str = Field(default=DEFAULT_TITLE, min_length=1)
    instructions: str = Field(default=DEFAULT_INSTRUCTIONS, min_length=1)
    items: int = Field(default=120, ge=2, le=MOST.items)
    overlap: int = Field(default=3, ge=1, le=MOST.overlap)
    quota: int | None = Field(default=None, ge=1)
    gold: int = Field(default=6, ge=0, le=MOST.gold)
    repeats: int = Field(default=4, ge=0, le=MOST.repeats)
    training: int = Field(default=2, ge=0, le=MOST.training)
    qualification: int = Field(default=4, ge=0, le=MOST.qualification)

    @property
    def sizes(self) -> Sizes:
        """How large a study is drafted."""
        return Sizes(items=self.items, overlap=self.overlap, gold=self.gold, repeats=self.repeats,
                     training=self.training, qualification=self.qualification)
