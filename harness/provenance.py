"""Where a result comes from: commit, dirty or not, package versions, machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

_PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "mlflow", "numpy", "scipy", "statsmodels",
             "rouge-score", "vaderSentiment", "krippendorff", "streamlit", "sqlalchemy", "pydantic")
_SOURCE = Path(__file__).resolve().parents[1]


def versions() -> dict[str, str]:
    """Versions of Python, the platform and of the packages that results depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    # Small models go through kernels that it makes; without it their last bits are others.
    found["C++ compiler"] = shutil.which(os.environ.get("CXX", "c++")) or "none"
    return found


def commit() -> tuple[str, bool]:
    """The commit of the harness's own source and whether the tree differs from it; ('unknown', False) outside git."""
    try:
        head = _git("rev-parse", "HEAD")
        return head, bool(_git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.CalledProcessError):
        return "unknown", False


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(_SOURCE), *arguments], check=True, capture_output=True,
                          text=True).stdout.strip()
