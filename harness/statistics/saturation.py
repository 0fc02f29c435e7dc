"""Fits a curve of win rate against labels that levels off at a ceiling.

W(L) = a + b(1 - 2^(-L/c)), with c only where the budgets identify it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.statistics.clustered import FloatArray

_REACH = 16.0
"""c is searched from the least budget / 16 to 16 times the largest; at an end it is not identified."""


@dataclass(frozen=True)
class SaturatingFit:
    """W(L) = a + b(1 - 2^(-L / c)).

    identified: whether the budgets determine c; where they do not, all figures are None. a: W without labels. b: what
    labels add, up to the ceiling a + b. c: labels for half of the gain. c_low, c_high: its 95% profile interval.
    statement: the finding in words, or why there is none.
    """

    identified: bool
    a: float | None
    b: float | None
    c: float | None
    c_low: float | None
    c_high: float | None
    statement: str


def fit_saturation(budgets: FloatArray, rates: FloatArray, covariance: FloatArray | None, *,
                   degrees_of_freedom: float | None = None) -> SaturatingFit:
    """Generalised least squares of k win rates (k,) with covariance (k, k), profiled over c.

    degrees_of_freedom: of the covariance, where it was estimated from few runs; None for many.
    Four budgets or more: three parameters leave nothing to judge the fit by otherwise.
    """
    if len(budgets) < 4 or covariance is None:
        return _not_identified(f"its three parameters need four label budgets or more, not {len(budgets)}")
    from scipy import special

    # A budget that won every item has no measured variance; half a vote of doubt keeps the matrix regular.
    precision = np.linalg.inv(covariance + 1e-6 * np.eye(len(budgets))).astype(np.float64)
    grid = np.geomspace(budgets.min() / _REACH, budgets.max() * _REACH, 801)
    profile = np.array([_fit_at(c, budgets, rates, precision)[0] for c in grid])
    # How far a profile may rise inside a 95% interval: chi-squared with one degree of freedom, or F.
    freedom = np.inf if degrees_of_freedom is None else degrees_of_freedom
    rise = float(special.stdtrit(freedom, 0.975)) ** 2
    straight, _ = _least_squares(np.column_stack([np.ones(len(budgets)), np.log2(budgets)]), rates, precision)
    if straight <= profile.min() + rise:
        return _not_identified("a straight line over log2(labels) fits as well; no ceiling is in sight")
    inside = np.flatnonzero(profile <= profile.min() + rise)
    if inside[0] == 0 or inside[-1] == len(grid) - 1:
        return _not_identified("the data fit as well with a half-gain budget far outside the budgets tried")
    c = float(grid[profile.argmin()])
    _, (a, b) = _fit_at(c, budgets, rates, precision)
    low, high = float(grid[inside[0]]), float(grid[inside[-1]])
    statement = f"half of the gain needs {c:.3g} labels (95% profile interval {low:.3g} to {high:.3g})"
    return SaturatingFit(True, float(a), float(b), c, low, high, statement)


def _fit_at(c: float, budgets: FloatArray, rates: FloatArray,
            precision: FloatArray) -> tuple[float, FloatArray]:
    """The least weighted square sum at this c, and (a, b) there."""
    design = np.column_stack([np.ones(len(budgets)), 1 - 2.0 ** (-budgets / c)])
    return _least_squares(design, rates, precision)


def _least_squares(design: FloatArray, rates: FloatArray, precision: FloatArray) -> tuple[float, FloatArray]:
    # pinv: at the ends of the grid the two columns are the same.
    coefficients = np.linalg.pinv(design.T @ precision @ design) @ (design.T @ precision @ rates)
    residuals = rates - design @ coefficients
    return float(residuals @ precision @ residuals), coefficients


def _not_identified(why: str) -> SaturatingFit:
    return SaturatingFit(False, None, None, None, None, None, f"not identified: {why}")
