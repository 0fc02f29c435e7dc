"""A stage before it runs: its slice of the study, its inputs, its seed, and the fingerprint of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.digests import fingerprint
from harness.records import ArmKey
from harness.study.inputs import InputKey, Inputs
from harness.study.slices import StageKind, StageSlice

CODE_VERSIONS: Mapping[StageKind, int] = {
    "base_model": 1,
    "pretrain": 5,
    "queries": 2,
    "domain_tuning": 5,
    "supervised": 5,
    "supervised_choice": 1,
    "labels": 7,
    "frontier_samples": 1,
    "reward_model": 7,
    "ppo": 10,
    "sample": 7,
    "measure": 2,
    "judge": 2,
    "publish": 5,
    "people": 3,
    "report": 13,
}
"""Raise a kind's number when its code comes to other numbers or files than before: then its cached stages run again."""


@dataclass(frozen=True)
class Stage:
    """One node of the plan. inputs: the fingerprints of the stages that make them.

    has_siblings: others like it can run beside it, so it gets one thread where the model is small.
    """

    name: str
    settings: StageSlice
    inputs: Inputs[str]
    seed: int
    fingerprint: str
    arm: ArmKey | None = None
    has_siblings: bool = False
    externals: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> StageKind:
        return self.settings.kind


def make_stage(name: str, settings: StageSlice, *, inputs: Mapping[InputKey, Stage], seed: int,
               externals: Mapping[str, str] | None = None, arm: ArmKey | None = None,
               has_siblings: bool = False) -> Stage:
    """A stage with its fingerprint: a hash of everything its result can depend on.

    externals: digests of what lies outside the study file (texts, weights, an imported scorer's source). Raises
    ValueError where the inputs are not those that stages of this kind take.
    """
    kind, fingerprints = settings.kind, Inputs(inputs).map(lambda stage: stage.fingerprint)
    settings.takes.check(fingerprints, stage=name)
    ingredients = {
        "kind": kind,
        "settings": settings.model_dump(mode="json"),
        "inputs": dict(sorted(fingerprints.by_text().items())),
        "code_version": CODE_VERSIONS[kind],
        "seed": seed,
        "externals": dict(sorted((externals or {}).items())),
        "arm": str(arm) if arm and kind in ("sample", "measure") else None,
    }
    return Stage(name=name, settings=settings, inputs=fingerprints, seed=seed, fingerprint=fingerprint(ingredients),
                 arm=arm, has_siblings=has_siblings, externals=externals or {})
