"""Where the shared data lies, for tests that need real text, judgments or models."""

import os
from pathlib import Path

import pytest


def shared_root() -> Path | None:
    """The shared folder: HARNESS_SHARED, or `../shared` beside the repository; None where neither is there."""
    for root in filter(None, (os.environ.get("HARNESS_SHARED"), Path(__file__).resolve().parents[2] / "shared")):
        if Path(root).is_dir():
            return Path(root)
    return None


def shared_folder(*parts: str) -> Path:
    """A folder or file below the shared folder; skips the test where it is not there."""
    root = shared_root()
    if root is not None and root.joinpath(*parts).exists():
        return root.joinpath(*parts)
    pytest.skip("the shared data is not here (set HARNESS_SHARED)")


def shared_file(*parts: str) -> Path:
    """A file of the shared data; skips the test where it is not there."""
    return shared_folder("data", *parts)
