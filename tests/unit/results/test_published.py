"""The paper's figures stand beside a study's own where both measure the same thing, and nowhere else."""

import pytest

from harness.results.published import beside_the_paper, paper_task
from harness.study.loading import load_study
from tests.e2e.runs import ROOT
from tests.result_records import arm_measures, equivalence_row, rate, results_of, text_row, win_rate_row


def _study(name, *overrides):
    return load_study(ROOT / "studies" / f"{name}.yaml", overrides)


def _rate(budget, win_rate, **changes):
    return win_rate_row(label_budget=budget, found=rate(win_rate), **changes)


@pytest.mark.parametrize(("study", "overrides", "task"), [
    ("paper/sentiment", (), "sentiment"), ("paper/descriptiveness", ("preset=released",), "descriptiveness"),
    ("paper/tldr", (), "tldr"), ("paper/cnndm", ("preset=released",), "cnndm"), ("label_budget", (), "sentiment"),
    ("smart_copier", (), "cnndm"),
])
def test_every_study_knows_which_of_the_papers_tasks_it_is(study, overrides, task):
    assert paper_task(_study(study, *overrides)) == task


def test_a_win_rate_stands_beside_the_papers_at_the_same_labels_and_baseline():
    results = results_of(win_rates=[_rate(5000, 0.8), _rate(20000, 0.9), _rate(5000, 0.4, baseline="reference"),
                                    _rate(4992, 0.7, judge="human")])
    rows = beside_the_paper(_study("paper/sentiment"), results)
    assert [(row.paper, row.ours, row.labels, row.judge) for row in rows] == [
        (88, pytest.approx(80), 5000, "simulated"), (88, pytest.approx(70), 4992, "human")]


def test_a_comparison_of_budgets_is_turned_to_the_papers_side():
    """The paper: 5k wins 48% against 20k. Ours: 20k wins 55% against 5k, so 5k wins 45%."""
    results = results_of(equivalence=[equivalence_row(20000, 5000, 0.55), equivalence_row(20000, 2500, 0.6)])
    (row,) = beside_the_paper(_study("paper/sentiment"), results)
    assert (row.paper, row.ours) == (48, pytest.approx(45))
    results = results_of(equivalence=[equivalence_row(60000, 30000, 0.55)])
    (row,) = beside_the_paper(_study("paper/tldr"), results)
    assert (row.paper, row.ours) == (40, pytest.approx(55))


def test_a_comparison_with_the_mock_reward_stands_beside_the_papers():
    policies = "policies=[{arm: rl}, {arm: bound, reward: gold}]"
    results = results_of(win_rates=[_rate(budget, 0.3, baseline="bound") for budget in (5000, 20000)])
    (row,) = beside_the_paper(_study("paper/sentiment", policies), results)
    assert (row.measure, row.paper, row.ours) == ("wins against the mock reward's policy", 77, pytest.approx(30))
    assert beside_the_paper(_study("paper/descriptiveness", policies), results) == []


def test_rouge_and_copying_are_means_over_seeds_at_the_papers_budget():
    arms = [arm_measures("lead", rouge=0.4), arm_measures("rl", 60000, 1, novel=0.2),
            arm_measures("rl", 60000, 2, novel=0.4), arm_measures("rl", 15000, 1, novel=0.9)]
    texts = [text_row("rl", 60000, opens_alike=0.5)]
    rows = {(row.measure, row.arm): (row.paper, row.ours) for row in
            beside_the_paper(_study("paper/cnndm"), results_of(arms=arms, texts=texts))}
    assert rows["novel sentences", "rl"] == (2.5, pytest.approx(30))
    assert rows["ROUGE-1", "lead"] == (40.379, pytest.approx(40))
    assert ("novel sentences", "lead") not in rows, "the paper gives none"
    assert rows["opens with the source's first three words", "rl"] == (77.6, pytest.approx(50))
    assert ("opens with the source's first three words, where it has a preamble", "rl") not in rows


def test_texts_of_ones_own_have_nothing_published():
    study = _study("paper/tldr", "task.source={kind: jsonl, path: a, reference_key: b}")
    assert paper_task(study) is None
    assert beside_the_paper(study, results_of(arms=[arm_measures("lead")])) == []
