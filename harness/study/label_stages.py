"""Adds the stages that make labels to a plan: the pool, what a run draws from it, and what is held out. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.records import ArmKey
from harness.study.collector import StageCollector
from harness.study.inputs import InputKey
from harness.study.label_pieces import label_pieces
from harness.study.parts import LabelsSpec
from harness.study.slices import Draw, LabelsSlice, OnlineLabelsSlice
from harness.study.stage import Stage, make_stage


class LabelStages:
    """The label stages of one study. zero_shot: samples the candidates. plan: where the stages are added."""

    def __init__(self, plan: StageCollector, *, zero_shot: Stage, queries: Stage) -> None:
        self._plan, self._study = plan, plan.study
        self._inputs: dict[InputKey, Stage] = {"policy": zero_shot, "queries": queries}
        by_people = self._study.labels.source == "human"
        self._queue = (f"{self._study.study}-{zero_shot.fingerprint[:8]}{queries.fingerprint[:8]}"
                       if by_people else None)

    def draw(self, run: int | None) -> Draw | None:
        """The order in which this run takes labels of the pool; None where all runs take the first ones."""
        if self._study.labels.draws == "shared" or run is None:
            return None
        return Draw(seed=self._plan.seed("draw", run), pool=self._study.labels.pool_size)

    def of_budget(self, budget: int) -> dict[int, Stage]:
        """What a reward model of this budget needs, by each piece's first: the pool where runs draw from it."""
        return self._pieces(budget if self._study.labels.draws == "shared" else self._study.labels.pool_size)

    def validation(self) -> dict[InputKey, Stage]:
        """The labels behind the pool, which no reward model is fitted to; nothing where there are none."""
        start = self._study.labels.pool_size
        stop = start + self._study.labels.validation
        return {"validation_labels": self._made(start, stop)} if stop > start else {}

    def of_round(self, arm: ArmKey, start: int, stop: int, trained: Stage | None) -> dict[int, Stage]:
        """Labels start .. stop−1 of the run's own order. trained: samples half of the candidates, after round 1."""
        if start == stop:
            return {}
        draw = self.draw(arm.seed)
        if trained is None and draw is None:
            return self._pieces(stop)
        settings = self._settings(start, stop).model_copy(update={"draw": draw})
        inputs = dict(self._inputs)
        if trained is not None:
            settings = OnlineLabelsSlice(**dict(settings), batch=trained.fingerprint[:8])
            inputs["trained_policy"] = trained
        return {start: self._stage(f"labels {start}-{stop} {arm}", settings, inputs, arm=arm)}

    def _pieces(self, count: int) -> dict[int, Stage]:
        return {start: self._made(start, stop) for start, stop in label_pieces(self._study, count)}

    def _made(self, start: int, stop: int) -> Stage:
        return self._stage(f"labels {start}-{stop}", self._settings(start, stop), self._inputs)

    def _settings(self, start: int, stop: int) -> LabelsSlice:
        return LabelsSlice(task=self._study.task, labels=_of_one_label(self._study.labels), start=start, stop=stop,
                           queue=self._queue, compute=self._study.compute)

    def _stage(self, name: str, settings: LabelsSlice, inputs: Mapping[InputKey, Stage], *,
               arm: ArmKey | None = None) -> Stage:
        plan = self._plan
        return plan.add(make_stage(name, settings, inputs=inputs, seed=plan.seed("labels"), arm=arm,
                                   externals=plan.external("labels", f"scorer:{plan.gold_scorer}"), has_siblings=True))


def _of_one_label(labels: LabelsSpec) -> LabelsSpec:
    """What one label depends on. How many there are, and who takes which, changes none of them."""
    return labels.model_copy(update={"budgets": (2,), "pool": None, "draws": "shared", "validation": 0})
