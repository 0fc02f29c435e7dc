"""The labeler's ceiling against choices that were drawn, and a power law that holds exactly."""

import numpy as np
import pytest

from harness.labels.simulated import choose_best
from harness.statistics.learning_curve import ceiling, fit_power_law


def test_the_ceiling_is_what_drawn_choices_come_to():
    scores = np.random.default_rng(1).normal(size=(20_000, 4))
    found = ceiling(scores, noise=0.5, lapse_rate=0.1)
    first, second = (choose_best(scores, noise=0.5, lapse_rate=0.1, seed=seed, numbers=range(len(scores)))
                     for seed in (1, 2))
    assert found.accuracy == pytest.approx((first == scores.argmax(axis=1)).mean(), abs=0.01)
    assert found.self_agreement == pytest.approx((first == second).mean(), abs=0.01)
    weights = np.exp(scores / 0.5)
    chances = 0.025 + 0.9 * weights / weights.sum(axis=1, keepdims=True)
    assert found.log_loss == pytest.approx(-np.log(chances[np.arange(len(first)), first]).mean(), abs=0.02)


def test_a_labeler_without_noise_is_its_own_ceiling():
    found = ceiling(np.array([[0.0, 1.0, 2.0, 2.0]]), noise=0.0, lapse_rate=0.0)
    assert (found.accuracy, found.log_loss, found.self_agreement) == (1.0, 0.0, 1.0)


def test_a_power_law_comes_back_with_what_the_next_doubling_buys():
    runs = {seed: [(labels, 0.9 - scale * labels**-0.5) for labels in (100, 400, 1600)]
            for seed, scale in ((1, 2.0), (2, 2.0))}
    found = fit_power_law(runs, ceiling=0.9)
    assert (found.exponent, found.scale) == (pytest.approx(0.5), pytest.approx(2.0))
    assert found.next_doubling == pytest.approx(2.0 * (1600**-0.5 - 3200**-0.5))
    assert (found.exponent_low, found.exponent_high) == (pytest.approx(0.5), pytest.approx(0.5))
    assert (found.next_doubling_low, found.next_doubling_high) == (pytest.approx(found.next_doubling),) * 2


def test_a_run_at_its_ceiling_has_no_gap_to_fit():
    found = fit_power_law({1: [(100, 0.95), (200, 0.8)]}, ceiling=0.9)
    assert found.exponent is None and found.why_undefined
