"""Generalised advantages on an environment whose values are known in closed form."""

import pytest
import torch

from harness.algorithms.advantages import gae

STEPS, GAMMA, PRIZE = 40, 0.9, 2.0


def corridor():
    """A corridor of STEPS rooms with the prize at the end: its value t rooms in is γ^(steps left − 1)·prize."""
    rewards = torch.zeros(1, STEPS, dtype=torch.float64)
    rewards[0, -1] = PRIZE
    left = torch.arange(STEPS - 1, -1, -1, dtype=torch.float64)
    return rewards, (PRIZE * GAMMA**left)[None]


@pytest.mark.parametrize("lam", [0.0, 0.5, 0.95, 1.0])
def test_true_values_leave_no_advantage(lam):
    rewards, true_values = corridor()
    result = gae(rewards, true_values, gamma=GAMMA, lam=lam)
    torch.testing.assert_close(result.advantages, torch.zeros_like(rewards))
    torch.testing.assert_close(result.returns, true_values)


def test_without_values_returns_are_the_discounted_prize():
    rewards, true_values = corridor()
    result = gae(rewards, torch.zeros_like(rewards), gamma=GAMMA, lam=1.0)
    torch.testing.assert_close(result.returns, true_values)


@pytest.mark.parametrize("lam", [0.0, 0.7, 0.95, 1.0])
def test_a_constant_error_of_the_values_decays_as_the_geometric_series_says(lam):
    """With V = V* + c, δ = −c·(1 − γ) inside and −c at the end: the sum is known in closed form."""
    rewards, true_values = corridor()
    error = 0.3
    advantages = gae(rewards, true_values + error, gamma=GAMMA, lam=lam).advantages[0]
    for t in range(STEPS):
        n = STEPS - 1 - t
        decay = GAMMA * lam
        inside = (1 - decay**n) / (1 - decay)
        assert advantages[t].item() == pytest.approx(-error * (1 - GAMMA) * inside - error * decay**n)


def test_one_step_episodes_have_the_reward_less_the_value():
    result = gae(torch.tensor([[2.0], [5.0]]), torch.tensor([[0.5], [7.0]]), gamma=0.9, lam=0.95)
    assert result.advantages.tolist() == [[1.5], [-2.0]]
    assert result.returns.tolist() == [[2.0], [5.0]]
