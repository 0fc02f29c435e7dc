"""Plots as inline SVG, in the page's own colour of ink. matplotlib is imported only when one is drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7f7f7f")
"""Okabe and Ito's, told apart by people who do not see red and green alike; the yellow darker, for white paper."""

_INK = "#123456"
"""Stands for the page's ink until the SVG is made: a plot is drawn before anybody knows if the page is dark."""


@dataclass(frozen=True)
class Estimate:
    """A value with its interval (None: undefined) and its name."""

    label: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CurvePoint:
    """One budget of a dose-response plot. seeds: each seed's own value."""

    label_budget: int
    value: float
    low: float | None
    high: float | None
    seeds: tuple[float, ...] = ()
    isotonic: float | None = None


Curve = tuple[Sequence[float], Sequence[float]]
"""x and y."""


def forest(estimates: Sequence[Estimate], *, axis: str = "win rate", reference: float = 0.5) -> str:
    """Estimates below one another with their intervals, and a line at `reference`."""
    figure, axes = _figure(7, 0.9 + 0.34 * len(estimates))
    for row, estimate in enumerate(estimates):
        place = len(estimates) - row
        if estimate.low is not None and estimate.high is not None:
            axes.plot([estimate.low, estimate.high], [place, place], color=COLOURS[0], linewidth=2)
        axes.plot(estimate.value, place, "o", color=COLOURS[0])
    axes.axvline(reference, color="#888", linewidth=1, linestyle="--")
    axes.set_yticks(range(len(estimates), 0, -1), [estimate.label for estimate in estimates])
    axes.set_ylim(0.4, len(estimates) + 0.6)
    axes.set_xlabel(axis)
    return _svg(figure)


def dose_response_plot(series: Mapping[str, Sequence[CurvePoint]], *, title: str = "",
                       axis: str = "win rate", limits: tuple[float, float] | None = None,
                       levels: Mapping[str, float] | None = None, reference: float = 0.5) -> str:
    """Shares over label budgets on a log axis: intervals, every seed's point, the isotonic fit where it is given.

    series: one curve for each kind of policy; one without points keeps its colour for the next plot. limits: of the
    win-rate axis, so that plots can be compared. levels: of policies without a label budget, as lines. reference: where
    a dashed line lies.
    """
    figure, axes = _figure(3.9, 3)
    budgets = sorted({point.label_budget for points in series.values() for point in points})
    for place, (colour, (name, points)) in enumerate(zip(COLOURS * len(series), series.items(), strict=False)):
        if not points:
            continue
        # Curves of several policies stand beside each other, not on each other.
        shift = 1.05 ** (place - (len(series) - 1) / 2)
        xs = [shift * point.label_budget for point in points]
        for x, point in zip(xs, points, strict=True):
            if point.low is not None and point.high is not None:
                axes.plot([x, x], [point.low, point.high], color=colour, linewidth=2)
            axes.plot([x * 1.06] * len(point.seeds), point.seeds, "o", markersize=4, markerfacecolor="none",
                      color=colour, alpha=0.9)
        axes.plot(xs, [point.value for point in points], "o-", color=colour, linewidth=0.8, label=name)
        isotonic = [point.isotonic for point in points]
        if None not in isotonic and len(points) > 1:
            axes.plot(xs, isotonic, color=colour, linewidth=1, linestyle=":")
    axes.axhline(reference, color="#888", linewidth=1, linestyle="--")
    for place, (name, level) in enumerate((levels or {}).items(), start=len(series)):
        axes.axhline(level, color=COLOURS[place % len(COLOURS)], linewidth=1, linestyle="-.", label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(budgets, [f"{budget:,}" for budget in budgets])
    axes.minorticks_off()
    axes.set_xlim(min(budgets) / 1.5, max(budgets) * 1.5)
    if limits is not None:
        axes.set_ylim(*limits)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.set_xlabel("labels")
    axes.set_ylabel(axis)
    axes.set_title(title, fontsize=10)
    if len(series) + len(levels or {}) > 1:
        axes.legend(frameon=False, fontsize=8.5)
    return _svg(figure)


def curves(named: Mapping[str, Sequence[Curve]], *, x_axis: str, y_axis: str, title: str = "", marker: str = "",
           level: float | None = None, limits: tuple[float, float] | None = None) -> str:
    """Curves, one colour a name (several curves of a name: its seeds), and a dashed line at `level`."""
    figure, axes = _figure(3.9, 3)
    for colour, (name, several) in zip(COLOURS * len(named), named.items(), strict=False):
        for number, (xs, ys) in enumerate(several):
            axes.plot(xs, ys, f"{marker}-", color=colour, linewidth=1.4, markersize=4,
                      label=name if number == 0 else None)
    if level is not None:
        axes.axhline(level, color="#888", linewidth=1, linestyle="--")
    if limits is not None:
        axes.set_ylim(*limits)
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    axes.set_title(title, fontsize=10)
    axes.legend(frameon=False, fontsize=8.5)
    return _svg(figure)


def bands(named: Mapping[str, Sequence[tuple[float, float, float, float]]], *, x_axis: str, y_axis: str,
          title: str = "") -> str:
    """A line with a band around it for each name. named: (x, middle, low, high) in the order of x."""
    figure, axes = _figure(3.9, 3)
    for colour, (name, points) in zip(COLOURS * len(named), named.items(), strict=False):
        xs, middle, low, high = zip(*points, strict=True)
        axes.fill_between(xs, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(xs, middle, color=colour, linewidth=1.6, label=name)
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    axes.set_title(title, fontsize=10)
    axes.legend(frameon=False, fontsize=8.5)
    return _svg(figure)


def histogram(values: Sequence[float], *, bins: int = 20, x_axis: str, y_axis: str = "sentences") -> str:
    """How values in [0, 1] are spread."""
    figure, axes = _figure(7, 3)
    axes.hist(values, bins=bins, range=(0, 1), color=COLOURS[0])
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    return _svg(figure)


def _figure(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.patch.set_alpha(0)
    axes = figure.subplots()
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_INK)
    axes.tick_params(color=_INK, labelcolor=_INK)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_color(_INK)
    axes.grid(alpha=0.22)
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Any) -> str:
    import matplotlib

    for axes in figure.axes:
        legend = axes.get_legend()
        for label in legend.get_texts() if legend is not None else ():
            label.set_color(_INK)
    text = io.StringIO()
    # A fixed salt and no date: the same results give the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "harness", "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    start, end = svg.index("<metadata>"), svg.index("</metadata>") + len("</metadata>")
    svg = svg[svg.index("<svg"):start] + svg[end:]
    # Names like axes_1 come again in every plot of a page; nothing refers to them.
    svg = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", svg)
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", svg)
    return svg.replace(_INK, "currentColor")
