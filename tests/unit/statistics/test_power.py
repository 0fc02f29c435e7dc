"""Numbers of items by formula against published tables, and simulated power against the formula."""

import numpy as np
import pytest

from harness.statistics.power import (
    items_for_equivalence,
    items_for_non_inferiority,
    items_for_win_rate,
    power_curve,
)
from harness.statistics.simulation import Design


def test_decisive_items_for_a_win_rate() -> None:
    assert [items_for_win_rate(rate) for rate in (0.55, 0.60, 0.65)] == [783, 194, 85]
    assert items_for_equivalence(0.05, power=0.9) == 1082
    assert items_for_non_inferiority(0.5, 0.05, power=0.9) < 1082
    with pytest.raises(ValueError, match=r"0\.5"):
        items_for_win_rate(0.5)


def test_simulated_power_of_independent_votes_reaches_what_the_formula_promises() -> None:
    design = Design(win_rate=0.6, n_items=1, raters_per_item=1, n_raters=200, item_sd=0, rater_sd=0)
    few, enough = power_curve(design, [items_for_win_rate(0.6) // 4, items_for_win_rate(0.6)],
                              np.random.default_rng(0), simulations=300)
    # Three standard errors of 300 studies.
    assert enough.different == pytest.approx(0.8, abs=0.07)
    assert few.different < 0.4
    assert few.width == pytest.approx(2 * enough.width, rel=0.05)
