"""Imports what nearly every stage needs, once, in the process that workers are forked from."""

from __future__ import annotations

import importlib
import os
import signal
from types import FrameType

from harness.imports import without_collector

_SECONDS = 0.1


def _load() -> None:
    with without_collector():
        for name in ("harness.engine.worker", "harness.models.loading"):
            importlib.import_module(name)


def _load_while(driver: int) -> None:
    """The server itself sees that its driver is gone only once this is over."""
    def look(number: int, frame: FrameType | None) -> None:
        if os.getppid() != driver:
            os._exit(1)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS, _SECONDS)
    try:
        _load()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# Ctrl-C reaches the whole group; the driver alone decides what it means. Workers inherit this.
signal.signal(signal.SIGINT, signal.SIG_IGN)
_load_while(os.getppid())
