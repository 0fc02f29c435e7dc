"""Executes a plan: reuses the stages that are finished and runs the others; a failure stops only what depends on it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from harness.artifacts.call import StageCall
from harness.engine.intake import Intake
from harness.engine.interrupts import STOPS
from harness.engine.local import Executor
from harness.engine.run_records import RunRecords
from harness.engine.run_tree import RunTree
from harness.engine.tracking import Tracking
from harness.errors import InputError, StoreRefused, TrainingDiverged
from harness.records import ArtifactRef, Done, Pending
from harness.study.estimate import work_ahead
from harness.study.externals import check_unchanged
from harness.study.plan import Plan
from harness.study.reduced import lost_arms, without_arms, without_people
from harness.study.stage import Stage


class Screen:
    """What an execution tells the person in front of it. This one says nothing; `engine.screen` draws."""

    def begin(self, plan: Plan, reused: int, slots: int) -> None: ...

    def expect(self, fingerprints: list[str]) -> None: ...

    def started(self, stage: Stage) -> None: ...

    def finished(self, stage: Stage, outcome: Done | Pending | Exception) -> None: ...

    def waiting_elsewhere(self, stage: Stage) -> None: ...

    def damaged(self, stage: Stage, why: str) -> None: ...


@dataclass
class Execution:
    """What came of a plan. plan: what was reported, without the arms that failed and the people who are awaited.
    failures: stage name -> one line. pending: what people still have to do. tree: the runs below the execution's.
    """

    run_id: str
    tree: RunTree
    plan: Plan
    refs: dict[str, ArtifactRef] = field(default_factory=dict)
    executed: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    wrong_input: bool = False
    pending: dict[str, Pending] = field(default_factory=dict)


def finished_stages(plan: Plan, tracking: Tracking) -> dict[str, ArtifactRef]:
    """Fingerprint -> where a finished run of that stage keeps its files, which are not fetched yet."""
    return tracking.finished_among(stage.fingerprint for stage in plan.stages)


def missing_stages(plan: Plan, finished: Mapping[str, ArtifactRef], others: Iterable[Stage] = ()) -> list[Stage]:
    """What must run to get the report. The inputs of a finished stage are not needed any more.

    others: stages that the plan leaves out because they, or what follows from them, were finished.
    """
    by_fingerprint = {stage.fingerprint: stage for stage in (*others, *plan.stages)}
    needed: set[str] = set()
    waiting = [plan.report.fingerprint]
    while waiting:
        fingerprint = waiting.pop()
        if fingerprint not in finished and fingerprint not in needed:
            needed.add(fingerprint)
            waiting.extend(by_fingerprint[fingerprint].inputs.values())
    return [stage for fingerprint, stage in by_fingerprint.items() if fingerprint in needed]


class Runner:
    """Executes one plan. cores: what a stage without siblings may use; others get `narrow_threads`."""

    def __init__(self, plan: Plan, *, tracking: Tracking, executor: Executor, screen: Screen, cores: int,
                 narrow_threads: int) -> None:
        self._plan, self._tracking, self._executor, self._screen = plan, tracking, executor, screen
        self._cores, self._narrow_threads = cores, narrow_threads
        self._root = tracking.root.resolve()
        self._lock_folder = self._root / "locks"
        self._lock_folder.mkdir(exist_ok=True)
        self._records = RunRecords(plan, tracking, locks=self._lock_folder)
        self._running: dict[Future[Done | Pending], tuple[Stage, str]] = {}
        self._locks: dict[str, FileLock] = {}
        self._planned = plan.stages
        self._intake = Intake(tracking.fetch)
        self._damaged: set[str] = set()

    def run(self) -> Execution:
        """Run what is missing. The MLflow run ends FINISHED, FAILED, or SCHEDULED while people are awaited."""
        self._records.end_killed_executions()
        with STOPS.held(), self._records.begin() as execution_lock:
            execution = Execution(run_id=self._records.run_id, tree=self._records.tree, plan=self._plan)
            try:
                self._reuse(execution)
                self._loop(execution)
                self._report_the_rest(execution)
            except BaseException:
                # The stages' folders stay for the next try.
                self._records.killed(run_id for _, run_id in self._running.values())
                for lock in self._locks.values():
                    lock.release()
                raise
            finally:
                self._intake.close()
            self._records.end("FAILED" if execution.failures else "SCHEDULED" if execution.pending else "FINISHED", {
                "executed": len(execution.executed), "reused": len(execution.reused),
                "failed": len(execution.failures)})
        Path(execution_lock.lock_file).unlink(missing_ok=True)
        return execution

    def _reuse(self, execution: Execution) -> None:
        finished = execution.refs = finished_stages(self._plan, self._tracking)
        here = [stage for stage in self._plan.stages if stage.fingerprint in finished]
        execution.reused = [stage.name for stage in here]
        self._records.reused(here, finished)
        self._screen.begin(self._plan, len(here), self._executor.slots)

    def _loop(self, execution: Execution) -> None:
        waiting = self._missing(execution)
        self._screen.expect(list(waiting))
        while waiting or self._running or not self._report_is_whole(execution):
            STOPS.check()
            if self._put_back_damaged(execution):
                waiting = self._missing(execution)
            self._drop_blocked(waiting, execution)
            elsewhere = self._dispatch(waiting, execution)
            underway: list[Future[Any]] = [*self._running, *self._intake.underway]
            if not underway:
                time.sleep(0.5 if elsewhere else 0)
                continue
            wait(underway, timeout=1.0, return_when=FIRST_COMPLETED)
            STOPS.check()  # a worker that the same signal ended has not failed
            for future in [future for future in self._running if future.done()]:
                stage, run_id = self._running.pop(future)
                self._settle(stage, run_id, future, execution)
            for stage, run_id in self._running.values():
                self._records.stage_goes_on(run_id, self._work(stage.fingerprint))

    def _missing(self, execution: Execution) -> dict[str, Stage]:
        """What must still be begun, by fingerprint, the most urgent first."""
        ahead = work_ahead(self._plan)
        begun = {*(stage.name for stage, _ in self._running.values()), *execution.failures, *execution.pending}
        missing = [stage for stage in missing_stages(self._plan, execution.refs, self._planned)
                   if stage.name not in begun]
        return {stage.fingerprint: stage
                for stage in sorted(missing, key=lambda stage: -ahead.get(stage.fingerprint, math.inf))}

    def _report_is_whole(self, execution: Execution) -> bool:
        """Or not made. It is read last, by the one who publishes it."""
        ref = execution.refs.get(self._plan.report.fingerprint)
        return ref is None or self._intake.has([ref])

    def _put_back_damaged(self, execution: Execution) -> bool:
        """Whether finished stages turned out to be damaged, which are then computed again. What was made of them when
        they were whole stays.
        """
        found = self._intake.damaged()
        for ref, damage in found:
            del execution.refs[ref.fingerprint]
            stage = next(stage for stage in (*self._plan.stages, *self._planned)
                         if stage.fingerprint == ref.fingerprint)
            self._records.stage_damaged(stage, ref, str(damage))
            for names in (execution.executed, execution.reused):
                if stage.name in names:
                    names.remove(stage.name)
            if ref.fingerprint in self._damaged:
                execution.failures[stage.name] = f"{damage}, although it was just computed again. Check disk and memory"
            self._damaged.add(ref.fingerprint)
            self._screen.damaged(stage, str(damage))
        return bool(found)

    def _report_the_rest(self, execution: Execution) -> None:
        """Where arms failed, the others still get their report, which names those it lacks; where people are awaited,
        there is one without them.
        """
        finished = execution.refs.keys()
        if execution.pending:
            rest = without_people(self._plan, finished)
        elif execution.failures:
            rest = without_arms(self._plan, lost_arms(self._plan, finished, execution.failures), finished)
        else:
            return
        if rest is not None:
            self._plan = execution.plan = rest
            execution.refs |= finished_stages(rest, self._tracking)
            self._screen.begin(rest, len(finished & {stage.fingerprint for stage in rest.stages}), self._executor.slots)
            self._loop(execution)

    def _drop_blocked(self, waiting: dict[str, Stage], execution: Execution) -> None:
        """Leave out what depends on a stage that failed or waits for people."""
        underway = {stage.fingerprint for stage, _ in self._running.values()}
        changed = True
        while changed:
            blocked = [stage for stage in waiting.values() if any(
                needed not in execution.refs and needed not in waiting and needed not in underway
                for needed in stage.inputs.values())]
            for stage in blocked:
                del waiting[stage.fingerprint]
            changed = bool(blocked)

    def _dispatch(self, waiting: dict[str, Stage], execution: Execution) -> bool:
        """Submit ready stages, in their order, while there are slots. Returns whether another process runs one of ours.
        """
        elsewhere = False
        ready = [stage for stage in waiting.values()
                 if all(needed in execution.refs for needed in stage.inputs.values())]
        for stage in ready:
            if not self._intake.has(execution.refs[needed] for needed in stage.inputs.values()):
                continue
            if len(self._running) >= self._executor.slots:
                break
            lock = FileLock(self._lock_folder / f"{stage.fingerprint}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                elsewhere = True
                self._screen.waiting_elsewhere(stage)
                continue
            del waiting[stage.fingerprint]
            self._locks[stage.fingerprint] = lock
            ref = self._tracking.finished(stage.fingerprint)
            if ref is not None:
                execution.refs[stage.fingerprint] = ref
                execution.reused.append(stage.name)
                self._records.stage_reused(stage, ref)
                self._screen.finished(stage, Done())
                self._release(stage)
            else:
                self._submit(stage, execution)
        return elsewhere

    def _submit(self, stage: Stage, execution: Execution) -> None:
        inputs = stage.inputs.map(lambda needed: self._intake.folder(execution.refs[needed]))
        run_id = self._records.stage_begun(stage)
        call = StageCall(
            name=stage.name, settings=stage.settings, out=self._work(stage.fingerprint), inputs=inputs,
            seed=stage.seed, arm=stage.arm, threads=self._narrow_threads if stage.has_siblings else self._cores,
            check_outside=partial(check_unchanged, self._plan.study, self._externals(stage)))
        self._screen.started(stage)
        self._running[self._executor.submit(call)] = (stage, run_id)

    def _externals(self, stage: Stage) -> dict[str, str]:
        """Digests of what the stage reads from outside; a base model is read where it lies."""
        bases = [each for each in self._planned
                 if each.kind == "base_model" and each.fingerprint in stage.inputs.values()]
        return {name: digest for each in (stage, *bases) for name, digest in each.externals.items()}

    def _settle(self, stage: Stage, run_id: str, future: Future[Done | Pending], execution: Execution) -> None:
        work = self._work(stage.fingerprint)
        error = future.exception()
        if isinstance(error, StoreRefused):  # the disk is full: the other stages would fail of the same
            self._running[future] = stage, run_id
            raise error
        if error is not None:
            line = execution.failures[stage.name] = describe_failure(error)
            execution.wrong_input |= isinstance(error, InputError)
            self._records.stage_failed(run_id, stage, work, error, line)
            self._screen.finished(stage, error if isinstance(error, Exception) else Exception(str(error)))
        else:
            outcome = future.result()
            if isinstance(outcome, Done):
                execution.refs[stage.fingerprint] = self._records.stage_done(run_id, stage, work, outcome)
                execution.executed.append(stage.name)
            else:
                execution.pending[stage.name] = outcome
                self._records.stage_waits(run_id, stage, outcome)
            self._screen.finished(stage, outcome)
        self._release(stage)

    def _release(self, stage: Stage) -> None:
        self._locks.pop(stage.fingerprint).release()

    def _work(self, fingerprint: str) -> Path:
        return self._root / "underway" / fingerprint


def describe_failure(error: BaseException) -> str:
    """One line: a diverged training and a wrong input explain themselves, anything else keeps its type."""
    if isinstance(error, BrokenExecutor):
        return ("its process was killed, by the system perhaps for want of memory. Give the same command again; "
                "fewer --jobs need less")
    if isinstance(error, InputError | TrainingDiverged):
        return str(error)
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0] if text else 'no message'}"
