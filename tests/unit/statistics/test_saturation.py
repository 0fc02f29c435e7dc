"""The saturating curve against scipy's least squares, and what it says where no ceiling is in sight."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from harness.statistics.saturation import fit_saturation

BUDGETS = np.array([100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0])
ERRORS = np.array([0.004, 0.006, 0.005, 0.004, 0.006, 0.005])


def _curve(labels, a, b, c):
    return a + b * (1 - 2.0 ** (-labels / c))


def test_the_fit_is_scipys_weighted_least_squares() -> None:
    rates = _curve(BUDGETS, 0.5, 0.3, 350.0) + np.array([1, -1, 1, 1, -1, 0.5]) * ERRORS / 2
    found = fit_saturation(BUDGETS, rates, np.diag(ERRORS**2))
    expected, _ = curve_fit(_curve, BUDGETS, rates, p0=(0.5, 0.3, 300.0), sigma=np.sqrt(ERRORS**2 + 1e-6))
    assert found.identified
    # c is searched on a grid whose neighbours differ by less than 2%.
    assert (found.a, found.b, found.c) == pytest.approx(expected, rel=0.02)
    assert found.c_low < found.c < found.c_high
    assert found.statement.startswith(f"half of the gain needs {found.c:.3g} labels")


def test_a_straight_line_has_no_ceiling() -> None:
    found = fit_saturation(BUDGETS, 0.4 + 0.03 * np.log2(BUDGETS), np.diag(ERRORS**2))
    assert (found.identified, found.a, found.b, found.c) == (False, None, None, None)
    assert "straight line" in found.statement


@pytest.mark.parametrize("n", [0, 3])
def test_three_parameters_need_four_budgets(n: int) -> None:
    found = fit_saturation(BUDGETS[:n], np.full(n, 0.6), np.eye(n))
    assert found.statement == f"not identified: its three parameters need four label budgets or more, not {n}"
