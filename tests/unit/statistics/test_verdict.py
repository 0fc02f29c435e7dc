"""Three verdicts: which budgets are asked, how often they are wrong, and that no two of them contradict."""

from dataclasses import replace

import numpy as np
import pytest

from harness.statistics.run_simulation import RunDesign, simulate_budgets
from harness.statistics.runs import rate_over_runs
from harness.statistics.verdict import budget_verdicts, smallest_enough

STUDY = RunDesign(win_rate=0.5, n_runs=4, n_queries=200)


def _rates(win_rates, rng, design=STUDY):
    found = simulate_budgets(win_rates, design, rng)
    return {budget: rate_over_runs(judged.outcomes, queries=judged.queries, runs=judged.runs, opponent_runs=judged.runs)
            for budget, judged in found.items()}


def _verdicts(win_rates, *, seed=0, design=STUDY, **other):
    return budget_verdicts(_rates(win_rates, np.random.default_rng(seed), design), margin=0.05, **other)


PLAIN = replace(STUDY, n_runs=8, n_queries=400, run_sd=0.05)
"""A study that decides."""


def test_budgets_are_asked_from_the_largest_down() -> None:
    enough = _verdicts({1000: 0.45, 4000: 0.42, 2000: 0.45}, design=PLAIN)
    assert [(each.label_budget, each.verdict) for each in enough] == [
        (4000, "enough"), (2000, "enough"), (1000, "enough")]
    assert smallest_enough(enough) == 1000
    broken = _verdicts({1000: 0.45, 4000: 0.42, 2000: 0.7}, design=PLAIN)
    assert [each.verdict for each in broken] == ["enough", "not enough", "not decided"]
    assert broken[2].why_not_decided == "2,000 labels were not shown to be enough, so fewer are not asked about"
    assert smallest_enough(broken) == 4000
    # Its own test is passed: it waits for the larger budget, not for runs of its own.
    assert broken[2].more_runs is None


def test_what_is_not_decided_says_why_and_how_many_runs_would_decide() -> None:
    only, = _verdicts({1000: 0.5}, design=replace(STUDY, n_queries=2000, n_runs=3), seed=1)
    assert only.verdict == "not decided"
    assert only.why_not_decided == "the largest budget may be better by more than 5 points"
    assert only.more_runs.n_runs > 3
    assert smallest_enough([only]) is None


def test_one_run_decides_nothing_however_clear_it_looks() -> None:
    only, = _verdicts({1000: 0.1}, design=replace(PLAIN, n_runs=1))
    assert (only.verdict, only.more_runs) == ("not decided", None)
    assert only.why_not_decided == "about these policies only: one training run: nothing is known of another one"
    assert only.these_runs.p_a_not_better < 0.001


def test_a_budget_that_cannot_be_compared_is_not_decided_and_stops_the_chain() -> None:
    found = _verdicts({1000: 0.45, 4000: 0.9}, design=PLAIN, not_comparable={4000: "run 2 had not converged"})
    assert [each.why_not_decided for each in found] == [
        "run 2 had not converged", "4,000 labels were not shown to be enough, so fewer are not asked about"]
    assert found[0].more_runs is None


def test_enough_never_contradicts_better_by_more_than_the_margin() -> None:
    rng = np.random.default_rng(5)
    for _ in range(25):
        truth = rng.uniform(0.4, 0.7, 3)
        for each in budget_verdicts(_rates(dict(zip((1, 2, 3), truth, strict=True)), rng,
                                           replace(STUDY, n_queries=50)), margin=0.05):
            if each.verdict == "enough":
                assert each.test.upper_bound < 0.55
                assert each.these_runs.verdict != "better by more than the margin"
            if each.verdict == "not enough":
                assert each.rate.ci_low > 0.55


def test_more_budgets_do_not_make_not_enough_easier() -> None:
    """At the margin, five budgets: any 'not enough' is as rare as with one (Holm)."""
    rng, design = np.random.default_rng(6), replace(STUDY, n_queries=60)
    wrong = sum(any(each.verdict == "not enough" for each in budget_verdicts(
        _rates(dict.fromkeys(range(1, 6), 0.55), rng, design), margin=0.05)) for _ in range(100))
    # 5% of 100 studies and two standard errors.
    assert wrong <= 9


@pytest.mark.parametrize(("small", "wrong_verdict"), [(0.5, "not enough"), (0.6, "enough")])
def test_error_rates_of_two_hundred_studies(small, wrong_verdict) -> None:
    """Budgets that do not matter are called too small, or one that is ten points worse enough, in at most 5%."""
    rng, studies = np.random.default_rng(8), 200
    found = [budget_verdicts(_rates({5000: small, 2500: small}, rng), margin=0.05) for _ in range(studies)]
    assert sum(any(each.verdict == wrong_verdict for each in verdicts) for verdicts in found) <= 0.05 * studies
