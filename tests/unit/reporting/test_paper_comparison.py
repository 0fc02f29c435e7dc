"""The paper's own figures beside a study's."""

from harness.reporting.paper_comparison import the_paper
from harness.results.published import beside_the_paper
from tests.result_records import arm_measures, results_of
from tests.unit.reporting.report_pages import data_of, written


def test_a_figure_that_both_have_is_a_row_and_ours_is_described() -> None:
    results = results_of(arms=[arm_measures("zero_shot", rouge=0.25)])
    data = data_of(study="paper/tldr", results=results)
    rows = beside_the_paper(data.study, results)
    page = written(the_paper, data)
    assert rows
    assert page.count("<tr>") == 1 + len(rows)
    assert all(f">{row.paper:.1f}<" in page and f">{row.ours:.1f}<" in page for row in rows)
    assert f"Ours: {data.study.base_model}," in page


def test_a_study_that_measured_nothing_of_the_paper_has_no_section() -> None:
    assert "The paper beside ours" not in written(the_paper, data_of())
