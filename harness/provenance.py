"""Where a result comes from: the package's own commit and version, and the versions of what it uses."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import tomllib
from pathlib import Path

from harness import __version__

BUILD_RECORD = "build.json"
"""In the package's folder, written where a wheel or a source archive is made: the commit, and whether it was dirty."""

_PACKAGES = ("torch", "transformers", "tokenizers", "datasets", "mlflow", "numpy", "scipy", "statsmodels",
             "rouge-score", "vaderSentiment", "krippendorff", "streamlit", "sqlalchemy", "pydantic")
_PACKAGE = Path(__file__).resolve().parent


def versions() -> dict[str, str]:
    """Versions of the harness, of Python, the platform and of the packages that results depend on."""
    found = {"harness": __version__, "python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def commit() -> tuple[str, bool]:
    """The commit of the harness's own source, and whether its files differed from it.

    An installed package knows what it was built from; a checkout asks git. Else ('unknown', False): a repository that
    an environment happens to lie in is not the harness's.
    """
    record = _PACKAGE / BUILD_RECORD
    if record.is_file():
        built = json.loads(record.read_text(encoding="utf-8"))
        return str(built["commit"]), bool(built["dirty"])
    try:
        if _is_the_project(_PACKAGE.parent):
            # A new module changes what is computed; new studies, notes and results beside the package do not.
            changed = _git("status", "--porcelain", "--untracked-files=no")
            return _git("rev-parse", "HEAD"), bool(changed or _git("ls-files", "--others", "--exclude-standard",
                                                                   _PACKAGE.name))
    except (OSError, ValueError, subprocess.CalledProcessError):
        pass
    return "unknown", False


def _is_the_project(folder: Path) -> bool:
    """Whether this is the top of the harness's own repository. Raises where git or the folder says nothing."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    return project.get("name") == "harness" and Path(_git("rev-parse", "--show-toplevel")).resolve() == folder


def _git(*arguments: str) -> str:
    # Within a hook of another repository, git would hear of that one.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(["git", "-C", str(_PACKAGE.parent), *arguments], check=True, capture_output=True,
                          text=True, env=environment).stdout.strip()
