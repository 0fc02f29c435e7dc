"""Adjusted p values by hand."""

import pytest

from harness.statistics.multiplicity import benjamini_hochberg, gatekeeping, holm

P_VALUES = [0.01, 0.04, 0.03, 0.005]


def test_holm_multiplies_by_the_hypotheses_that_are_left() -> None:
    assert holm(P_VALUES) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_benjamini_hochberg_multiplies_by_n_over_the_rank() -> None:
    assert benjamini_hochberg(P_VALUES) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_an_undefined_p_value_does_not_count() -> None:
    assert holm([0.01, None, 0.04]) == [pytest.approx(0.02), None, pytest.approx(0.04)]


def test_nothing_behind_a_closed_gate_is_smaller_than_the_gates_own_p() -> None:
    assert gatekeeping([0.01, 0.2], [0.001]) == ([0.01, 0.2], [0.2])
    assert gatekeeping([0.01, None], [0.001]) == ([0.01, None], [None])
