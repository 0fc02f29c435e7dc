"""A page's figures as files: an SVG that any viewer opens, and the numbers in it as CSV."""

import csv
from xml.etree import ElementTree

import pytest

from harness.reporting.canvas import Plot
from harness.reporting.figure_files import NamedPlot, figure_name, write_figures
from harness.reporting.page import Page
from harness.reporting.plots import curves

PLOT = curves({"60,000 labels": [([1, 2], [0.1, 1 / 3])]}, x_axis="episodes", y_axis="KL, nats")


def test_a_file_is_an_svg_with_its_caption_and_a_table(tmp_path) -> None:
    write_figures(tmp_path, {"training-rl-kl": NamedPlot(PLOT, "KL < 6 & more")})
    root = ElementTree.parse(tmp_path / "figures/training-rl-kl.svg").getroot()  # noqa: S314 - our own file
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}desc").text == "KL < 6 & more"
    assert "color:" in root.get("style"), "a file of its own has no page to take its ink from"
    with (tmp_path / "figures/training-rl-kl.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["curve", "number", "episodes", "KL, nats"],
                                          ["60,000 labels", "1", "1", "0.1"], ["60,000 labels", "1", "2", "0.333333"]]


def test_whole_numbers_keep_all_their_digits_and_nothing_stays_empty(tmp_path) -> None:
    write_figures(tmp_path, {"a": NamedPlot(Plot(PLOT.svg, ("labels", "rate"), ((12_345_678, None),)), "")})
    assert (tmp_path / "figures/a.csv").read_text(encoding="utf-8") == "labels,rate\n12345678,\n"


def test_arms_whose_names_are_alike_have_files_of_their_own() -> None:
    assert figure_name("win rate", "zero_shot") == "win-rate-zero_shot"
    assert len({figure_name("enough", arm) for arm in ("rl", "rl_", "rl__a", "rl_a")}) == 4


def test_a_page_has_no_two_figures_of_one_name() -> None:
    page = Page("A test")
    page.figure({"one": PLOT}, "caption")
    assert page.figures == {"one": NamedPlot(PLOT, "caption")}
    with pytest.raises(ValueError, match="one"):
        page.figure({"one": PLOT}, "caption")
