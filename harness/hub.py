"""Tells a name on the Hugging Face hub from a path, and asks the hub for the first time.

Imports the client only when asked to.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS = 10.0
"""For the hub to answer at all."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")


def is_path(name: str) -> bool:
    """Whether a model's name can be nothing but a path: the hub has `name` and `owner/name`."""
    return name.startswith((".", "/", "~")) or name.count("/") > 1


def is_address(name: str) -> bool:
    """Whether it is a URL, which is neither a path nor a name."""
    return _SCHEME.match(name) is not None


@contextmanager
def first_contact(names: Iterable[str]) -> Iterator[None]:
    """Models and data sets with these names, which may be folders, are looked at inside. If one is on the hub and the
    hub cannot be reached, the cache alone is looked into, at once: the client would try for half a minute, for each.
    It would tell of each attempt, too; what the user needs is the one error at the end.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils.logging import get_verbosity, set_verbosity

    before, offline = get_verbosity(), constants.HF_HUB_OFFLINE
    asks = not offline and any(not (is_path(name) or Path(name).is_dir()) for name in names)
    try:
        set_verbosity(logging.ERROR)
        constants.HF_HUB_OFFLINE = offline or (asks and not _answers(constants.ENDPOINT))
        yield
    finally:
        constants.HF_HUB_OFFLINE = offline
        set_verbosity(before)


def _answers(address: str) -> bool:
    """Whatever it answers."""
    from huggingface_hub import get_session

    try:
        get_session().head(address, timeout=_SECONDS)
    except Exception:  # of whichever library the client asks with
        return False
    return True
