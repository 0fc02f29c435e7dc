"""What a stage is before it runs: its slice of the study, its inputs' fingerprints, its code version, its seed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from harness.records import ArmKey
from harness.statistics.plan import AnalysisPlan
from harness.study.parts import ChoiceModel, LabelsSpec, PeopleSpec, PolicyArm, ScratchModel, SupervisedSpec
from harness.study.spec import EvaluationSpec
from harness.tasks.spec import Spec, TaskSpec
from harness.training.settings import ComputeSettings, EndRule, LanguageModelFitSettings, PPOSettings, RewardFitSettings

CODE_VERSIONS = {
    "base_model": 1,
    "pretrain": 5,
    "queries": 2,
    "domain_tuning": 5,
    "supervised": 5,
    "supervised_choice": 1,
    "labels": 6,
    "reward_model": 5,
    "ppo": 6,
    "sample": 6,
    "measure": 2,
    "judge": 2,
    "publish": 2,
    "people": 1,
    "report": 6,
}
"""Raise a kind's number when its code comes to other numbers or files than before: then its cached stages run again."""


class BaseModelSlice(Spec):
    """Load a hub name or a folder."""

    name: str


class PretrainSlice(Spec):
    model: ScratchModel
    task: TaskSpec
    compute: ComputeSettings


class QueriesSlice(Spec):
    task: TaskSpec


class DomainTuningSlice(Spec):
    task: TaskSpec
    fit: LanguageModelFitSettings
    compute: ComputeSettings


class SupervisedSlice(Spec):
    """One rate of the sweep: `supervised.learning_rates` holds it alone."""

    task: TaskSpec
    supervised: SupervisedSpec
    scorer: str | None
    compute: ComputeSettings


class SupervisedChoiceSlice(Spec):
    """The best of a sweep; the rates are those of its inputs, in their order."""

    learning_rates: tuple[float, ...]


class LabelsSlice(Spec):
    """Labels number start .. stop−1 of the one seeded permutation. queue: the name people's labels are kept under."""

    task: TaskSpec
    labels: LabelsSpec
    start: int
    stop: int
    compute: ComputeSettings
    queue: str | None = None


class OnlineLabelsSlice(LabelsSlice):
    """Labels of a later round of online collection, of samples of ρ and of the policy as the last round left it.

    batch: sets people's tasks apart from those of other policies in the same queue.
    """

    batch: str


class RewardModelSlice(Spec):
    response: EndRule
    temperature: float
    label_budget: int
    fit: RewardFitSettings
    compute: ComputeSettings


class PPOSlice(Spec):
    task: TaskSpec
    ppo: PPOSettings
    gold_scorer: str | None
    compute: ComputeSettings


class OnlinePPOSlice(PPOSlice):
    """One round of online collection: batches start .. stop−1 of the one PPO run."""

    start: int
    stop: int


class GoldPPOSlice(PPOSlice):
    """The reward is the gold scorer itself, its scale set on samples of the reference policy as a reward model's is."""

    normalization_samples: int


class SampleSlice(Spec):
    """method: `policy` samples; `reference`, `lead` and `random_sentences` take texts."""

    task: TaskSpec
    method: str
    compute: ComputeSettings


class BestOfSlice(SampleSlice):
    """Of n samples the reward model's favourite."""

    n: int


class MeasureSlice(Spec):
    task: TaskSpec
    gold_scorer: str


class JudgeSlice(Spec):
    """plan: frozen beside the outcomes and no part of the fingerprint, since it changes none of them: where the plan
    is changed later, nothing is judged again, and the report says that it was changed.
    """

    judge: ChoiceModel
    pairs: tuple[tuple[str, str], ...]
    plan: dict[str, Any] = Field(exclude=True)


class PublishSlice(Spec):
    """name: the evaluation's in the rating store. responses: the fingerprints of the texts that are compared."""

    name: str
    people: PeopleSpec
    pairs: tuple[tuple[str, str], ...]
    plan: AnalysisPlan
    ask_of_source: bool
    responses: tuple[str, ...]


class PeopleSlice(Spec):
    """name: the evaluation's in the rating store. publish: what to open it with, null where the owner made it in the
    app. report: the digest of the report that is filed on such a one.
    """

    name: str
    publish: PublishSlice | None = None
    report: str | None = None


class ReportSlice(Spec):
    """The whole study, as the report prints it. responses: arm -> fingerprint of its texts. left_out: arm -> why.
    awaited: evaluations by people that are still open.
    """

    study: dict[str, Any]
    responses: dict[str, str]
    evaluation: EvaluationSpec
    policies: tuple[PolicyArm, ...]
    left_out: dict[str, str] = Field(default_factory=dict)
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One node of the plan. inputs: name -> fingerprint of the stage that makes it.

    has_siblings: others like it can run beside it, so it gets one thread where the model is small.
    """

    kind: str
    name: str
    settings: Spec
    inputs: Mapping[str, str]
    seed: int
    fingerprint: str
    arm: ArmKey | None = None
    has_siblings: bool = False
    externals: Mapping[str, str] = field(default_factory=dict)


def make_stage(kind: str, name: str, settings: Spec, *, inputs: Mapping[str, Stage], seed: int,
               externals: Mapping[str, str] | None = None, arm: ArmKey | None = None,
               has_siblings: bool = False) -> Stage:
    """A stage with its fingerprint: a hash of everything its result can depend on.

    externals: digests of what lies outside the study file (texts, weights, an imported scorer's source).
    """
    ingredients = {
        "kind": kind,
        "settings": settings.model_dump(mode="json"),
        "inputs": {name: stage.fingerprint for name, stage in sorted(inputs.items())},
        "code_version": CODE_VERSIONS[kind],
        "seed": seed,
        "externals": dict(sorted((externals or {}).items())),
        "arm": str(arm) if arm and kind in ("sample", "measure") else None,
    }
    return Stage(kind=kind, name=name, settings=settings,
                 inputs={name: stage.fingerprint for name, stage in inputs.items()}, seed=seed,
                 fingerprint=digest(ingredients), arm=arm, has_siblings=has_siblings, externals=externals or {})


def digest(document: object) -> str:
    """SHA-256 of the canonical JSON of plain values, 32 hex digits of it."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
