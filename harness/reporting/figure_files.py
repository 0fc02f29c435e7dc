"""The figures of a page as files: each plot as an SVG that stands alone, and the numbers that it shows as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from harness.reporting.canvas import Plot, Value

FIGURES_FOLDER = "figures"
_PAPER = 'style="background:#ffffff;color:#1b2027" '
"""Inside a page a plot has the page's colours; alone it has ink and paper of its own."""


@dataclass(frozen=True)
class NamedPlot:
    """A plot of a page. caption: that of its figure."""

    plot: Plot
    caption: str


def figure_name(*words: str) -> str:
    """The words as a file's name without its ending: `win-rate-zero_shot`. Arms of one study never share one."""
    return re.sub(r"[^a-z0-9_]+", "-", " ".join(words).lower()).strip("-")


def write_figures(folder: Path, figures: Mapping[str, NamedPlot]) -> None:
    """figures/NAME.svg and figures/NAME.csv in the folder, for each plot."""
    target = folder / FIGURES_FOLDER
    target.mkdir(exist_ok=True)
    for name, figure in figures.items():
        (target / f"{name}.svg").write_text(standing_alone(figure), encoding="utf-8")
        (target / f"{name}.csv").write_text(_table(figure.plot), encoding="utf-8")


def standing_alone(figure: NamedPlot) -> str:
    """An SVG file, with its caption for those who do not see it."""
    svg = figure.plot.svg.replace("<svg ", f"<svg {_PAPER}", 1)
    end = svg.index(">") + 1
    return f'<?xml version="1.0" encoding="utf-8"?>\n{svg[:end]}<desc>{escape(figure.caption)}</desc>{svg[end:]}\n'


def _table(plot: Plot) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(plot.columns)
    writer.writerows([_written(value) for value in row] for row in plot.rows)
    return text.getvalue()


def _written(value: Value) -> str:
    """Six digits are more than any plot shows."""
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
