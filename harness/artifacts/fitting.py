"""What stages that train share: when to write a checkpoint, and how a loop's metrics reach the stage's log."""

from __future__ import annotations

import os
from collections.abc import Callable

from harness.artifacts.call import StageCall
from harness.artifacts.log import METRICS_FILE, StageLog
from harness.study.slices import StageSlice
from harness.training.checkpoint import Checkpoint

_LOGGED_STEPS = 200
_CHECKPOINT_SECONDS = 30.0


def checkpoint_of(call: StageCall[StageSlice], log: StageLog) -> Checkpoint:
    """A stage's checkpoint, in its own folder. HARNESS_CHECKPOINT_SECONDS sets how often (default 30)."""
    seconds = float(os.environ.get("HARNESS_CHECKPOINT_SECONDS", _CHECKPOINT_SECONDS))
    return Checkpoint(call.out / "checkpoint", every_seconds=seconds, log=call.out / METRICS_FILE, say=log.say)


def reporter(log: StageLog) -> Callable[[int, int, dict[str, float]], None]:
    """A loop's on_step: progress at each step, metrics at about 200 of them and at the last."""
    first = True

    def on_step(step: int, total: int, metrics: dict[str, float]) -> None:
        nonlocal first
        if first:
            # A resumed loop begins behind its checkpoint; what it logs again must not stand twice.
            log.rewind(step - 1)
            first = False
        every = max(1, total // _LOGGED_STEPS)
        if step % every == 0 or step == total:
            log.metrics(metrics, step)
        log.progress(step, total, f"loss {metrics['train/loss']:.3f}")

    return on_step
