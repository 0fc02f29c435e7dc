"""Tells a name on the Hugging Face hub from a path, and keeps the hub's client quiet.

Imports the client only when asked to.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")


def is_path(name: str) -> bool:
    """Whether a model's name can be nothing but a path: the hub has `name` and `owner/name`."""
    return name.startswith((".", "/", "~")) or name.count("/") > 1


def is_address(name: str) -> bool:
    """Whether it is a URL, which is neither a path nor a name."""
    return _SCHEME.match(name) is not None


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
