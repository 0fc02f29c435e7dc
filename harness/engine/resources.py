"""How many stages run at once, and with how many threads each."""

from __future__ import annotations

import os
from dataclasses import dataclass

from harness.study.spec import ScratchModel, StudySpec

_TINY_WIDTH = 512


@dataclass(frozen=True)
class Resources:
    """jobs: stages at once. cores: threads of a stage that has the machine alone; narrow_threads: that shares it."""

    jobs: int
    cores: int
    narrow_threads: int


def choose_resources(study: StudySpec, jobs: int | None) -> Resources:
    """For small models, as many single-threaded stages as cores; a model from outside gets the whole machine.

    Threads follow from the study and the machine, never from `jobs`, so that the numbers do not depend on `jobs`.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    model = study.base_model
    narrow = isinstance(model, ScratchModel) and model.width <= _TINY_WIDTH
    threads = 1 if narrow else cores
    return Resources(jobs=jobs or (cores if narrow else 1), cores=cores, narrow_threads=threads)
