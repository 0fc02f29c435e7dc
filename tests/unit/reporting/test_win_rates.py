"""What the report says of the judgments: the answer's sentence, the verdict, the plan."""

import numpy as np
import pytest

from harness.records import ArmKey, Contrast
from harness.reporting.win_rates import as_planned, enough_labels, sentence, verdict
from harness.results.rates import equivalence_rows
from harness.results.records import PlanOfStudy
from harness.results.votes import Votes
from harness.statistics.plan import AnalysisPlan, differences
from tests.result_records import rate, win_rate_row


def _of_budgets(larger: int, smaller: int, wins: int, losses: int, ties: int = 0):
    outcomes = np.array([1.0] * wins + [0.0] * losses + [0.5] * ties)
    n = len(outcomes)
    return {Contrast(ArmKey("rl", larger), ArmKey("rl", smaller)): Votes(
        outcomes, np.arange(n).astype(object), np.ones(n, dtype=int))}


def _rows(votes):
    return equivalence_rows(votes, margin=0.05, confidence=0.95, judge="simulated")


def _answer(**smaller: tuple[int, ...]) -> list[str]:
    """The answer for a largest budget of 1,000 labels that won so often, and lost so often, over smaller ones."""
    votes = {}
    for budget, counts in smaller.items():
        votes |= _of_budgets(1000, int(budget[1:]), *counts)
    return enough_labels(_rows(votes))


def test_the_answer_names_the_smallest_budget_of_an_unbroken_chain() -> None:
    alike, unclear, better = (1000, 1000), (102, 98), (1400, 600)
    assert _answer(b500=alike, b100=alike, b10=better)[0].startswith(
        "100 labels were enough: 1,000 is not better by more than 5 points, p < .001")
    assert _answer(b500=alike, b100=unclear, b10=alike)[0].startswith("500 labels were enough")
    assert _answer(b500=unclear, b100=alike)[0].startswith("Not shown that 500 labels were enough: 1,000 may be better")
    assert _answer(b500=better)[0] == "500 labels were not enough: 1,000 is better by more than 5 points."
    assert "undefined" in _answer(b500=(0, 0, 5))[0]


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


def test_the_verdict_never_reads_absence_of_evidence_as_evidence() -> None:
    (row,) = _rows(_of_budgets(60_000, 5_000, 10, 10))
    assert sentence(row).startswith("Not shown that 5,000 labels were enough")
