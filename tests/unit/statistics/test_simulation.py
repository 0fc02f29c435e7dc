"""Simulated judgments have the win rate, the ties and the raters that their design names."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from harness.statistics.simulation import Design, simulate_judgments


def test_the_intercept_makes_the_win_rate_on_average() -> None:
    design = Design(win_rate=0.7, n_items=1, item_sd=1.2, rater_sd=0.5)
    b, spread = design.intercept(), np.hypot(1.2, 0.5)
    average, _ = quad(lambda effect: norm.pdf(effect, scale=spread) / (1 + np.exp(-(b + effect))), -20, 20)
    assert average == pytest.approx(0.7, abs=1e-5)


def test_simulated_outcomes_have_the_win_rate_and_the_ties() -> None:
    design = Design(win_rate=0.6, n_items=40_000, n_raters=400, tie_rate=0.2)
    outcomes = simulate_judgments(design, np.random.default_rng(0)).outcomes
    assert np.mean(outcomes == 0.5) == pytest.approx(0.2, abs=0.005)
    assert outcomes.mean() == pytest.approx(0.6, abs=0.01)


def test_each_item_has_different_raters_who_judge_equally_much() -> None:
    judged = simulate_judgments(Design(win_rate=0.5, n_items=120), np.random.default_rng(1))
    cells = set(zip(judged.items.tolist(), judged.raters.tolist(), strict=True))
    assert len(cells) == len(judged.items) == 360
    assert np.bincount(judged.raters).tolist() == [30] * 12
    assert np.bincount(judged.items).tolist() == [3] * 120


@pytest.mark.parametrize(("changed", "problem"), [
    ({"win_rate": 1.0}, "win_rate"), ({"raters_per_item": 13}, "raters_per_item"), ({"tie_rate": 1.0}, "tie_rate"),
    ({"item_sd": 11.0}, "item_sd"), ({"win_rate": 0.9, "tie_rate": 0.5}, "cannot be with 50% ties")])
def test_a_design_that_cannot_be_is_refused(changed, problem) -> None:
    with pytest.raises(ValueError, match=problem):
        Design(**({"win_rate": 0.5, "n_items": 10} | changed))
