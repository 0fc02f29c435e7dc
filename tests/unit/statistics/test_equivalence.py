"""Equivalence within a margin: exact figures of published counts, and its agreement with the interval."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from harness.statistics.equivalence import equivalence, equivalence_of_counts
from harness.statistics.simulation import Design, simulate_judgments
from harness.statistics.win_rate import win_rate


def test_the_papers_own_equivalence_claims() -> None:
    sentiment, descriptiveness = (equivalence_of_counts(wins, 1024, margin=0.05) for wins in (492, 481))
    assert sentiment.p_equivalent == pytest.approx(0.027, abs=5e-4)
    assert sentiment.verdict == "equivalent"
    assert descriptiveness.p_equivalent == pytest.approx(0.108, abs=5e-4)
    assert descriptiveness.verdict != "equivalent"


def test_both_one_sided_tests_are_binomial_tails() -> None:
    found = equivalence_of_counts(492, 1024, margin=0.05)
    assert found.p_a_not_better == pytest.approx(binom.cdf(492, 1024, 0.55))
    assert found.p_a_not_worse == pytest.approx(binom.sf(491, 1024, 0.45))


def test_better_by_more_than_the_margin_is_not_easier_to_show_than_different() -> None:
    for n in (30, 100):
        for wins in range(n + 1):
            found = equivalence_of_counts(wins, n, margin=0.05).verdict
            bounds = binomtest(wins, n).proportion_ci(method="exact")
            assert (found == "better by more than the margin") == (bounds.low > 0.55)
            assert (found == "worse by more than the margin") == (bounds.high < 0.45)


def test_equivalence_agrees_with_the_confidence_interval() -> None:
    judged = simulate_judgments(Design(win_rate=0.5, n_items=3000, rater_sd=0.05), np.random.default_rng(5))
    rate = win_rate(judged.outcomes, items=judged.items, raters=judged.raters, confidence=0.90)
    for margin in (0.005, 0.02, 0.05, 0.1):
        result = equivalence(rate, margin=margin)
        # TOST at 5% and the 90% interval inside the margins are the same test.
        assert (result.p_equivalent < 0.05) == (rate.ci_low > 0.5 - margin and rate.ci_high < 0.5 + margin)
