"""Runs one stage in whatever process it is called: locks its folder, calls it, writes down the outcome."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from harness.artifacts.call import StageCall
from harness.artifacts.log import Progress, StageLog
from harness.imports import without_collector
from harness.records import Done, Pending

OUTCOME_FILE = "outcome.json"


def run_stage(call: StageCall, send: Callable[[Progress], None]) -> Done | Pending:
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
            module = importlib.import_module(f"harness.stages.{call.kind}")
        outcome: Done | Pending = module.run(call, StageLog(call.out, send))
        if isinstance(outcome, Done):
            write_outcome(call.out, outcome)
        return outcome


def _limit_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def write_outcome(folder: Path, outcome: Done) -> None:
    temporary = folder / f"{OUTCOME_FILE}.part"
    temporary.write_text(json.dumps({"summary": outcome.summary}), encoding="utf-8")
    temporary.rename(folder / OUTCOME_FILE)


def read_outcome(folder: Path) -> Done | None:
    path = folder / OUTCOME_FILE
    if not path.is_file():
        return None
    return Done(summary=json.loads(path.read_text(encoding="utf-8"))["summary"])
