"""The plots of the results page: win rates with their intervals, and the curve over label budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from harness.reporting.report_data import arm_name, key_name
from harness.results.rate_records import WinRateRow
from harness.statistics.win_rate import WinRate

COLOURS = ["#2f7fb8", "#d9702b", "#2a9d78", "#b864a0", "#c79a1e", "#6c7a89"]
"""Told apart by people who do not see red and green alike, on light ground and on dark."""
GREY = "#8a8f98"
RATE = alt.Scale(domain=[0, 1])


def opponents(row: WinRateRow) -> str:
    """`rl 5,000 vs zero-shot`."""
    return f"{key_name(row.contrast.arm)} vs {key_name(row.contrast.opponent)}"


def series(row: WinRateRow) -> str:
    """`rl vs zero-shot`: one curve over the budgets."""
    return f"{arm_name(row.contrast.arm.arm)} vs {key_name(row.contrast.opponent)}"


def intervals(rates: Mapping[str, WinRate]) -> alt.LayerChart:
    """One line a comparison, by its name: the win rate and its interval."""
    rows = [{"name": name, "win_rate": rate.win_rate, "ci_low": rate.ci_low, "ci_high": rate.ci_high,
             "n_judgments": rate.n_judgments} for name, rate in rates.items()]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=320, minExtent=155)))
    x = alt.X("ci_low:Q", scale=RATE, title="Win rate and interval", axis=alt.Axis(format="%", tickCount=10))
    half = alt.Chart(pd.DataFrame({"x": [0.5]})).mark_rule(strokeDash=[4, 4], color=GREY).encode(x="x:Q")
    chart: alt.LayerChart = (
        half + base.mark_rule(strokeWidth=3, color=COLOURS[0]).encode(x=x, x2="ci_high:Q")
        + base.mark_point(filled=True, size=110, color=COLOURS[0], opacity=1).encode(x="win_rate:Q", tooltip=[
            "name", alt.Tooltip("win_rate", format=".1%"), alt.Tooltip("ci_low", format=".1%"),
            alt.Tooltip("ci_high", format=".1%"), "n_judgments"])).properties(height=34 * len(rows) + 60)
    return chart


def curve(win_rates: Sequence[WinRateRow]) -> alt.LayerChart:
    """Win rate against label budget: all seeds together with the interval, and each seed's own point."""
    rows = pd.DataFrame([{"series": series(row), "label_budget": row.contrast.arm.label_budget,
                          "win_rate": row.rate.win_rate, "ci_low": row.rate.ci_low, "ci_high": row.rate.ci_high}
                         for row in win_rates])
    seeds = pd.DataFrame([{"series": series(row), "label_budget": row.contrast.arm.label_budget, "seed": point.seed,
                           "win_rate": point.win_rate} for row in win_rates for point in row.seeds.by_seed])
    x = alt.X("label_budget:Q", scale=alt.Scale(type="log", base=2, nice=False, padding=24), title="Label budget",
              axis=alt.Axis(values=sorted({row.contrast.arm.label_budget for row in win_rates}), format=","))
    y = alt.Y("win_rate:Q", scale=RATE, axis=alt.Axis(format="%"), title="Win rate")
    colour = alt.Color("series:N", title=None, scale=alt.Scale(range=COLOURS),
                       legend=alt.Legend(orient="top", labelLimit=300, columns=2))
    base = alt.Chart(rows).encode(x=x, color=colour)
    half = alt.Chart(pd.DataFrame({"y": [0.5]})).mark_rule(strokeDash=[4, 4], color=GREY).encode(y="y:Q")
    chart: alt.LayerChart = (
        half + base.mark_line(strokeWidth=2).encode(y=y) + base.mark_rule(strokeWidth=2).encode(
            y="ci_low:Q", y2="ci_high:Q")
        + base.mark_point(filled=True, size=90, opacity=1).encode(y=y)
        + alt.Chart(seeds).mark_point(size=45, opacity=0.8).encode(
            x=x, y=y, color=colour, tooltip=["series", "seed", alt.Tooltip("win_rate", format=".1%")]))
    return chart.properties(height=340)
