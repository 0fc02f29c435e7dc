"""Intervals and tests of one proportion, against published tables and by hand."""

import pytest

from harness.statistics.proportion import binomial_p_value, wilson


@pytest.mark.parametrize(("count", "n", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)])
def test_wilson_intervals_of_newcombe_1998(count: int, n: int, low: float, high: float) -> None:
    interval = wilson(count, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_the_exact_p_value_adds_up_both_tails() -> None:
    # Of ten fair coins: P(0, 1, 2, 8, 9 or 10 heads) = 2 (1 + 10 + 45) / 1024.
    assert binomial_p_value(8, 10) == pytest.approx(112 / 1024)
    assert binomial_p_value(0, 0) is None


def test_no_trial_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least one trial"):
        wilson(0, 0)
