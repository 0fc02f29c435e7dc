"""The report as one page that opens without a network."""

import re

from harness.reporting.report import report
from tests.result_records import arm_measures, results_of, win_rate_row
from tests.unit.reporting.report_pages import data_of

RESULTS = results_of(win_rates=[win_rate_row(confirmatory=False, p_value_explored=0.01)],
                     arms=[arm_measures("zero_shot"), arm_measures("rl", 250, 1)])


def test_a_title_is_escaped_and_nothing_is_loaded_from_elsewhere() -> None:
    page = report(data_of(overrides=("title=A <b> & c",), results=RESULTS)).render()
    assert "<title>A &lt;b&gt; &amp; c</title>" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!#)', page)


def test_the_answer_comes_first_and_the_provenance_last() -> None:
    page = report(data_of(results=RESULTS)).render()
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    assert headings[-1] == "Provenance"
    assert page.index('class="answer"') < page.index("<h2")
    assert len(set(headings)) == len(headings)
