"""Plots of any figures: estimates with intervals, curves, bands over runs, and a histogram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

from harness.reporting.canvas import COLOURS, GREY, Plot, canvas, finished, legend


@dataclass(frozen=True)
class Estimate:
    """A value with its interval (None: undefined) and its name."""

    label: str
    value: float
    low: float | None
    high: float | None


Curve = tuple[Sequence[float], Sequence[float]]
"""x and y."""


def forest(estimates: Sequence[Estimate], *, axis: str = "win rate", reference: float = 0.5) -> Plot:
    """Estimates below one another with their intervals, and a line at `reference`."""
    figure, axes = canvas(7, 0.9 + 0.34 * len(estimates))
    for row, estimate in enumerate(estimates):
        place = len(estimates) - row
        if estimate.low is not None and estimate.high is not None:
            axes.plot([estimate.low, estimate.high], [place, place], color=COLOURS[0], linewidth=2)
        axes.plot(estimate.value, place, "o", color=COLOURS[0])
    axes.axvline(reference, color=GREY, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(estimates), 0, -1), [estimate.label for estimate in estimates])
    axes.set_ylim(0.4, len(estimates) + 0.6)
    axes.set_xlabel(axis)
    return finished(figure, ("name", axis, "low", "high"),
                    [(each.label, each.value, each.low, each.high) for each in estimates])


def curves(named: Mapping[str, Sequence[Curve]], *, x_axis: str, y_axis: str, title: str = "", marker: str = "",
           level: float | None = None, limits: tuple[float, float] | None = None) -> Plot:
    """Curves, one colour a name (several curves of a name: its seeds), and a dashed line at `level`."""
    figure, axes = canvas(3.9, 3)
    for colour, (name, several) in zip(COLOURS * len(named), named.items(), strict=False):
        for number, (xs, ys) in enumerate(several):
            axes.plot(xs, ys, f"{marker}-", color=colour, linewidth=1.4, markersize=4,
                      label=name if number == 0 else None)
    if level is not None:
        axes.axhline(level, color=GREY, linewidth=1, linestyle="--")
    if limits is not None:
        axes.set_ylim(*limits)
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    axes.set_title(title, fontsize=10)
    legend(axes)
    return finished(figure, ("curve", "number", x_axis, y_axis),
                    [(name, number, x, y) for name, several in named.items()
                     for number, (xs, ys) in enumerate(several, 1) for x, y in zip(xs, ys, strict=True)])


@dataclass(frozen=True)
class BandLine:
    """A line with a band around it. points: (x, middle, low, high) in the order of x."""

    name: str
    points: Sequence[tuple[float, float, float, float]]


def bands(lines: Sequence[BandLine], *, x_axis: str, y_axis: str, title: str = "", level: float | None = None,
          percent: bool = False, colours: Sequence[str] = COLOURS) -> Plot:
    """Lines with bands, one colour each, and a dashed line at `level`. percent: whether y is a share."""
    figure, axes = canvas(3.9, 3)
    for colour, line in zip(cycle(colours), lines, strict=False):
        xs, middle, low, high = zip(*line.points, strict=True)
        axes.fill_between(xs, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(xs, middle, color=colour, linewidth=1.6, label=line.name)
    if level is not None:
        axes.axhline(level, color=GREY, linewidth=1, linestyle="--")
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    axes.set_title(title, fontsize=10)
    if percent:
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    if len(lines) > 1:
        legend(axes)
    return finished(figure, ("line", x_axis, y_axis, "low", "high"),
                    [(line.name, *point) for line in lines for point in line.points])


def histogram(values: Sequence[float], *, bins: int = 20, x_axis: str, y_axis: str = "sentences") -> Plot:
    """How values in [0, 1] are spread."""
    figure, axes = canvas(7, 3)
    counts, edges, _ = axes.hist(values, bins=bins, range=(0, 1), color=COLOURS[0])
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    return finished(figure, ("from", "to", y_axis),
                    [(low, high, count) for (low, high), count in zip(pairwise(edges), counts, strict=True)])
