"""Runs one stage in the process that calls it: locks its folder, calls its function, writes its outcome."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from harness.artifacts.call import StageCall
from harness.artifacts.log import StageLog, Told
from harness.artifacts.outcome import check_files, environments_of, read_outcome, write_outcome
from harness.disk_full import full_disk_said
from harness.engine.stage_usage import noted_usage
from harness.errors import DamagedFile, InputError
from harness.imports import without_collector
from harness.records import Done, Environment, Pending
from harness.stages.registry import stage_function
from harness.study.slices import StageSlice


def run_stage(call: StageCall[StageSlice], send: Callable[[Told], None]) -> Done | Pending:
    """The stage's outcome. A folder whose stage already ended Done is not touched again, unless it is damaged.

    The lock is held by the process that writes into the folder, so that a new driver waits for a worker which
    outlives its killed driver by a moment. Raises StoreRefused where the disk is full.
    """
    call.out.parent.mkdir(parents=True, exist_ok=True)
    with full_disk_said(call.out), FileLock(call.out.with_suffix(".lock")):
        call.out.mkdir(exist_ok=True)
        log = StageLog(call.out, send)
        finished = _finished(call.out, log)
        if finished is not None:
            return finished
        _remove_parts(call.out)
        _limit_threads(call.threads)
        with without_collector():
            run = stage_function(call.kind)
        _prepare_process()
        with noted_usage(call.out):
            outcome = run(call, log)
            if isinstance(outcome, Done):
                _check_outside(call)
                outcome = replace(outcome, environments={**environments_of(call.inputs.values()),
                                                         call.name: _environment(call)})
                write_outcome(call.out, outcome)
        return outcome


def _finished(folder: Path, log: StageLog) -> Done | None:
    """What an earlier attempt ended with, whose driver was killed before it took the files."""
    try:
        outcome = read_outcome(folder)
        if outcome is not None:
            check_files(folder)
        return outcome
    except DamagedFile as error:
        log.say(f"damaged: {error}; computed again")
    shutil.rmtree(folder)
    folder.mkdir()
    return None


def _check_outside(call: StageCall[StageSlice]) -> None:
    """What was computed from other texts or weights than were planned must not be gone on with, either."""
    try:
        if call.check_outside is not None:
            call.check_outside()
    except InputError:
        shutil.rmtree(call.out)
        raise


def _remove_parts(folder: Path) -> None:
    """What a killed attempt left half written: nobody reads it, and it would be kept with the stage's files."""
    for path in list(folder.rglob("*")):
        if path.is_file() and (path.suffix in (".part", ".tmp") or path.name.startswith("part-")):
            path.unlink()


def _limit_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def _prepare_process() -> None:
    from harness.models.memory import prepare_process

    prepare_process()


def _environment(call: StageCall[StageSlice]) -> Environment:
    from harness.models.environment import environment

    return environment(threads=call.threads, compute=getattr(call.settings, "compute", None))
