"""What all plots share: axes in the page's own colour of ink, and a finished plot with the numbers that it shows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7f7f7f")
"""Okabe and Ito's, told apart by people who do not see red and green alike; the yellow darker, for white paper."""

GREY = "#888888"
INK = "#123456"
"""Stands for the page's ink until the SVG is made: a plot is drawn before anybody knows if the page is dark."""

Value = str | float | None
"""What stands in a plot's table; None where there is nothing."""


@dataclass(frozen=True)
class Plot:
    """A drawn plot. svg: in the ink of the page around it. columns, rows: every number that is drawn."""

    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def canvas(width: float, height: float) -> tuple[Any, Any]:
    """matplotlib's figure and axes, in inches; matplotlib is imported only when one is drawn."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.subplots()
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(INK)
    axes.tick_params(color=INK, labelcolor=INK)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(INK)
    axes.grid(alpha=0.22)
    axes.set_axisbelow(True)
    return figure, axes


def beside(axes: Any, points: float) -> Any:
    """The transform of what is drawn so many points to the right of its place, on any scale."""
    from matplotlib.transforms import offset_copy

    return offset_copy(axes.transData, fig=axes.figure, x=points, units="points")


def legend(axes: Any, place: str = "best") -> None:
    """The names of what is drawn. place: matplotlib's `loc`, where it hides least by default."""
    axes.legend(loc=place, frameon=False, fontsize=8.5, labelcolor=INK)


def finished(figure: Any, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> Plot:
    """The plot as one SVG that loads nothing. The same results give the same bytes."""
    import matplotlib

    text = io.StringIO()
    # A fixed salt and no date: the same results give the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "harness", "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    start, end = svg.index("<metadata>"), svg.index("</metadata>") + len("</metadata>")
    svg = svg[svg.index("<svg"):start] + svg[end:]
    # Names like axes_1 come again in every plot of a page; nothing refers to them.
    svg = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", svg)
    svg = re.sub(r"font: ((?:bold |italic )?[\d.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", svg)
    return Plot(svg.replace(INK, "currentColor"), tuple(columns), tuple(tuple(row) for row in rows))
