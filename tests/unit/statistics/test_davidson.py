"""Davidson's model of ties against its likelihood written out, and what it says where it cannot answer."""

import numpy as np
import pytest
from scipy.optimize import minimize

from harness.statistics.bradley_terry import fit_bradley_terry
from harness.statistics.davidson import fit_davidson
from tests.unit.statistics.paired_judgments import paired_judgments


def test_davidson_maximises_the_likelihood_written_out() -> None:
    left, right, outcomes, *_ = paired_judgments(800, seed=2)
    model = fit_davidson(left, right, outcomes, baseline="a")

    def negative_log_likelihood(theta):
        strength = {"a": 0.0, "b": theta[0], "c": theta[1], "d": theta[2]}
        total = 0.0
        for x, y, outcome in zip(left, right, outcomes, strict=True):
            win = np.exp(strength[x] + theta[3])
            lose = np.exp(strength[y] - theta[3])
            tie = np.exp(theta[4]) * np.sqrt(np.exp(strength[x] + strength[y]))
            total += np.log({1.0: win, 0.5: tie, 0.0: lose}[outcome] / (win + tie + lose))
        return -total

    best = minimize(negative_log_likelihood, np.zeros(5), method="BFGS")
    found = [s.log_strength for s in model.strengths[1:]] + [model.side.estimate, np.log(model.nu)]
    assert found == pytest.approx(best.x, abs=2e-3)
    assert negative_log_likelihood(found) <= best.fun + 1e-6


def test_davidson_without_ties_is_bradley_terry() -> None:
    left, right, outcomes, *_ = paired_judgments(600, seed=3)
    decisive = outcomes != 0.5
    ties = fit_davidson(left[decisive], right[decisive], outcomes[decisive], baseline="a", side=False)
    plain = fit_bradley_terry(left[decisive], right[decisive], outcomes[decisive], baseline="a", side=False)
    assert ties.nu is None
    assert "no judgment is a tie" in ties.nu_why_undefined
    found = [s.log_strength for s in ties.strengths]
    assert found == pytest.approx([s.log_strength for s in plain.strengths])


def test_two_equal_arms_with_ties_have_the_nu_of_their_counts() -> None:
    # P(tie) / P(win) = nu for equals: 10 ties against 5 wins each.
    model = fit_davidson(["a"] * 20, ["b"] * 20, [1] * 5 + [0.5] * 10 + [0] * 5, side=False)
    assert model.nu == pytest.approx(2.0)
    assert model.nu_why_undefined is None


def test_nu_says_why_it_is_undefined() -> None:
    for outcome, why in ((0.5, "every judgment is a tie"), (1.0, "no judgment is a tie")):
        model = fit_davidson(["a", "b"] * 4, ["b", "a"] * 4, [outcome] * 8)
        assert model.nu is None
        assert why in model.nu_why_undefined
