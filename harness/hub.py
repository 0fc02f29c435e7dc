"""Tells a name on the Hugging Face hub from a path, and keeps the hub's client quiet.

Imports the client only when asked to.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


def is_path(name: str) -> bool:
    """Whether a model's name can be nothing but a path: the hub has `name` and `owner/name`."""
    return name.startswith((".", "/", "~")) or name.count("/") > 1


@contextmanager
def retries_unsaid() -> Iterator[None]:
    """The client tells of each attempt; what the user needs is the one error at the end."""
    from huggingface_hub.utils.logging import get_verbosity, set_verbosity

    before = get_verbosity()
    set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        set_verbosity(before)
