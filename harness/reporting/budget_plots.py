"""Plots over label budgets, on a log axis: whether fewer labels were enough, and what grows with more of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from harness.reporting.canvas import COLOURS, GREY, INK, Plot, beside, canvas, finished, legend
from harness.statistics.verdict import Verdict

_VERDICT_COLOURS: Mapping[Verdict, str] = {"enough": COLOURS[2], "not enough": COLOURS[1], "not decided": "#7a8594"}
_VERDICT, _NUMBER = 0.24, 0.15
"""How much of the axis a verdict takes, and a budget's number."""
_COLUMNS = ("series", "labels", "what", "value", "low", "high")


@dataclass(frozen=True)
class CurvePoint:
    """One budget of a dose-response plot. seeds: each seed's own value."""

    label_budget: int
    value: float
    low: float | None
    high: float | None
    seeds: tuple[float, ...] = ()
    fitted: float | None = None


@dataclass(frozen=True)
class BudgetPoint:
    """One budget that the largest was compared with. value: the largest budget's win rate over it. low, high: its
    interval. bounds: its one-sided bounds, by which the verdict is found. runs: each run's own win rate.
    """

    label_budget: int
    value: float
    low: float | None
    high: float | None
    bounds: tuple[float, float] | None
    runs: Sequence[float]
    verdict: Verdict


def budget_plot(points: Sequence[BudgetPoint], *, largest: int, margin: float, title: str, where: str) -> Plot:
    """The largest budget's win rate over each smaller one. A thick bar below the margin's line is 'enough', a thin one
    above it 'not enough'.

    points: ascending. where: at what KL the policies were compared, below the axis.
    """
    figure, axes = canvas(5.4, 3.9)
    line = 0.5 + margin
    reach = [value for point in points for value in (point.value, point.low, point.high, *point.runs)
             if value is not None]
    low, high = min(0.5 - margin, *reach) - 0.02, max(line, *reach) + 0.03
    axes.axhspan(line, high, color=COLOURS[1], alpha=0.07, linewidth=0)
    axes.axhline(line, color=COLOURS[1], linewidth=1.2)
    axes.axhline(0.5, color=GREY, linewidth=1, linestyle="--")
    budgets = [*(point.label_budget for point in points), largest]
    _log_axis(axes, budgets)
    rows = _rows(budgets, word=_VERDICT)
    for point, row in zip(points, rows, strict=False):
        _draw(axes, point)
        axes.annotate(point.verdict, (point.label_budget, high), xytext=(0, 4 + 14 * row), textcoords="offset points",
                      ha="center", va="bottom", fontsize=10, fontweight="bold", color=_VERDICT_COLOURS[point.verdict],
                      annotation_clip=False)
    axes.plot(largest, 0.5, "D", color=GREY, markersize=5, markerfacecolor="none")
    axes.set_ylim(low, high)
    right = axes.get_xlim()[1]
    for text, place, offset, side, colour in ((f"above {100 * line:g}%: not enough", line, 2, "bottom", COLOURS[1]),
                                              ("50%: alike", 0.5, -3, "top", GREY)):
        axes.annotate(text, (right, place), xytext=(0, offset), textcoords="offset points", ha="right", va=side,
                      fontsize=8.5, color=colour)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.set_xlabel(f"labels, {where}")
    axes.set_ylabel(f"wins of {largest:,} labels over fewer")
    axes.set_title(title, fontsize=12, fontweight="bold", loc="left", pad=22 + 14 * max(rows), color=INK)
    return finished(figure, ("labels", "what", "win rate", "low", "high", "lower bound", "upper bound", "verdict"), [
        row for point in points for row in (
            (point.label_budget, "all runs", point.value, point.low, point.high, *(point.bounds or (None, None)),
             point.verdict),
            *((point.label_budget, f"run {number}", rate, None, None, None, None, None)
              for number, rate in enumerate(point.runs, 1)))])


def _draw(axes: Any, point: BudgetPoint) -> None:
    colour, x = _VERDICT_COLOURS[point.verdict], point.label_budget
    if point.low is not None and point.high is not None:
        axes.plot([x, x], [point.low, point.high], color=colour, linewidth=1.6, solid_capstyle="butt")
    if point.bounds is not None:
        axes.plot([x, x], point.bounds, color=colour, linewidth=5, alpha=0.6, solid_capstyle="butt")
    axes.plot([x] * len(point.runs), point.runs, "o", markersize=4.5, markerfacecolor="none", markeredgewidth=0.9,
              color=colour, transform=beside(axes, 9))
    axes.plot(x, point.value, "o", color=colour, markersize=8, markeredgecolor="white", markeredgewidth=1)


