"""A mean over runs has Student's interval."""

import numpy as np
import pytest
from scipy import stats

from harness.statistics.run_mean import t_interval


def test_it_is_scipy_s():
    values = np.array([0.5, 0.7, 0.4, 0.9])
    expected = stats.t.interval(0.9, 3, loc=values.mean(), scale=stats.sem(values))
    assert t_interval(values, 0.9) == pytest.approx(expected)


def test_one_run_has_none():
    assert t_interval(np.array([0.5])) == (None, None)
