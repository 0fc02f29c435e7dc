"""Writes a benchmark's table between its two markers in a document."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

STATISTICS = Path(__file__).parents[1] / "docs" / "statistics.md"


def write_table(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, note: str,
                document: Path = STATISTICS) -> None:
    """Replace what stands between <!-- name --> and <!-- /name -->. Raises ValueError without the markers."""
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns), *rows)]
    text = document.read_text(encoding="utf-8")
    before, opening, rest = text.partition(f"<!-- {name} -->")
    _, closing, after = rest.partition(f"<!-- /{name} -->")
    if not (opening and closing):
        raise ValueError(f"{document} has no place for {name}")
    table = "\n".join(["", *lines, "", note, ""])
    document.write_text(f"{before}{opening}{table}{closing}{after}", encoding="utf-8")


def measured() -> str:
    """When and of which code: the time in UTC, and the commit that is checked out."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=STATISTICS.parent, capture_output=True,
                            text=True, check=True).stdout.strip()
    return f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, commit {commit}"
