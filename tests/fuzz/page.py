"""Writes the table of docs/fuzzing.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tests.fuzz.tally import Counts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fuzzing.md"
OPENING, CLOSING = "<!-- counts -->", "<!-- /counts -->"


def write_page(counts: Mapping[str, Counts], *, failing: Mapping[str, int], day: date) -> None:
    """Replace what stands between the two markers of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(OPENING)
    _, _, after = rest.partition(CLOSING)
    PAGE.write_text(f"{before}{OPENING}\n\n{table(counts, failing=failing, day=day)}\n\n{CLOSING}{after}",
                    encoding="utf-8")


def table(counts: Mapping[str, Counts], *, failing: Mapping[str, int], day: date) -> str:
    """A row for each target, and one for all of them. failing: kept inputs that are still not dealt with."""
    rows = [_row(name, each, failing[name]) for name, each in counts.items()]
    total = Counts(*(sum(getattr(each, part) for each in counts.values())
                     for part in ("inputs", "read", "refused", "failed", "seconds")))
    return "\n".join([
        f"Counted on {day.isoformat()}:", "",
        "| target | inputs | read | refused in one line | failed, then mended | still failing |",
        "| --- | ---: | ---: | ---: | ---: | ---: |", *rows, _row("**all**", total, sum(failing.values()))])


def _row(name: str, counts: Counts, failing: int) -> str:
    return f"| {name} | {counts.inputs:,} | {counts.read:,} | {counts.refused:,} | {counts.failed:,} | {failing} |"
