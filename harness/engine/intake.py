"""Fetches and checks the folders of finished stages, on threads of their own, before other stages read them.

Gigabytes take their time, and what runs meanwhile is still watched.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue

from harness.errors import DamagedFile
from harness.records import ArtifactRef

_THREADS = 4


class Intake:
    """Each folder is asked for once. fetch: gives a folder that is whole; raises DamagedFile, and other errors."""

    def __init__(self, fetch: Callable[[ArtifactRef], Path]) -> None:
        self._fetch = fetch
        self._found: dict[ArtifactRef, Future[Path]] = {}
        self._asked: SimpleQueue[ArtifactRef | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def has(self, refs: Iterable[ArtifactRef]) -> bool:
        """Whether all of these can be read. The others are begun. Raises what keeps one from being fetched."""
        missing = [ref for ref in refs if not self._has(ref)]
        return not missing

    def folder(self, ref: ArtifactRef) -> Path:
        """Of one that can be read."""
        return self._found[ref].result()

    @property
    def underway(self) -> list[Future[Path]]:
        """One for each folder that is being fetched or checked."""
        return [future for future in self._found.values() if not future.done()]

    def damaged(self) -> list[tuple[ArtifactRef, DamagedFile]]:
        """What has been found damaged since the last call."""
        found = [(ref, error) for ref, future in self._found.items()
                 if future.done() and isinstance(error := future.exception(), DamagedFile)]
        for ref, _ in found:
            del self._found[ref]
        return found

    def close(self) -> None:
        """Check nothing more. What is being read is not waited for."""
        for _ in self._threads:
            self._asked.put(None)

    def _has(self, ref: ArtifactRef) -> bool:
        future = self._found.get(ref)
        if future is None:
            self._found[ref] = Future()
            self._begin(ref)
        elif future.done():
            error = future.exception()
            if error is not None and not isinstance(error, DamagedFile):
                raise error
            return error is None
        return False

    def _begin(self, ref: ArtifactRef) -> None:
        if len(self._threads) < _THREADS:
            # Python waits at its end for the threads of its own pools; a download may take minutes.
            self._threads.append(threading.Thread(target=self._work, daemon=True))
            self._threads[-1].start()
        self._asked.put(ref)

    def _work(self) -> None:
        while (ref := self._asked.get()) is not None:
            future = self._found[ref]
            try:
                future.set_result(self._fetch(ref))
            except BaseException as error:  # handed to who asked
                future.set_exception(error)
