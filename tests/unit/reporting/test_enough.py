"""The answer's sentences: which budget was enough, about a way of training, and what would decide the others."""

from dataclasses import replace

import numpy as np

from harness.records import ArmKey, Contrast
from harness.reporting.enough import (
    budget_figure,
    enough_labels,
    more_labels,
    sentence,
    short_answer,
    what_would_decide,
)
from harness.reporting.page import Page
from harness.results.rates import equivalence_rows
from harness.results.votes import Votes
from harness.statistics.more_runs import MoreRuns
from tests.result_records import results_of
from tests.unit.reporting.report_pages import data_of, written


def _of_budgets(larger: int, smaller: int, wins: int, losses: int, runs: int = 6):
    """So many wins and losses in each of the runs, on the same queries, in another order in each."""
    n = wins + losses
    rng = np.random.default_rng(smaller)
    outcomes = np.concatenate([rng.permutation([1.0] * wins + [0.0] * losses) for _ in range(runs)])
    return {Contrast(ArmKey("rl", larger), ArmKey("rl", smaller)): Votes(
        outcomes, np.tile(np.arange(n), runs).astype(object), np.repeat(np.arange(runs), n))}


def _rows(votes, **more):
    return equivalence_rows(votes, margin=0.05, confidence=0.95, judge="simulated", **more)


def _answer(runs: int = 6, at: float | None = None, **smaller: tuple[int, int]) -> list[str]:
    """The answer for a largest budget of 1,000 labels that won so often, and lost so often, over smaller ones."""
    votes = {}
    for budget, counts in smaller.items():
        votes |= _of_budgets(1000, int(budget[1:]), *counts, runs=runs)
    return enough_labels(_rows(votes), at)


def test_the_answer_names_the_smallest_budget_of_an_unbroken_chain() -> None:
    alike, unclear, better = (300, 300), (16, 14), (390, 210)
    said = _answer(b500=alike, b100=alike, b10=better, at=6.0)
    assert said[0].startswith(
        "100 labels were enough: if policies were trained again with 1,000 labels and with 100, those with 1,000 would "
        "on average win at most 55% of comparisons, the limit of 5 points above an even half (measured: 50.0%, 95% "
        "interval ")
    assert "from 6 training runs of each, all at a KL of 6 nats; p < .001 of '55% or more')" in said[0]
    assert said[1].startswith(
        "10 labels were not enough: if policies were trained again with 1,000 labels and with 10, those with 1,000 "
        "would on average win more than 55% of comparisons, the limit of 5 points above an even half (measured: ")
    assert _answer(b500=alike, b100=unclear, b10=alike)[0].startswith("500 labels were enough")
    assert _answer(b500=unclear, b100=alike)[0].startswith("Not decided whether 500 labels were enough against 1,000")


def test_one_run_decides_nothing() -> None:
    (said,) = _answer(b500=(600, 600), runs=1)
    assert said == ("Not decided whether 500 labels were enough: about these policies only: one training run: nothing "
                    "is known of another one.")


def test_what_is_not_comparable_is_not_decided() -> None:
    votes = _of_budgets(1000, 500, 300, 300)
    (row,) = _rows(votes, not_comparable={ArmKey("rl", 500): "2 of 6 runs were not at rest"})
    assert (row.finding, row.why_not_decided) == ("not decided", "2 of 6 runs were not at rest")
    (row,) = _rows(votes, not_comparable={ArmKey("rl", 1000): "why"})
    assert row.finding == "not decided"


def test_undecided_budgets_say_how_many_more_seeds_would_decide() -> None:
    (row,) = _rows(_of_budgets(1000, 500, 54, 46))
    assert row.finding == "not decided"
    said, more = what_would_decide(row), row.more_runs
    expected = f"{more.more} more seeds of 1,000 and 500 would decide" if more.more else "More runs of 1,000 and 500: "
    assert said.startswith(expected)
    (row,) = _rows(_of_budgets(1000, 500, 300, 300))
    assert what_would_decide(row) is None


def test_the_time_of_more_seeds_is_said_where_it_is_known() -> None:
    (row,) = _rows(_of_budgets(1000, 500, 500, 400))
    row = replace(row, more_runs=MoreRuns(10, 4, 0.83, 0.55, None))
    said = [what_would_decide(row, seconds=seconds) for seconds in (None, 44.0, 200.0, 9000.0)]
    assert [each.split(" would decide")[0] for each in said] == [
        f"4 more seeds of 1,000 and 500{time}"
        for time in ("", ", about 40 seconds,", ", about 3 minutes,", ", about 2.5 hours,")]
    assert what_would_decide(replace(row, more_runs=MoreRuns(7, 1, 0.8, 0.55, None))).startswith("1 more seed of")


def test_absence_of_evidence_is_never_read_as_evidence() -> None:
    (row,) = _rows(_of_budgets(60_000, 5_000, 10, 10))
    assert sentence(row).startswith("Not decided whether 5,000 labels were enough")


def test_the_section_tells_the_procedure_from_these_runs() -> None:
    page = written(more_labels, data_of(results=results_of(equivalence=_rows(_of_budgets(1000, 500, 300, 300)))))
    assert "these runs alone" in page and ">enough<" in page


def _votes(**smaller: tuple[int, int]):
    return {contrast: votes for budget, counts in smaller.items()
            for contrast, votes in _of_budgets(1000, int(budget[1:]), *counts).items()}


def test_the_title_says_the_answer_in_a_few_words() -> None:
    alike, unclear, better = (300, 300), (16, 14), (390, 210)
    for smaller, expected in (({"b500": alike, "b100": alike, "b10": better}, "100 labels were enough, 10 were not"),
                              ({"b500": alike, "b100": unclear}, "500 labels were enough"),
                              ({"b500": better, "b100": better}, "500 labels were not enough"),
                              ({"b500": unclear, "b100": alike}, "Not decided whether 500 labels were enough")):
        assert short_answer(_rows(_votes(**smaller))) == expected


def test_the_first_picture_has_the_title_every_run_and_the_verdicts() -> None:
    rows = _rows(_votes(b500=(300, 300), b10=(390, 210)))
    data = data_of(results=results_of(equivalence=rows))
    page = Page("A test")
    budget_figure(page, data)
    (name, figure), = page.figures.items()
    assert name == "enough-rl"
    assert [row[:2] for row in figure.plot.rows].count((10, "run 6")) == 1
    assert [row[-1] for row in figure.plot.rows if row[1] == "all runs"] == ["not enough", "enough"]
    assert ">500 labels were enough, 10 were not<" in page.render()
    assert "one-sided at 95%" in figure.caption
    assert "figure" not in written(budget_figure, data_of()).split("</style>")[1]
