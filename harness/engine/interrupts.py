"""Lets Ctrl-C take effect between two steps of an execution, never in the middle of one."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class HeldInterrupts:
    """While it is open, Ctrl-C is kept until the next `check`; a second one does not wait.

    Raised wherever it happens to strike, KeyboardInterrupt can break a write to the tracking store and come out as the
    store's own error. Signals belong to the main thread; in any other this does nothing.
    """

    def __init__(self) -> None:
        self._struck = False
        self._before: Any = None

    def __enter__(self) -> HeldInterrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hold)
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C struck since the beginning."""
        if self._struck:
            raise KeyboardInterrupt

    def _hold(self, number: int, frame: FrameType | None) -> None:
        if self._struck:
            raise KeyboardInterrupt
        self._struck = True
