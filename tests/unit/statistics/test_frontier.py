"""Scores against √KL: the fits of Gao et al., recovered where they hold exactly."""

import numpy as np
import pytest

from harness.statistics.frontier import fit_gain

D = np.linspace(0.3, 3, 20)


@pytest.mark.parametrize(("form", "gain", "turns"), [
    ("ppo", lambda alpha, beta: D * (alpha - beta * np.log(D)), lambda alpha, beta: np.exp(alpha / beta - 1)),
    ("best_of_n", lambda alpha, beta: D * (alpha - beta * D), lambda alpha, beta: alpha / (2 * beta))])
def test_the_coefficients_come_back_and_the_turn_is_where_the_slope_is_nought(form, gain, turns):
    runs = [(D, gain(alpha, 0.4)) for alpha in (0.9, 1.1)]
    found = fit_gain(runs, form)
    assert (found.alpha, found.beta) == (pytest.approx(1.0), pytest.approx(0.4))
    # Two runs at 0.9 and 1.1: mean 1 ± t(1, .975)·(0.2/√2)/√2 = 12.706·0.1.
    assert (found.alpha_low, found.alpha_high) == (pytest.approx(1 - 1.2706, abs=1e-4), pytest.approx(2.2706, abs=1e-4))
    assert found.turns_at == pytest.approx(turns(1.0, 0.4))


def test_no_turn_where_more_kl_always_helps_and_no_interval_of_one_run():
    found = fit_gain([(D, D)], "ppo")
    assert (found.alpha_low, found.n_runs) == (None, 1)
    assert found.turns_at is None or found.turns_at > 1e6
    assert fit_gain([([1.0], [2.0])], "ppo") is None
