"""What the report says of the judgments: the order of tests, the estimand, the answer's sentence, the plan."""

import numpy as np
import pytest

from harness.records import Judgment
from harness.reporting.texts import growth_sentence
from harness.reporting.win_rates import as_planned, enough_labels, sentence, verdict
from harness.results.people import votes_of_judgments
from harness.results.simulated import Votes, equivalence_rows, of_estimand, win_rate_rows
from harness.results.texts import growth_rows
from harness.statistics.plan import AnalysisPlan, differences


def _votes(wins: int, losses: int, ties: int = 0, raters=None) -> Votes:
    outcomes = np.array([1.0] * wins + [0.0] * losses + [0.5] * ties)
    n = len(outcomes)
    return Votes(outcomes, np.arange(n).astype(object), np.ones(n, dtype=int), raters)


def _rows(votes, baselines=("zero_shot", "supervised")):
    rows = win_rate_rows(votes, judge="simulated", confidence=0.95, baselines=baselines)
    return {(row["label_budget"], row["baseline"]): row for row in rows}


def test_a_closed_gate_closes_all_behind_it_and_nothing_else() -> None:
    clear, open_question = _votes(70, 30), _votes(52, 48)
    rows = _rows({("rl", 10, "zero_shot", None): clear, ("rl", 10, "supervised", None): clear,
                  ("rl", 10, "reference", None): clear, ("rl", 40, "supervised", None): clear,
                  ("rl", 40, "zero_shot", None): open_question})
    gate = rows[40, "zero_shot"]["p_value"]
    assert gate > 0.5
    behind = [rows[key]["p_value_gatekept"] for key in ((40, "supervised"), (10, "zero_shot"), (10, "supervised"))]
    assert behind == [gate] * 3
    explored = rows[10, "reference"]
    assert (explored["confirmatory"], explored["p_value_gatekept"]) == (False, None)
    assert explored["p_value_explored"] == explored["p_value"] < 0.001
    # Where the plan asks supervised first, its test is open whatever zero-shot's says.
    turned = _rows({("rl", 40, "supervised", None): clear, ("rl", 40, "zero_shot", None): open_question},
                   baselines=("supervised", "zero_shot"))
    assert turned[40, "supervised"]["p_value_gatekept"] == turned[40, "supervised"]["p_value"]


def test_the_estimand_decides_what_ties_and_raters_count() -> None:
    # Three items by three raters: won 3 : 0, lost 1 : 2, all tied. By hand: (1 + 1/3 + 1/2) / 3; (1 + 1/3) / 2 of
    # the decisive votes; (1 + 0 + 1/2) / 3 of the items' majorities.
    votes = {("rl", 10, "zero_shot", None): Votes(
        np.array([1, 1, 1, 1, 0, 0, 0.5, 0.5, 0.5]), np.repeat(np.array(["a", "b", "c"], dtype=object), 3),
        np.ones(9, dtype=int), np.array(list("xyz") * 3, dtype=object))}
    found = {estimand: _rows(of_estimand(votes, estimand))[10, "zero_shot"]["win_rate"]
             for estimand in ("ties_half", "ties_left_out", "majority")}
    assert found == pytest.approx({"ties_half": 11 / 18, "ties_left_out": 2 / 3, "majority": 0.5})


def _answer(**smaller: tuple[int, int]) -> list[str]:
    """The answer for a largest budget of 1,000 labels that won so often, and lost so often, over smaller ones."""
    votes = {("rl", 1000, "rl", int(budget[1:])): _votes(*counts) for budget, counts in smaller.items()}
    return enough_labels(equivalence_rows(votes, margin=0.05, confidence=0.95, judge="simulated"))


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
    document = {"digest": plan.digest(), "differences": differences(plan, plan)}
    assert as_planned(document).startswith("Analysed as planned")
    document["differences"] = differences(plan, AnalysisPlan(margin=0.1))
    assert "Not as planned" in as_planned(document)
    assert "margin: planned 0.05, done 0.1" in as_planned(document)


