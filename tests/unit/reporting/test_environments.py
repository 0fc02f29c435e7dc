"""The report's table of what stages were computed with: one row an environment, and in what they differ."""

from dataclasses import replace

from harness.records import Environment
from harness.reporting.environments import environments_table
from harness.reporting.page import Page

HERE = Environment(host="here", cpu="a processor", threads=2, torch="2.13", device="cpu", small_kernels="0123",
                   large_kernels="off (no compiler)", compiler="none")


def _page(environments):
    page = Page("a study")
    environments_table(page, environments)
    return page.render()


def test_stages_of_one_machine_are_one_row_whatever_their_threads():
    html = _page({"pretrain": HERE, "queries": replace(HERE, threads=1)})
    assert html.count("<tr>") == 2
    assert "<td>1, 2</td><td>2: pretrain, queries</td>" in html
    assert "Every stage was computed with the same processor, torch and kernels." in html


def test_in_what_environments_differ_is_said():
    elsewhere = replace(HERE, host="there", small_kernels="off (HARNESS_KERNELS=0)")
    html = _page({**{f"ppo {number}": HERE for number in range(5)}, "judge": elsewhere})
    assert "2 environments, which differ in host, small kernels" in html
    assert "<td>5: ppo 0, ppo 1, ppo 2 and 2 more</td>" in html
    assert "<td>1: judge</td>" in html


def test_a_study_of_older_stages_has_no_table():
    assert "<table>" not in _page({})
