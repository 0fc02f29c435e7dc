"""Chances against what comes true."""

import numpy as np
import pytest

from harness.statistics.calibration import calibration


def test_chances_that_come_true_as_often_as_said_have_hardly_any_error():
    rng = np.random.default_rng(1)
    chances = rng.dirichlet(np.ones(4), size=50_000)
    chosen = (chances.cumsum(axis=1) < rng.random((len(chances), 1))).sum(axis=1)
    found = calibration(chances, chosen)
    assert found.error < 0.01
    assert found.confidence == pytest.approx((chances.argmax(axis=1) == chosen).mean(), abs=0.01)


def test_the_error_is_the_gap_of_each_bin_by_its_share():
    # Bin .9: 2 of 4 right; bin .6: 3 of 4 right.
    chances = np.array([[0.95, 0.05]] * 4 + [[0.65, 0.35]] * 4)
    found = calibration(chances, np.array([0, 0, 1, 1, 0, 0, 0, 1]))
    assert found.confidence == pytest.approx(0.8)
    assert found.error == pytest.approx(0.5 * (0.95 - 0.5) + 0.5 * (0.75 - 0.65))


def test_a_model_that_is_sure_and_right_has_none():
    assert calibration(np.eye(3), np.arange(3)).error == 0
