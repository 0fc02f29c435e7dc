"""Scores against √KL: the fits of Gao et al. where they hold exactly; best-of-n and the optimum by counting."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from harness.statistics.frontier import best_of_kl, best_of_n, fit_gain, optimum

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
    assert (found.turns_low, found.turns_high) == (pytest.approx(turns(0.9, 0.4)), pytest.approx(turns(1.1, 0.4)))


def test_no_turn_where_more_kl_always_helps_and_no_interval_of_one_run():
    found = fit_gain([(D, D)], "ppo")
    assert (found.alpha_low, found.turns_low, found.n_runs) == (None, None, 1)
    assert found.turns_at is None
    assert fit_gain([([1.0], [2.0])], "ppo") is None


@pytest.mark.parametrize("n", [2, 4, 16, 64])
def test_the_kl_of_best_of_n_is_that_of_the_largest_of_n_uniforms(n):
    """With continuous scores the rank of a sample is uniform on [0, 1], and the best of n has density n·uⁿ⁻¹."""
    def density(u):
        return n * u ** (n - 1)

    integral, _ = quad(lambda u: density(u) * math.log(density(u)) if u > 0 else 0.0, 0, 1)
    assert best_of_kl(n) == pytest.approx(integral, abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_the_best_of_n_is_the_mean_over_all_ways_to_draw_n(n):
    rewards = np.array([[0.3, 0.1, 0.9, 0.1, -1.0, -1.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    values = np.array([[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], [3.0, 1.0, 4.0, 1.0, 5.0, 9.0]])

    def expected(reward, value):
        """Every order in which n of the samples are drawn; the first of the highest wins, as `argmax` has it."""
        orders = list(itertools.permutations(range(len(reward)), n))
        return sum(value[max(order, key=lambda place: reward[place])] for order in orders) / len(orders)

    assert best_of_n(rewards, values, n) == pytest.approx(np.mean([expected(*pair) for pair in zip(rewards, values,
                                                                                                  strict=True)]))


def test_the_best_of_more_samples_than_there_are_is_refused():
    with pytest.raises(ValueError, match="5 cannot be taken of 4"):
        best_of_n(np.zeros((1, 4)), np.zeros((1, 4)), 5)


@pytest.mark.parametrize("beta", [4.0, 1.0, 0.3])
def test_the_optimum_of_a_one_token_policy_is_that_of_the_closed_form(beta):
    """Samples in the exact proportions of ρ: π*(y) = ρ(y)·exp(r(y)/β)/Z has no sampling error left."""
    start, reward, gold = np.array([8, 4, 2, 1, 1]) / 16, np.array([0.0, 0.5, -1.0, 2.0, 1.0]), np.arange(5.0)
    best = start * np.exp(reward / beta)
    best /= best.sum()
    samples = np.repeat(np.arange(5), [8, 4, 2, 1, 1])
    found = optimum(np.tile(reward[samples], (3, 1)), np.tile(gold[samples], (3, 1)), beta)
    assert found.kl == pytest.approx((best * np.log(best / start)).sum())
    assert found.value == pytest.approx((best * gold).sum())
    assert found.effective_samples == pytest.approx(16 / (best**2 / start).sum())
