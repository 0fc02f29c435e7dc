"""Tables of formatted cells, which the terminal prints and a page holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from harness.reporting.page import Cell


class Table(NamedTuple):
    """Formatted rows; the first column is words. reasons: why something in it is undefined."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    reasons: tuple[str, ...] = ()
