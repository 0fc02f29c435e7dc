"""Plots as inline SVG. matplotlib is imported only when one is drawn."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


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


def forest(estimates: Sequence[Estimate], *, axis: str = "win rate", reference: float = 0.5) -> str:
    """Estimates below one another with their intervals, and a line at `reference`."""
    figure, axes = _figure(7, 0.9 + 0.34 * len(estimates))
    for row, estimate in enumerate(estimates):
        place = len(estimates) - row
        if estimate.low is not None and estimate.high is not None:
            axes.plot([estimate.low, estimate.high], [place, place], color="#3a5a98", linewidth=2)
        axes.plot(estimate.value, place, "o", color="#3a5a98")
    axes.axvline(reference, color="#888", linewidth=1, linestyle="--")
    axes.set_yticks(range(len(estimates), 0, -1), [estimate.label for estimate in estimates])
    axes.set_ylim(0.4, len(estimates) + 0.6)
    axes.set_xlabel(axis)
    return _svg(figure)


def dose_response_plot(points: Sequence[CurvePoint], *, axis: str = "win rate over the baseline") -> str:
    """The win rate over label budgets on a log axis: intervals, every seed's point, the isotonic fit."""
    figure, axes = _figure(7, 4)
    budgets = [point.label_budget for point in points]
    for point in points:
        if point.low is not None and point.high is not None:
            axes.plot([point.label_budget] * 2, [point.low, point.high], color="#3a5a98", linewidth=2)
        axes.plot([point.label_budget] * len(point.seeds), point.seeds, "o", markersize=4, color="#d97b29",
                  alpha=0.8)
    axes.plot(budgets, [point.value for point in points], "o", color="#3a5a98")
    if all(point.isotonic is not None for point in points):
        axes.plot(budgets, [point.isotonic for point in points], color="#888", linewidth=1)
    axes.axhline(0.5, color="#888", linewidth=1, linestyle="--")
    axes.set_xscale("log", base=2)
    axes.set_xticks(budgets, [f"{budget:,}" for budget in budgets])
    axes.set_xlabel("labels")
    axes.set_ylabel(axis)
    return _svg(figure)


def curves(xs: Sequence[float], named: dict[str, Sequence[float]], *, x_axis: str, y_axis: str,
           level: float | None = None) -> str:
    """Curves of shares in [0, 1] over a common axis, and a dashed line at `level`."""
    figure, axes = _figure(7, 4)
    for name, ys in named.items():
        axes.plot(xs, ys, "o-", label=name)
    if level is not None:
        axes.axhline(level, color="#888", linewidth=1, linestyle="--")
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    axes.set_ylim(-0.02, 1.02)
    axes.legend(frameon=False)
    return _svg(figure)


def histogram(values: Sequence[float], *, bins: int = 20, x_axis: str, y_axis: str = "sentences") -> str:
    """How values in [0, 1] are spread."""
    figure, axes = _figure(7, 3)
    axes.hist(values, bins=bins, range=(0, 1), color="#3a5a98")
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    return _svg(figure)


def _figure(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Any) -> str:
    import matplotlib

    text = io.StringIO()
    # A fixed salt and no date: the same results give the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "harness", "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    start, end = svg.index("<metadata>"), svg.index("</metadata>") + len("</metadata>")
    return svg[svg.index("<svg"):start] + svg[end:]