@pytest.mark.parametrize(("arm_a", "arm_b", "key", "outcome"), [
    ("rl/40/1", "rl/80/1", ("rl", 80, "rl", 40), 0.0),
    ("zero_shot", "rl/40/1", ("rl", 40, "zero_shot", None), 0.0),
    ("mock_reward/0/1", "rl/40/1", ("rl", 40, "mock_reward", None), 0.0),
    ("mock_reward/0/1", "zero_shot", ("mock_reward", 0, "zero_shot", None), 1.0),
    ("zero_shot", "mock_reward/0/1", ("mock_reward", 0, "zero_shot", None), 0.0),
])
def test_people_s_judgments_are_of_budgets_only_where_nothing_else_differs(arm_a, arm_b, key, outcome) -> None:
    """Two budgets of one arm answer 'did more labels help?'; every other opponent is one to win against."""
    judgment = Judgment("i", "q", "amber", arm_a, arm_b, 1.0, True)
    ((found, votes),) = votes_of_judgments([judgment]).items()
    assert found == key
    assert votes.outcomes.tolist() == [outcome]


def _texts(novel: list[float]) -> dict[str, np.ndarray]:
    return {"novel_trigrams": np.array(novel), "novel_sentences": np.array(novel)}


def test_what_more_labels_did_to_copying_is_a_paired_difference_on_the_same_queries_and_seeds() -> None:
    measures = {"zero_shot": _texts([1.0, 1.0]), "rl/100/1": _texts([0.9, 0.5]), "rl/100/2": _texts([0.7, np.nan]),
                "rl/400/1": _texts([0.6, 0.2]), "rl/400/2": _texts([0.4, 0.1]), "rl/400/3": _texts([9.0, 9.0]),
                "mock_reward/0/1": _texts([0.3, 0.3]), "online/400/1": _texts([0.3, 0.3])}
    (row,) = growth_rows(measures, confidence=0.95, seed=1)
    assert (row["arm"], row["smallest"], row["largest"]) == ("rl", 100, 400)
    found = row["measures"]["novel_trigrams"]
    assert found["smallest"] == pytest.approx((0.9 + 0.5 + 0.7) / 3)
    assert found["largest"] == pytest.approx((0.6 + 0.2 + 0.4 + 0.1) / 4)
    assert found["mean"] == pytest.approx(-0.3), "the third seed has nothing to be compared with"
    beside = [{"arm": arm, "measures": {key: {"mean": mean} for key in ("novel_trigrams", "novel_sentences")}}
              for arm, mean in (("zero_shot", 0.9), ("rl", 0.5), ("reference", 0.99))]
    assert growth_sentence(row, beside).startswith(
        "rl, from 100 to 400 labels: novel 3-grams went from 70.0% to 32.5%: no interval "
        "(beside it zero-shot 90.0%, reference 99.0%); novel sentences went from")


@pytest.mark.parametrize(("row", "expected"), [
    ({"p_value_gatekept": 0.001}, "worse than supervised (37.0%, 28.4 to 45.6%, p = .001)"),
    # Significant alone, but the test before it was not: the interval leaves one half out, and the reader is told why.
    ({"p_value_gatekept": 0.497}, "not told apart from supervised (37.0%, 28.4 to 45.6%, p = .497 after the tests "
                                  "planned before it, p = .001 alone)"),
    ({"confirmatory": False, "p_value_explored": 0.002},
     "worse than supervised (37.0%, 28.4 to 45.6%, p = .002, exploratory)"),
])
def test_a_verdict_is_that_of_the_planned_tests(row, expected):
    planned = {"baseline": "supervised", "win_rate": 0.37, "ci_low": 0.284, "ci_high": 0.456, "p_value": 0.001,
               "confirmatory": True, "p_value_gatekept": None, "p_value_explored": None}
    assert verdict(planned | row, 0.05) == expected


def test_the_verdict_never_reads_absence_of_evidence_as_evidence() -> None:
    votes = {("rl", 60_000, "rl", 5_000): Votes(np.array([1.0, 0.0] * 10), np.arange(20), np.ones(20, dtype=int))}
    row, = equivalence_rows(votes, margin=0.05, confidence=0.95, judge="simulated")
    assert sentence(row).startswith("Not shown that 5,000 labels were enough")
