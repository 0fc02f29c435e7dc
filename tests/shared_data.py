"""Where the shared data lies, for tests that need real text or judgments."""

import os
from pathlib import Path

import pytest


def shared_file(*parts: str) -> Path:
    """A file of the shared data; skips the test where it is not there."""
    roots = [os.environ.get("HARNESS_SHARED"), Path(__file__).parents[2] / "shared"]
    for root in filter(None, roots):
        path = Path(root, "data", *parts)
        if path.is_file():
            return path
    pytest.skip("the shared data is not here (set HARNESS_SHARED)")
