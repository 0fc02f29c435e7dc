"""Runs independent pieces of one stage's work side by side, each on one thread of a CPU.

For small models that is faster than one task on all threads: their matrices are too small to share. Stages of a study
share a machine by the same rule (`engine.resources`); here it is applied inside a stage that has the machine alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

NARROW = 512
"""Up to this width models are small in this sense."""

T = TypeVar("T")


def threads_for(width: int, device: torch.device) -> int:
    """How many tasks of a model of this width run side by side: on a GPU and for a wide model one."""
    return torch.get_num_threads() if device.type == "cpu" and width <= NARROW else 1


def run_threaded(tasks: Sequence[Callable[[], T]], *, threads: int) -> Iterator[T]:
    """The tasks' results in their order.

    On one thread each is made when it is asked for; on more, as soon as one is free. A result that was taken is kept
    here no longer: it may be a model's gradients. Gradients are recorded in the tasks if they are recorded here.
    """
    if threads == 1 or len(tasks) == 1:
        return (task() for task in tasks)
    records = torch.is_grad_enabled()

    def run(task: Callable[[], T]) -> T:
        with torch.set_grad_enabled(records):
            return task()

    return _pool(threads).map(run, tasks)


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads that live as long as the process; what they run uses no threads of its own."""
    return ThreadPoolExecutor(threads, thread_name_prefix="task", initializer=torch.set_num_threads, initargs=(1,))
