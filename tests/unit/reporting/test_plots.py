"""Plots as SVG inside a page: labels are text, colours follow the page, and the same data give the same file."""

import re

import pytest

from harness.reporting.plots import CurvePoint, Estimate, curves, dose_response_plot, forest, histogram


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return {
        "forest": forest([Estimate("rl 250", 0.6, 0.5, 0.7), Estimate("rl <b>", 0.5, None, None)]),
        "dose": dose_response_plot({"over zero-shot": [CurvePoint(250, 0.55, 0.5, 0.6, (0.5, 0.6), 0.55),
                                                       CurvePoint(1000, 0.65, None, None)]}),
        "curves": curves({"250 labels": [([1, 2, 3], [0.1, 0.2, 0.3])]}, x_axis="episodes", y_axis="KL, nats"),
        "histogram": histogram([1.0, 2.0, 2.0], x_axis="place")}


def test_every_plot_is_one_svg_that_loads_nothing(drawn) -> None:
    for name, svg in drawn.items():
        assert svg.count("<svg") == 1, name
        assert "currentColor" in svg, name
        assert not re.search(r'(href|src)="(?!#)', svg), name


def test_axes_and_estimates_are_named(drawn) -> None:
    assert "rl 250" in drawn["forest"]
    assert "rl &lt;b&gt;" in drawn["forest"]
    assert "KL, nats" in drawn["curves"]


def test_the_same_data_give_the_same_file(drawn) -> None:
    again = curves({"250 labels": [([1, 2, 3], [0.1, 0.2, 0.3])]}, x_axis="episodes", y_axis="KL, nats")
    assert again == drawn["curves"]
