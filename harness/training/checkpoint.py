"""Checkpoints of a long loop: written whole or not at all, so that a kill at any moment loses only time.

One whose bytes are not those that were written is said, and the loop starts over.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from harness.durable import open_sealed, sync, write_sealed
from harness.errors import DamagedFile

FILE = "checkpoint.pt"


class Checkpoint:
    """One file in a folder, replaced as the loop goes on.

    every_steps: write after so many steps; else every_seconds: after so much time. What is written must make a
    resumed loop end as an undisturbed one, so when it is written changes nothing but the time lost.
    log: a file that the loop appends to before it saves; a state is good only with what the file had then.
    say: where a line for a person goes.
    """

    def __init__(self, folder: str | Path, *, every_seconds: float = 30.0, every_steps: int | None = None,
                 log: Path | None = None, say: Callable[[str], None] | None = None) -> None:
        self._path = Path(folder) / FILE
        self._every_seconds, self._every_steps = every_seconds, every_steps
        self._log, self._say = log, say
        self._last_time = time.monotonic()
        self.last_step: int | None = None
        """The step of the state on disk, None where there is none."""

    def due(self, step: int) -> bool:
        """Whether it is time to write, after `step` steps."""
        if self._every_steps is not None:
            return step % self._every_steps == 0
        return time.monotonic() - self._last_time >= self._every_seconds

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Write the state after `step` steps. state: tensors, numbers, strings, and dicts and lists of them."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {"step": step, "state": state, "log": self._logged()}
        write_sealed(self._path, lambda file: torch.save(content, file))
        self.last_step, self._last_time = step, time.monotonic()

    def read(self) -> tuple[int, dict[str, Any]]:
        """The last state written and its step. Raises DamagedFile, and OSError where there is none."""
        with open_sealed(self._path) as file:
            has_digest = file.tell() > 0
            try:
                content = torch.load(file, map_location="cpu", weights_only=True)
            except Exception as error:  # torch has many
                if has_digest:  # then it is for want of memory, or the like
                    raise
                raise DamagedFile(f"is no checkpoint ({type(error).__name__})", file=str(self._path)) from None
        logged = content.get("log")
        if self._log is not None and logged is not None and logged != self._logged(logged):
            raise DamagedFile("is not what it was when the checkpoint was written", file=str(self._log))
        return int(content["step"]), content["state"]

    def load(self) -> tuple[int, dict[str, Any]] | None:
        """The last state written and its step, or None where there is none. One that is damaged is said, and none."""
        if not self._path.is_file():
            return None
        try:
            self.last_step, state = self.read()
        except (DamagedFile, OSError) as error:
            if self._say is not None:
                self._say(f"damaged: {error}; started over")
            self.clear()
            return None
        return self.last_step, state

    def clear(self) -> None:
        """Remove the file: the loop is done, and its result stands elsewhere."""
        self._path.unlink(missing_ok=True)
        self.last_step = None

    def _logged(self, until: str | None = None) -> str | None:
        """Size and SHA-256 of the log, all of it or as much as there was then."""
        if self._log is None or not self._log.is_file():
            return None
        if until is None:
            sync(self._log)
        size = self._log.stat().st_size if until is None else int(until.partition(" ")[0])
        with self._log.open("rb") as file:
            content = file.read(size)
        return f"{len(content)} {hashlib.sha256(content).hexdigest()}"
