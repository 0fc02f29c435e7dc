"""The studies and the rating app that come with the package."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries both folders within the package (`setup.py`); in a checkout they lie beside it.
_HOLDER = next((folder for folder in (_PACKAGE / "share",) if folder.is_dir()), _PACKAGE.parent)

STUDIES = _HOLDER / "studies"
APP = _HOLDER / "dashboards" / "app.py"


def study_names() -> list[str]:
    """The shipped studies by the names that commands take, as `quick` or `paper/tldr`."""
    return sorted(path.relative_to(STUDIES).with_suffix("").as_posix() for path in STUDIES.rglob("*.yaml"))


def study_file(text: str) -> str:
    """The file that a command's argument means: itself, or where there is no such file a shipped study's."""
    return text if os.path.isfile(text) or text not in study_names() else str(STUDIES / f"{text}.yaml")
