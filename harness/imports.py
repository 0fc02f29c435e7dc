"""Importing large libraries without Python's collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for garbage as long as this lasts, nor ever through what the first of these in a process made.

    What libraries make when they are imported stays: the collector goes through it again and again and finds nothing,
    which takes a sixth of the time of an import.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # later it would keep a stage's garbage, too
            gc.freeze()
        if was_on:
            gc.enable()
