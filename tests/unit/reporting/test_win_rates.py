"""What the report says of the judgments: the verdict on a baseline, and the plan."""

import pytest

from harness.reporting.win_rates import as_planned, verdict
from harness.results.records import PlanOfStudy
from harness.statistics.plan import AnalysisPlan, differences
from tests.result_records import rate, win_rate_row


def test_the_report_says_as_planned_or_what_differs() -> None:
    plan = AnalysisPlan()
    assert as_planned(PlanOfStudy(plan.digest(), plan, ())).startswith("Analysed as planned")
    said = as_planned(PlanOfStudy(plan.digest(), plan, tuple(differences(plan, AnalysisPlan(margin=0.1)))))
    assert "Not as planned" in said
    assert "margin: planned 0.05, done 0.1" in said


@pytest.mark.parametrize(("row", "expected"), [
    ({"p_value_gatekept": 0.001}, "worse than supervised (37.0%, 28.4 to 45.6%, p = .001)"),
    # Significant alone, but the test before it was not: the interval leaves one half out, and the reader is told why.
    ({"p_value_gatekept": 0.497}, "not told apart from supervised (37.0%, 28.4 to 45.6%, p = .497 after the tests "
                                  "planned before it, p = .001 alone)"),
    ({"confirmatory": False, "p_value_explored": 0.002},
     "worse than supervised (37.0%, 28.4 to 45.6%, p = .002, exploratory)"),
])
def test_a_verdict_is_that_of_the_planned_tests(row, expected):
    found = rate(0.37, ci_low=0.284, ci_high=0.456, p_value=0.001)
    assert verdict(win_rate_row(baseline="supervised", found=found, **row), 0.05) == expected
