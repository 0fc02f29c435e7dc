"""The growth of the win rate with the label budget, on curves that are known."""

import numpy as np
import pytest

from harness.statistics.dose_response import dose_response


def _curve(budgets, chances, n=400, seed=0):
    rng = np.random.default_rng(seed)
    outcomes = np.concatenate([(rng.random(n) < chance).astype(float) for chance in chances])
    return outcomes, np.repeat(budgets, n), [f"{budget}-{q}" for budget in budgets for q in range(n)]


def test_dose_response_recovers_a_line_on_the_logit() -> None:
    budgets = np.array([125, 500, 2000, 8000])
    chances = 1 / (1 + np.exp(-(0.2 * np.log2(budgets) - 1.8)))
    outcomes, amounts, items = _curve(budgets, chances, n=3000)
    found = dose_response(outcomes, amounts, items=items)
    assert found.slope.ci_low < 0.2 < found.slope.ci_high
    assert found.curvature.p_value > 0.01
    assert not found.saturating.identified
    assert "not identified" in found.saturating.statement


def test_the_slope_of_two_budgets_is_the_difference_of_their_logits() -> None:
    outcomes, amounts, items = _curve([100, 400], [0.5, 0.7])
    found = dose_response(outcomes, amounts, items=items)
    low, high = outcomes[:400].mean(), outcomes[400:].mean()
    # From 100 to 400 labels the budget doubles twice.
    assert found.slope.estimate == pytest.approx((np.log(high / (1 - high)) - np.log(low / (1 - low))) / 2)


def test_dose_response_finds_the_half_gain_where_the_budgets_tell_it() -> None:
    budgets = np.array([100, 200, 400, 800, 1600, 3200])
    outcomes, amounts, items = _curve(budgets, 0.5 + 0.35 * (1 - 2.0 ** (-budgets / 300)), n=4000)
    fit = dose_response(outcomes, amounts, items=items).saturating
    assert fit.identified
    assert fit.c_low < 300 < fit.c_high
    assert fit.a + fit.b == pytest.approx(0.85, abs=0.03)


def test_dose_response_says_what_two_budgets_cannot_tell() -> None:
    outcomes, amounts, items = _curve([100, 400], [0.55, 0.6])
    found = dose_response(outcomes, amounts, items=items)
    assert found.curvature.estimate is None
    assert "2 label budgets" in found.curvature.why_undefined
    assert found.saturating.statement.startswith("not identified")
    outcomes, amounts, items = _curve([100], [0.6])
    assert dose_response(outcomes, amounts, items=items).slope.estimate is None


def test_isotonic_fit_never_falls_and_keeps_the_mean() -> None:
    outcomes, amounts, items = _curve([64, 128, 256, 512], [0.5, 0.65, 0.6, 0.7])
    found = dose_response(outcomes, amounts, items=items)
    fitted = [point.isotonic for point in found.points]
    assert fitted == sorted(fitted)
    assert np.mean(fitted) == pytest.approx(outcomes.mean())
