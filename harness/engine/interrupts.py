"""Lets Ctrl-C and SIGTERM take effect between two steps of an execution, never in the middle of one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from harness.errors import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, the end that a system or a scheduler asks for, and a terminal that closes."""


class Stops:
    """What asks this process to stop. Each such signal raises KeyboardInterrupt, all in the same way.

    Raised wherever it happens to strike, it can break a write to the tracking store and come out as the store's own
    error, so while `held` is open the first one waits for the next `check`; a second one does not wait. Signals belong
    to the main thread; in any other this does nothing.
    """

    def __init__(self) -> None:
        self._struck: int | None = None
        self._taken = self._holding = self._deaf = False

    @property
    def struck(self) -> bool:
        """Whether one came. What then fails, such as an import that was broken by it, is no failure."""
        return self._struck is not None

    @property
    def exit_code(self) -> int:
        """As shells have it: 130 after Ctrl-C, 143 after SIGTERM."""
        return INTERRUPTED if self._struck is None else 128 + self._struck

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While it is open the signals come here. Once one came, further ones may not tear the process' end either."""
        if self._taken or threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {number: signal.getsignal(number) for number in SIGNALS}
        self._struck, self._taken, self._deaf = None, True, False
        for number in SIGNALS:
            if number != signal.SIGHUP or before[number] != signal.SIG_IGN:  # `nohup` means it
                signal.signal(number, self._strike)
        try:
            yield
        finally:
            self._taken = False
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN if self.struck else before[number])

    @contextmanager
    def held(self) -> Iterator[None]:
        """While it is open the first signal waits for `check`."""
        with self.taken():
            self._holding = True
            try:
                yield
            finally:
                self._holding = False

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal came while they are taken."""
        if self._taken and self.struck:
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """The process ends already: nothing may come between."""
        self._deaf = True

    def _strike(self, number: int, frame: FrameType | None) -> None:
        first = self._struck is None
        if first:
            self._struck = number
        if not (self._deaf or (first and self._holding)):
            raise KeyboardInterrupt


STOPS = Stops()
"""This process'. There is one, as there is one main thread."""


@contextmanager
def unheard() -> Iterator[None]:
    """Processes that are started inside, and theirs, do not hear Ctrl-C, which a terminal sends to all of them: only
    the driver answers it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
