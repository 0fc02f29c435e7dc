"""Where a stage's run stands below its execution's: under its arm's, or under one for all that the arms share."""

from __future__ import annotations

from collections.abc import Iterable

from harness.engine.run_parameters import ArmParameters
from harness.engine.tracking import Tracking
from harness.records import ArmKey
from harness.study.plan import Plan
from harness.study.stage import Stage

SHARED = "shared stages"
"""The name of the run under which the stages lie that are for no arm alone."""


class RunTree:
    """The runs between one execution's and its stages'. Each begins with the first stage below it."""

    def __init__(self, plan: Plan, tracking: Tracking, *, experiment: str, execution: str) -> None:
        self._tracking, self._experiment, self._execution = tracking, experiment, execution
        self._digest, self._parameters = plan.spec_digest, ArmParameters(plan)
        self._report = plan.report.kind
        self._runs: dict[ArmKey | None, str] = {}
        self._statuses: dict[ArmKey | None, str] = {}

    def parent_of(self, stage: Stage) -> str:
        """The run to put the stage's under. The report is of the whole execution, and stands beside the arms."""
        if stage.kind == self._report:
            return self._execution
        if stage.arm not in self._runs:
            self._runs[stage.arm] = self._begin(stage.arm)
        return self._runs[stage.arm]

    def _begin(self, arm: ArmKey | None) -> str:
        if arm is None:
            return self._tracking.begin_run(self._experiment, SHARED, parent=self._execution,
                                            tags={"level": "shared", "execution": self._execution})
        return self._tracking.begin_run(self._experiment, str(arm), parent=self._execution, tags=self._tags,
                                        params=self._parameters[arm])

    @property
    def _tags(self) -> dict[str, str]:
        return {"level": "arm", "spec_digest": self._digest, "execution": self._execution}

    def ended(self, stage: Stage, status: str) -> None:
        """A stage failed, or waits for people: the run above it will end likewise."""
        if stage.arm in self._runs and self._statuses.get(stage.arm) != "FAILED":
            self._statuses[stage.arm] = status

    def end(self) -> None:
        """End the arms' runs and the shared one."""
        for arm, run_id in self._runs.items():
            self._tracking.end_run(run_id, self._statuses.get(arm, "FINISHED"))

    def run_ids(self) -> Iterable[str]:
        return self._runs.values()

    def record_arm(self, arm: ArmKey, metrics: dict[str, float], tags: dict[str, str],
                   model: str | None = None) -> None:
        """Give an arm's run, and its policy's model, their figures. A run that no stage began is written now, and over
        at once.
        """
        if arm in self._runs:
            self._tracking.log_metrics(self._runs[arm], metrics, tags=tags, model=model)
        else:
            self._tracking.record_run(self._experiment, str(arm), parent=self._execution,
                                      params=self._parameters[arm], tags={**self._tags, **tags}, metrics=metrics,
                                      model=model)
