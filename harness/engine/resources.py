"""How many stages run at once, and with how many threads each."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from harness.study.parts import ScratchModel
from harness.study.spec import StudySpec

_SMALL_WIDTH = 512
"""Up to this width two single-threaded stages beat one with two threads: the matrices are too small to share."""


@dataclass(frozen=True)
class Resources:
    """jobs: stages at once. cores: threads of a stage that has the machine alone; narrow_threads: that shares it."""

    jobs: int
    cores: int
    narrow_threads: int


def choose_resources(study: StudySpec, jobs: int | None) -> Resources:
    """For small models as many single-threaded stages as cores; a large one, or one on a GPU, gets the whole machine.

    Threads follow from the study and the machine, never from `jobs`, so that the numbers do not depend on `jobs`.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    width = _width(study)
    narrow = width is not None and width <= _SMALL_WIDTH and not on_gpu(study)
    return Resources(jobs=jobs or (cores if narrow else 1), cores=cores, narrow_threads=1 if narrow else cores)


def on_gpu(study: StudySpec) -> bool:
    """Told from the device files: importing torch would take longer than all of a plan."""
    return study.compute.device != "cpu" and Path("/dev/nvidia0").exists()


def _width(study: StudySpec) -> int | None:
    """The model's width; None for a name on the hub, which is taken for large."""
    if isinstance(study.base_model, ScratchModel):
        return study.base_model.width
    config = Path(study.base_model) / "config.json"
    if not config.is_file():
        return None
    document = json.loads(config.read_text(encoding="utf-8"))
    width = document.get("hidden_size", document.get("n_embd"))
    return int(width) if width else None
