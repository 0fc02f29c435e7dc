"""Collects the stages of a plan as they are made, and knows the seeds and digests that they are made with. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.seeds import derive_seed
from harness.study.parts import ChoiceModel
from harness.study.spec import StudySpec
from harness.study.stage import Stage


class StageCollector:
    """The stages of one study so far, by fingerprint. externals: digests of what lies outside the study file."""

    def __init__(self, study: StudySpec, externals: Mapping[str, str]) -> None:
        self.study = study
        self.externals = externals
        self.stages: dict[str, Stage] = {}

    def add(self, stage: Stage) -> Stage:
        return self.stages.setdefault(stage.fingerprint, stage)

    def seed(self, *path: str | int) -> int:
        return derive_seed(self.study.seed, *path)

    def external(self, *names: str | None) -> dict[str, str]:
        return {name: self.externals[name] for name in names if name in self.externals and name is not None}

    @property
    def labeler(self) -> ChoiceModel | None:
        """The simulated labeler, None where people label or a file has the labels."""
        return self.study.labels.labeler if self.study.labels.source == "simulated" else None

    @property
    def gold_scorer(self) -> str | None:
        """What the simulated labeler chooses by."""
        return None if self.labeler is None else self.labeler.scorer
