"""Checkpoints of a long loop: written whole or not at all, so that a kill at any moment loses only time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import torch

FILE = "checkpoint.pt"


class Checkpoint:
    """One file in a folder, replaced as the loop goes on.

    every_steps: write after so many steps; else every_seconds: after so much time. What is written must make a
    resumed loop end as an undisturbed one, so when it is written changes nothing but the time lost.
    """

    def __init__(self, folder: str | Path, *, every_seconds: float = 30.0, every_steps: int | None = None) -> None:
        self._path = Path(folder) / FILE
        self._every_seconds, self._every_steps = every_seconds, every_steps
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
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("wb") as file:
            torch.save({"step": step, "state": state}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
        _sync_folder(self._path.parent)
        self.last_step, self._last_time = step, time.monotonic()

    def load(self) -> tuple[int, dict[str, Any]] | None:
        """The last state written and its step, or None where there is none."""
        if not self._path.is_file():
            return None
        content = torch.load(self._path, map_location="cpu", weights_only=True)
        self.last_step = int(content["step"])
        return self.last_step, content["state"]

    def clear(self) -> None:
        """Remove the file: the loop is done, and its result stands elsewhere."""
        self._path.unlink(missing_ok=True)
        self.last_step = None


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
