"""Numbers on a page: a real minus sign, and none before a zero."""

import pytest

from harness.reporting.page import number, signed


@pytest.mark.parametrize(("value", "plain", "with_sign"), [
    (0.123, "0.12", "+0.12"), (-0.123, "−0.12", "−0.12"), (-0.001, "0.00", "0.00"), (0.0, "0.00", "0.00"),
    (-10.0, "−10.00", "−10.00"), (None, "undefined", "undefined")])
def test_a_number_has_a_minus_sign_only_where_it_is_less_than_nothing(value, plain, with_sign):
    assert (number(value, 2), signed(value, 2)) == (plain, with_sign)
