"""What an execution leaves in MLflow: a run of its own, under it one for each arm, and under those one for each stage.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from harness.engine.run_parameters import stage_parameters, study_parameters
from harness.engine.run_tree import RunTree
from harness.engine.tracking import Tracking
from harness.provenance import commit, versions
from harness.records import ArtifactRef, Done, Pending
from harness.study.plan import Plan
from harness.study.stage import Stage


class RunRecords:
    """The records of one execution of a plan. locks: a folder; who holds a run's lock there is still at it."""

    def __init__(self, plan: Plan, tracking: Tracking, *, locks: Path) -> None:
        self._plan, self._tracking, self._locks = plan, tracking, locks
        self._experiment = tracking.experiment(plan.study.study)

    def end_killed_executions(self) -> None:
        """An execution whose lock is free and which says RUNNING was killed; its stages with it."""
        for run_id in self._tracking.running_executions(self._experiment):
            lock = self._lock(run_id)
            if not Path(lock.lock_file).exists():
                continue
            try:
                with lock.acquire(timeout=0):
                    self._tracking.end_orphans(self._experiment, run_id)
                    self._tracking.end_run(run_id, "KILLED")
            except Timeout:
                continue
            Path(lock.lock_file).unlink(missing_ok=True)
        self._tracking.settle_models(self._experiment)

    def begin(self) -> FileLock:
        """Begin the execution's run, `run_id`. Its lock is to be held until it ends."""
        head, dirty = commit()
        study = self._plan.study
        analysis = study.evaluation.plan
        self.run_id = self._tracking.begin_run(
            self._experiment, f"{study.study}",
            tags={"level": "execution", "mlflow.source.git.commit": head, "dirty": str(dirty).lower(),
                  "simulated_labels": str(study.uses_simulated_labels).lower(),
                  "analysis_plan": analysis.digest()},
            params={"spec_digest": self._plan.spec_digest, **study_parameters(study)})
        self.tree = RunTree(self._plan, self._tracking, experiment=self._experiment, execution=self.run_id)
        for name, document in {"study": study.document(), "analysis_plan": analysis.as_json(),
                               "versions": versions(), "plan": _plan_document(self._plan)}.items():
            self._tracking.log_text(self.run_id, json.dumps(document, indent=1), f"{name}.json")
        return self._lock(self.run_id)

    def end(self, status: str, counts: Mapping[str, int]) -> None:
        """End the execution's run and its arms'. counts: of its stages, by what became of them."""
        self.tree.end()
        self._tracking.log_metrics(self.run_id, {f"stages_{name}": count for name, count in counts.items()})
        self._tracking.delete_doubles()
        self._tracking.end_run(self.run_id, status)

    def reused(self, stages: Iterable[Stage], refs: Mapping[str, ArtifactRef]) -> None:
        """The stages that were there when the execution began. refs: by fingerprint."""
        found = list(stages)
        if found:
            self._tracking.log_text(self.run_id, json.dumps(
                {stage.name: refs[stage.fingerprint].run_id for stage in found}, indent=1), "reused.json")
        # Where the report itself is there nothing else is taken, and MLflow need not hold the whole tree once more.
        report = self._plan.report
        for stage in [report] if report.fingerprint in refs else found:
            self.stage_reused(stage, refs[stage.fingerprint])

    def stage_reused(self, stage: Stage, ref: ArtifactRef) -> None:
        """A run that is over at once, and names the one that computed the stage."""
        self._tracking.record_run(
            self._experiment, stage.name, parent=self.tree.parent_of(stage),
            tags={"level": "stage", "kind": stage.kind, "fingerprint": stage.fingerprint, "is_original": "false",
                  "execution": self.run_id, "reused_from": ref.run_id or ""})

    def stage_begun(self, stage: Stage) -> str:
        """The id of the stage's run."""
        return self._tracking.begin_run(
            self._experiment, stage.name, parent=self.tree.parent_of(stage), params=stage_parameters(stage),
            tags={"level": "stage", "kind": stage.kind, "fingerprint": stage.fingerprint, "is_original": "true",
                  "execution": self.run_id})

    def stage_goes_on(self, run_id: str, work: Path) -> None:
        """Forward the metrics that the stage has written into its folder since."""
        self._tracking.log_new_metrics(run_id, work)

    def stage_done(self, run_id: str, stage: Stage, work: Path, outcome: Done) -> ArtifactRef:
        """Move the stage's folder to its place; where it is then."""
        return self._tracking.finish_stage(run_id, stage, work, outcome)

    def stage_damaged(self, stage: Stage, ref: ArtifactRef, why: str) -> None:
        """The finished run is not found any more, and the execution's own run says so."""
        self._tracking.give_up(ref, why)
        self._tracking.set_tags(self.run_id, {f"damaged.{stage.fingerprint[:12]}": f"{stage.name}: {why}"})

    def stage_waits(self, run_id: str, stage: Stage, outcome: Pending) -> None:
        """The stage waits for people, and runs again when the command is given again."""
        self.tree.ended(stage, "SCHEDULED")
        self._tracking.set_tags(run_id, {"pending": outcome.reason, "missing": str(outcome.missing)})
        self._tracking.end_run(run_id, "SCHEDULED")

    def stage_failed(self, run_id: str, stage: Stage, work: Path, error: BaseException, line: str) -> None:
        """line: why it failed, for a person."""
        self.tree.ended(stage, "FAILED")
        self._tracking.log_new_metrics(run_id, work)
        self._tracking.set_tags(run_id, {"failure": line[:5000]})
        self._tracking.log_text(run_id, "".join(traceback.format_exception(error)), "traceback.txt")
        self._tracking.end_run(run_id, "FAILED")

    def killed(self, run_ids: Iterable[str]) -> None:
        """The person stopped it, or the driver itself failed: say so of these stages' runs and of all above them.

        Where MLflow does not take that, the next execution says it.
        """
        with suppress(Exception, KeyboardInterrupt):
            for run_id in (*run_ids, *self.tree.run_ids(), self.run_id):
                self._tracking.end_run(run_id, "KILLED")

    def _lock(self, run_id: str) -> FileLock:
        return FileLock(self._locks / f"execution-{run_id}.lock")


def _plan_document(plan: Plan) -> list[dict[str, object]]:
    return [{"kind": stage.kind, "name": stage.name, "fingerprint": stage.fingerprint, "inputs": stage.inputs.by_text()}
            for stage in plan.stages]
