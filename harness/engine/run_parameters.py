"""The settings of a study, of a stage and of an arm as parameters of their MLflow runs, named as in the study file.

A key is dotted as for `--set`: `ppo.kl.target`, `policies.0.start`. Numbers, `true`, `false`, `null` and lists are
written as JSON; so are texts that would not show otherwise (empty, or with spaces at an end or line breaks).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.records import ArmKey
from harness.study.arms import best_of_arms, end_arms, policy_arms
from harness.study.plan import Plan
from harness.study.slices import StageKind
from harness.study.spec import StudySpec
from harness.study.stage import Stage

_LONGEST = 6000
"""What MLflow's SQL store takes of a parameter."""

_STUDY_KEYS: Mapping[tuple[StageKind, str], str] = {
    ("base_model", "name"): "base_model", ("pretrain", "model"): "base_model",
    ("domain_tuning", "fit"): "domain_tuning", ("supervised_choice", "learning_rates"): "supervised.learning_rates",
    ("reward_model", "fit"): "reward_model", ("reward_model", "response"): "task.response",
    ("reward_model", "temperature"): "task.temperature", ("reward_model", "label_budget"): "fitted_labels",
    ("ppo", "normalization_samples"): "reward_model.normalization_samples", ("judge", "judge"): "evaluation.judge",
    ("ppo", "labeler"): "labels.labeler",
    ("frontier_samples", "queries"): "frontier_queries", ("frontier_samples", "samples"): "frontier_samples",
    ("ppo", "snapshots_at"): "evaluation.plan.compare_at.kl", ("sample", "at_kl"): "evaluation.plan.compare_at.kl",
    ("publish", "people"): "evaluation.people", ("publish", "plan"): "evaluation.plan", ("report", "study"): ""}
"""Where a field of a slice stands in the study file, if not under its own name."""

_NO_SETTINGS = frozenset({"pairs", "responses", "left_out", "awaited", "publish", "report", "queue", "batch",
                          "draw"})
"""Fields of slices that follow from other settings."""

_WITHOUT_KEY = frozenset({"snapshots_at", "at_kl", "labeler"})
"""Null where policies are compared at the end of their training, or people label: the study file has no key then."""

_UNTRUE = frozenset({"labels.budgets", "labels.pool", "labels.draws", "labels.validation"})
"""A stage of labels is planned without them: they change which labels there are, never what one of them is."""


def study_parameters(study: StudySpec) -> dict[str, str]:
    """The whole study, its defaults among it."""
    return dict(_flat(study.document()))


def stage_parameters(stage: Stage) -> dict[str, str]:
    """The part of the study that the stage depends on, its kind and seed, and the arm that it is for."""
    own = {"kind": stage.kind, "stage_seed": str(stage.seed)}
    return {**_settings(stage), **own, **(arm_key_parameters(stage.arm) if stage.arm else {})}


def arm_key_parameters(arm: ArmKey) -> dict[str, str]:
    """`arm`, `label_budget` and `seed`, as far as the arm has them."""
    parts = {"arm": arm.arm, "label_budget": arm.label_budget, "seed": arm.seed}
    return {name: str(value) for name, value in parts.items() if value is not None}


class ArmParameters:
    """Of each arm of a plan the settings that made its texts, as the study has them."""

    def __init__(self, plan: Plan) -> None:
        self._stages = {stage.fingerprint: stage for stage in plan.stages}
        self._texts = plan.responses
        self._study = study_parameters(plan.study)
        policies, ends = dict(policy_arms(plan.study)), end_arms(plan.study)
        self._policies = {**policies, **{end: policies[arm] for arm, end in ends.items()},
                          **{arm: policy for arm, _, policy in best_of_arms(plan.study)}}
        self._keys: dict[str, frozenset[str]] = {}

    def __getitem__(self, arm: ArmKey) -> dict[str, str]:
        """The same keys as in the study, and `policy.start`, `policy.collection` and so on for what kind of policy it
        is.
        """
        keys = self._made_with(self._texts[arm]) if arm in self._texts else frozenset[str]()
        policy = self._policies.get(arm)
        return {**{key: value for key, value in self._study.items() if key in keys},
                **(dict(_flat(policy.model_dump(mode="json", exclude={"arm"}), "policy")) if policy else {}),
                **arm_key_parameters(arm)}

    def _made_with(self, fingerprint: str) -> frozenset[str]:
        """The keys that this stage or one before it depends on."""
        if fingerprint not in self._keys:
            stage = self._stages[fingerprint]
            before = (self._made_with(needed) for needed in stage.inputs.values())
            self._keys[fingerprint] = frozenset(_settings(stage)).union(*before)
        return self._keys[fingerprint]


def _settings(stage: Stage) -> dict[str, str]:
    document = stage.settings.model_dump(mode="json", exclude=set(_NO_SETTINGS))
    document = {name: value for name, value in document.items() if name not in _WITHOUT_KEY or value is not None}
    return {key: text for name, value in document.items()
            for key, text in _flat(value, _STUDY_KEYS.get((stage.kind, name), name)) if key not in _UNTRUE}


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each setting in a document of mappings and lists with its dotted key. A list of plain values is one setting."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        value = {str(number): each for number, each in enumerate(value)}
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else name)
    else:
        yield key, _text(value)


def _text(value: Any) -> str:
    shows = isinstance(value, str) and value and value == value.strip() and value.isprintable()
    text = value if shows else json.dumps(value, ensure_ascii=False)
    if len(text) <= _LONGEST:
        return str(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]  # else two that begin alike would look the same
    return f"{text[:_LONGEST - 20]}... ({digest})"
