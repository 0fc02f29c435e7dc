"""Bradley-Terry and Davidson against statsmodels and scipy, and what they say where they cannot answer."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize

from harness.statistics.bradley_terry import fit_bradley_terry
from harness.statistics.davidson import fit_davidson

ARMS = np.array(["a", "b", "c", "d"], dtype=object)
STRENGTH = {"a": 0.0, "b": 0.5, "c": -0.4, "d": 0.9}


def _judgments(n: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    left, right = np.array([rng.choice(4, 2, replace=False) for _ in range(n)]).T
    length = rng.normal(0, 2, n)
    logit = np.array([STRENGTH[ARMS[x]] - STRENGTH[ARMS[y]] for x, y in zip(left, right, strict=True)])
    chance = 1 / (1 + np.exp(-(logit + 0.3 + 0.25 * length)))
    outcomes = np.where(rng.random(n) < 0.15, 0.5, (rng.random(n) < chance).astype(float))
    return ARMS[left], ARMS[right], outcomes, length, rng.integers(n // 3, size=n), rng.integers(15, size=n)


def _dense(left, right, length):
    columns = [(left == arm).astype(float) - (right == arm) for arm in "bcd"]
    return np.column_stack([*columns, np.ones(len(left)), length / length.std()])


def test_estimates_and_errors_are_statsmodels_glm() -> None:
    left, right, outcomes, length, _, _ = _judgments(1500)
    model = fit_bradley_terry(left, right, outcomes, baseline="a", covariates={"length": length})
    fit = sm.GLM(outcomes, _dense(left, right, length), family=sm.families.Binomial()).fit()
    found = [s.log_strength for s in model.strengths[1:]]
    found += [model.side.estimate, model.covariates["length"].estimate]
    errors = [s.standard_error for s in model.strengths[1:]] + [model.side.standard_error]
    assert found == pytest.approx(fit.params, abs=1e-8)
    assert errors == pytest.approx(fit.bse[:4], rel=1e-6)


def test_two_way_clustered_errors_are_statsmodels() -> None:
    left, right, outcomes, length, items, raters = _judgments(1500, seed=1)
    model = fit_bradley_terry(left, right, outcomes, baseline="a", covariates={"length": length}, items=items,
                              raters=raters)
    fit = sm.GLM(outcomes, _dense(left, right, length), family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": np.column_stack([items, raters]), "use_correction": False})
    assert [s.standard_error for s in model.strengths[1:]] == pytest.approx(fit.bse[:3], rel=1e-5)


def test_davidson_maximises_the_likelihood_written_out() -> None:
    left, right, outcomes, *_ = _judgments(800, seed=2)
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
    left, right, outcomes, *_ = _judgments(600, seed=3)
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


def test_length_control_moves_the_win_rate_to_equal_lengths() -> None:
    rng = np.random.default_rng(4)
    swap = rng.random(4000) < 0.5
    # Arm b wins only by being longer.
    longer = np.where(swap, -1.0, 1.0) * rng.normal(1.0, 1.0, 4000)
    outcomes = (rng.random(4000) < 1 / (1 + np.exp(-longer))).astype(float)
    left, right = np.where(swap, "a", "b").astype(object), np.where(swap, "b", "a").astype(object)
    assert fit_bradley_terry(left, right, outcomes).win_rate("b", "a") > 0.65
    controlled = fit_bradley_terry(left, right, outcomes, covariates={"length": longer})
    assert controlled.win_rate("b", "a") == pytest.approx(0.5, abs=0.03)


def test_an_arm_that_won_everything_has_no_finite_strength() -> None:
    model = fit_bradley_terry(["a", "a", "b", "c", "b"], ["b", "c", "c", "b", "c"], [1, 1, 1, 1, 0],
                              baseline="b")
    by_arm = {strength.arm: strength for strength in model.strengths}
    assert by_arm["a"].log_strength is None
    assert "infinite" in by_arm["a"].why_undefined
    assert by_arm["b"].log_strength == 0.0
    assert model.win_rate("a", "b") is None


def test_a_side_that_cannot_be_told_from_the_arm_is_left_out() -> None:
    model = fit_bradley_terry(["a"] * 3, ["b"] * 3, [1, 1, 0])
    assert model.side is None
    assert any("side" in note for note in model.notes)
    assert model.win_rate("a", "b") == pytest.approx(2 / 3)
