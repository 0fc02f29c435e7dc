"""Plots as SVG inside a page: labels are text, colours follow the page, the same data give the same file, and every
number that is drawn is in the plot's table.
"""

import re

import pytest

from harness.reporting.budget_plots import BudgetPoint, CurvePoint, budget_plot, dose_response_plot
from harness.reporting.canvas import Plot
from harness.reporting.plots import BandLine, Estimate, bands, curves, forest, histogram

POINTS = [BudgetPoint(500, 0.64, 0.59, 0.69, (0.6, 0.68), (0.62, 0.66), "not enough"),
          BudgetPoint(2500, 0.51, 0.48, 0.54, (0.485, 0.535), (0.5, 0.52), "enough")]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Plot]:
    return {
        "forest": forest([Estimate("rl 250", 0.6, 0.5, 0.7), Estimate("rl <b>", 0.5, None, None)]),
        "dose": dose_response_plot({"over zero-shot": [CurvePoint(250, 0.55, 0.5, 0.6, (0.5, 0.6), 0.55),
                                                       CurvePoint(1000, 0.65, None, None)]}),
        "curves": curves({"250 labels": [([1, 2, 3], [0.1, 0.2, 0.3])]}, x_axis="episodes", y_axis="KL, nats"),
        "bands": bands([BandLine("250 labels", [(0, 1, 0.5, 1.5), (1, 2, 1.5, 2.5)]),
                        BandLine("best of n", [(0, 1, 1, 1), (1, 1.5, 1.4, 1.6)])], x_axis="√KL", y_axis="score"),
        "budgets": budget_plot(POINTS, largest=60_000, margin=0.05, title="2,500 labels were enough", where="at 6"),
        "histogram": histogram([0.1, 0.2, 0.2], bins=10, x_axis="place")}


def test_every_plot_is_one_svg_that_loads_nothing(drawn) -> None:
    for name, plot in drawn.items():
        svg = plot.svg
        assert svg.count("<svg") == 1, name
        assert "currentColor" in svg, name
        assert not re.search(r'(href|src)="(?!#)', svg), name


def test_axes_and_estimates_are_named(drawn) -> None:
    assert "rl 250" in drawn["forest"].svg
    assert "rl &lt;b&gt;" in drawn["forest"].svg
    assert "KL, nats" in drawn["curves"].svg


def test_the_same_data_give_the_same_file(drawn) -> None:
    again = curves({"250 labels": [([1, 2, 3], [0.1, 0.2, 0.3])]}, x_axis="episodes", y_axis="KL, nats")
    assert again == drawn["curves"]


def test_the_budget_plot_names_every_budget_the_verdicts_the_margin_and_the_kl(drawn) -> None:
    for text in ("500", "2,500", "60,000", ">not enough<", ">enough<", "55%", "labels, at 6", "2,500 labels were"):
        assert text in drawn["budgets"].svg, text


def test_the_table_holds_what_is_drawn(drawn) -> None:
    assert drawn["forest"].rows == (("rl 250", 0.6, 0.5, 0.7), ("rl <b>", 0.5, None, None))
    assert ("over zero-shot", 250, "run 2", 0.6, None, None) in drawn["dose"].rows
    assert drawn["curves"].rows[-1] == ("250 labels", 1, 3, 0.3)
    assert drawn["bands"].rows[0] == ("250 labels", 0, 1, 0.5, 1.5)
    assert drawn["budgets"].rows[0] == (500, "all runs", 0.64, 0.59, 0.69, 0.6, 0.68, "not enough")
    assert drawn["budgets"].rows[2] == (500, "run 2", 0.66, None, None, None, None, None)
    assert [count for _, _, count in drawn["histogram"].rows] == [0, 1, 2, 0, 0, 0, 0, 0, 0, 0]
    for name, plot in drawn.items():
        assert {len(row) for row in plot.rows} == {len(plot.columns)}, name