def _rows(budgets: Sequence[int], *, word: float) -> list[int]:
    """In which of two rows the word at each budget stands, so that no two are on each other. word: its share of the
    axis.
    """
    places = [math.log(budget) for budget in budgets]
    rows = [0]
    for last, place in pairwise(places):
        near = place - last < word * (places[-1] - places[0])
        rows.append(1 - rows[-1] if near else 0)
    return rows


def dose_response_plot(series: Mapping[str, Sequence[CurvePoint]], *, title: str = "",
                       axis: str = "win rate", limits: tuple[float, float] | None = None,
                       levels: Mapping[str, float] | None = None, reference: float | None = 0.5,
                       percent: bool = True) -> Plot:
    """Shares, or other figures, over label budgets: intervals, every seed's point, a fit where it is given.

    series: one curve for each kind of policy; one without points keeps its colour for the next plot. limits: of the
    win-rate axis, so that plots can be compared. levels: of policies without a label budget, as lines. reference: where
    a dashed line lies. percent: whether the figures are shares.
    """
    figure, axes = canvas(3.9, 3)
    for place, (colour, (name, points)) in enumerate(zip(COLOURS * len(series), series.items(), strict=False)):
        if points:
            # Curves of several policies stand beside each other, not on each other.
            _draw_curve(axes, name, points, colour, shift=13 * (place - (len(series) - 1) / 2))
    if reference is not None:
        axes.axhline(reference, color=GREY, linewidth=1, linestyle="--")
    for place, (name, level) in enumerate((levels or {}).items(), start=len(series)):
        axes.axhline(level, color=COLOURS[place % len(COLOURS)], linewidth=1, linestyle="-.", label=name)
    _log_axis(axes, sorted({point.label_budget for points in series.values() for point in points}))
    axes.set_ylim(*(limits or _limits(series, [*(levels or {}).values(), reference])))
    if percent:
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    axes.set_xlabel("labels")
    axes.set_ylabel(axis)
    axes.set_title(title, fontsize=10)
    if len(series) + len(levels or {}) > 1:
        # What is drawn beside its place is not seen by matplotlib's own choice.
        values = [point.value for points in series.values() for point in points]
        legend(axes, "lower right" if values[-1] >= values[0] else "upper right")
    rows = [row for name, points in series.items() for point in points for row in (
        (name, point.label_budget, "all runs", point.value, point.low, point.high),
        *((name, point.label_budget, f"run {number}", value, None, None)
          for number, value in enumerate(point.seeds, 1)),
        *([(name, point.label_budget, "fit", point.fitted, None, None)]
          if point.fitted is not None else []))]
    return finished(figure, _COLUMNS, [*rows, *((name, None, "level", level, None, None)
                                                for name, level in (levels or {}).items())])


def _limits(series: Mapping[str, Sequence[CurvePoint]], lines: Sequence[float | None]) -> tuple[float, float]:
    """Room for all that is drawn; what is drawn beside its place would have none."""
    drawn = [value for points in series.values() for point in points
             for value in (point.value, point.low, point.high, point.fitted, *point.seeds)]
    seen = [value for value in (*drawn, *lines) if value is not None]
    room = 0.06 * (max(seen) - min(seen)) or 0.05
    return min(seen) - room, max(seen) + room


def _draw_curve(axes: Any, name: str, points: Sequence[CurvePoint], colour: str, *, shift: float) -> None:
    xs, here = [point.label_budget for point in points], beside(axes, shift)
    for x, point in zip(xs, points, strict=True):
        if point.low is not None and point.high is not None:
            axes.plot([x, x], [point.low, point.high], color=colour, linewidth=2, transform=here)
        axes.plot([x] * len(point.seeds), point.seeds, "o", markersize=4, markerfacecolor="none", color=colour,
                  alpha=0.9, transform=beside(axes, shift + 6))
    axes.plot(xs, [point.value for point in points], "o-", color=colour, linewidth=0.8, label=name, transform=here)
    fitted = [point.fitted for point in points]
    if None not in fitted and len(points) > 1:
        axes.plot(xs, fitted, color=colour, linewidth=1, linestyle=":", transform=here)


def _log_axis(axes: Any, budgets: Sequence[int]) -> None:
    """Every budget named, and nothing else."""
    axes.set_xscale("log", base=2)
    rows = _rows(budgets, word=_NUMBER)
    axes.set_xticks(budgets, [f"{chr(10) * row}{budget:,}" for budget, row in zip(budgets, rows, strict=True)])
    axes.minorticks_off()
    room = max(1.5, (max(budgets) / min(budgets)) ** 0.1)
    axes.set_xlim(min(budgets) / room, max(budgets) * room)
