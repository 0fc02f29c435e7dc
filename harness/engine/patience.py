"""Waits for a tracking server that went away: the one place that knows for how long, and what is said meanwhile.

Stages run on in their processes, and their metrics wait on disk.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from harness.engine.interrupts import STOPS
from harness.engine.store_errors import is_away, reason
from harness.errors import InputError, StoreUnreachable
from harness.passwords import without_password_of

VARIABLE = "HARNESS_SERVER_PATIENCE"
SECONDS = 900.0
"""A server is waited for so long, unless the variable says otherwise."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0
"""Seconds between two tries. Each pause is twice the last."""

REQUEST_TAG = "request"
"""Marks a run on a server, so that one whose creation was asked for twice is found."""

_STEP = 0.1

T = TypeVar("T")


class Patience:
    """How one server is waited for. uri: its address, without a password. say: shows a line."""

    def __init__(self, uri: str, *, say: Callable[[str], None] | None = None, seconds: float | None = None) -> None:
        self._uri, self._say = uri, say or _to_stderr
        self._seconds = _patience() if seconds is None else seconds
        self._lock = threading.Lock()  # downloads are asked for from threads of their own
        self._away_since: float | None = None
        self._gave_up: StoreUnreachable | None = None

    def call(self, ask: Callable[[], T]) -> T:
        """The answer, once there is one. Raises StoreUnreachable when patience ends, from then on at once; so too where
        Ctrl-C ended the wait.
        """
        if self._gave_up is not None:
            raise self._gave_up
        began, pause = time.monotonic(), FIRST_PAUSE
        while True:
            try:
                answer = ask()
            except Exception as error:
                if not is_away(error):
                    self._is_back()
                    raise
                left, why = began + self._seconds - time.monotonic(), without_password_of(self._uri, reason(error))
                if left <= 0:
                    self._gave_up = self._unreachable(why)
                    raise self._gave_up from None
                self._is_away(began, left, why)
            else:
                self._is_back()
                return answer
            try:
                _sleep(min(pause, left))
            except KeyboardInterrupt:
                self._gave_up = self._unreachable(why)
                raise
            pause = min(2 * pause, LONGEST_PAUSE)

    def _unreachable(self, why: str) -> StoreUnreachable:
        waited = f" for {_readable(self._seconds)}" if self._seconds else ""
        return StoreUnreachable(f"the tracking server cannot be reached{waited} ({why})", file=self._uri,
                                cure="Nothing is lost: give the same command again when it answers.")

    def _is_away(self, began: float, left: float, why: str) -> None:
        with self._lock:
            told, self._away_since = self._away_since is not None, self._away_since or began
        if not told:
            self._say(f"the tracking server at {self._uri} cannot be reached ({why}); waiting for it, at most "
                      f"{_readable(left)}. Stages run on")

    def _is_back(self) -> None:
        with self._lock:
            since, self._away_since = self._away_since, None
        if since is not None:
            self._say(f"the tracking server answers again, after {_readable(time.monotonic() - since)}")


class PatientClient:
    """MLflow's client, each of whose calls waits for the server. A call that is repeated counts once."""

    def __init__(self, client: Any, patience: Patience, *, marks_runs: bool) -> None:
        """marks_runs: a run that is made gets a mark, since an answer can be lost on its way."""
        self._client, self._patience, self._marks_runs = client, patience, marks_runs
        self._made_twice: list[tuple[str, str, str]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        return lambda *given, **named: self._patience.call(lambda: method(*given, **named))

    def create_run(self, experiment: str, tags: dict[str, str]) -> Any:
        """The new run. Where the answer to the first try was lost, it is the run that this try made."""
        if not self._marks_runs:
            return self._patience.call(lambda: self._client.create_run(experiment, tags=tags))
        mark, tries = uuid4().hex, 0

        def ask() -> Any:
            nonlocal tries
            tries += 1
            made = self._marked(experiment, mark) if tries > 1 else []
            return made[0] if made else self._client.create_run(experiment, tags={**tags, REQUEST_TAG: mark})

        run = self._patience.call(ask)
        if tries > 1:
            self._made_twice.append((experiment, mark, run.info.run_id))
        return run

    def delete_doubles(self) -> None:
        """Delete runs that a slow server made after the request for them was given up, and made anew."""
        for experiment, mark, kept in self._made_twice:
            for run in self._patience.call(partial(self._marked, experiment, mark)):
                if run.info.run_id != kept:
                    self.delete_run(run.info.run_id)
        self._made_twice.clear()

    def _marked(self, experiment: str, mark: str) -> list[Any]:
        return list(self._client.search_runs([experiment], f"tags.{REQUEST_TAG} = '{mark}'"))


def _sleep(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        STOPS.check()
        time.sleep(_STEP)
    STOPS.check()


def _readable(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def _patience() -> float:
    given = os.environ.get(VARIABLE)
    try:
        seconds = SECONDS if given is None else float(given)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise InputError(f"'{given}' is not a number of seconds", key=VARIABLE, cure="Give for example 900.")
    return seconds


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
