"""Makes imports of large libraries faster."""

from __future__ import annotations

import gc
import sys
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


@contextmanager
def without_module(name: str) -> Iterator[None]:
    """Let libraries that use a module only where it is installed do without it, unless it is loaded already.

    For the main thread, before others import anything.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # what `import` takes for a module that is not there
    try:
        yield
    finally:
        del sys.modules[name]
