"""Runs one stage in the process that calls it: locks its folder, calls its function, writes its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from filelock import FileLock

from harness.artifacts.call import StageCall
from harness.artifacts.log import Progress, StageLog
from harness.artifacts.outcome import environments_of, read_outcome, write_outcome
from harness.imports import without_collector
from harness.records import Done, Environment, Pending
from harness.stages.registry import stage_function
from harness.study.slices import StageSlice


def run_stage(call: StageCall[StageSlice], send: Callable[[Progress], None]) -> Done | Pending:
    """The stage's outcome. A folder whose stage already ended Done is not touched again.

    The lock is held by the process that writes into the folder, so that a new driver waits for a worker which
    outlives its killed driver by a moment.
    """
    call.out.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(call.out.with_suffix(".lock")):
        call.out.mkdir(exist_ok=True)
        finished = read_outcome(call.out)
        if finished is not None:
            return finished
        _limit_threads(call.threads)
        with without_collector():
            run = stage_function(call.kind)
        _prepare_process()
        outcome = run(call, StageLog(call.out, send))
        if isinstance(outcome, Done):
            outcome = replace(outcome, environments={**environments_of(call.inputs.values()),
                                                     call.name: _environment(call)})
            write_outcome(call.out, outcome)
        return outcome


def _limit_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def _prepare_process() -> None:
    from harness.models.memory import prepare_process

    prepare_process()


def _environment(call: StageCall[StageSlice]) -> Environment:
    from harness.models.environment import environment

    return environment(threads=call.threads, compute=getattr(call.settings, "compute", None))
