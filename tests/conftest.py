"""What all tests share: helpers that lie beside this file, `datasets` without a network, and no silent skip in CI."""

import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

NOT_INSTALLED = re.compile(r"needs a GPU|for a machine without a GPU|needs an? .*processor|needs root|to be allowed")
"""Reasons of skips that CI accepts: no installation helps there."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI a test that is skipped for want of something that can be installed has failed."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2]
        if not NOT_INSTALLED.search(reason):
            report.outcome, report.longrepr = "failed", f"{item.nodeid} was skipped, and CI skips nothing: {reason}"
    return report


@pytest.fixture
def datasets_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library `datasets` reaches neither the network nor the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
