"""Bradley-Terry against statsmodels and Agresti's tables, and what it says where it cannot answer."""

import numpy as np
import pytest
import statsmodels.api as sm

from harness.statistics.bradley_terry import fit_bradley_terry
from tests.unit.statistics.baseball import baseball
from tests.unit.statistics.paired_judgments import paired_judgments


def _dense(left, right, length):
    columns = [(left == arm).astype(float) - (right == arm) for arm in "bcd"]
    return np.column_stack([*columns, np.ones(len(left)), length / length.std()])


def test_estimates_and_errors_are_statsmodels_glm() -> None:
    left, right, outcomes, length, _, _ = paired_judgments(1500)
    model = fit_bradley_terry(left, right, outcomes, baseline="a", covariates={"length": length})
    fit = sm.GLM(outcomes, _dense(left, right, length), family=sm.families.Binomial()).fit()
    found = [s.log_strength for s in model.strengths[1:]]
    found += [model.side.estimate, model.covariates["length"].estimate]
    errors = [s.standard_error for s in model.strengths[1:]] + [model.side.standard_error]
    assert found == pytest.approx(fit.params, abs=1e-8)
    assert errors == pytest.approx(fit.bse[:4], rel=1e-6)


def test_two_way_clustered_errors_are_statsmodels() -> None:
    left, right, outcomes, length, items, raters = paired_judgments(1500, seed=1)
    model = fit_bradley_terry(left, right, outcomes, baseline="a", covariates={"length": length}, items=items,
                              raters=raters)
    fit = sm.GLM(outcomes, _dense(left, right, length), family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": np.column_stack([items, raters]), "use_correction": False})
    assert [s.standard_error for s in model.strengths[1:]] == pytest.approx(fit.bse[:3], rel=1e-5)


def test_strengths_of_agrestis_baseball() -> None:
    home, away, won = baseball()
    model = fit_bradley_terry(home, away, won, baseline="BAL", side=False)
    found = {strength.arm: strength.log_strength for strength in model.strengths}
    expected = {"MIL": 1.5814, "DET": 1.4364, "TOR": 1.2945, "NY": 1.2476, "BOS": 1.1077, "CLE": 0.6839}
    assert found == pytest.approx(expected | {"BAL": 0.0}, abs=5e-5)


def test_home_advantage_of_agrestis_baseball() -> None:
    home, away, won = baseball()
    model = fit_bradley_terry(home, away, won, baseline="BAL")
    # Agresti's table with a home effect.
    assert (model.side.estimate, model.side.standard_error) == pytest.approx((0.3023, 0.1309), abs=5e-5)


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


def test_a_covariate_that_tells_every_winner_leaves_every_strength_undefined() -> None:
    # The longer text won always, whoever wrote it: no finite coefficient fits that.
    outcomes = np.array([1.0, 1.0, 0.0, 0.0] * 5)
    model = fit_bradley_terry(["a", "b"] * 10, ["b", "a"] * 10, outcomes, covariates={"length": outcomes - 0.5})
    assert {strength.why_undefined for strength in model.strengths} == {"the fit did not converge"}
    assert (model.side, model.covariates) == (None, {})
