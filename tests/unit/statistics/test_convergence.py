"""When a PPO run counts as at rest."""

import numpy as np
import pytest

from harness.statistics.convergence import convergence


def of(kl, coefficients=None, **settings):
    given = {"target": 6.0, "horizon": 2000, "episodes": 20_000} | settings
    return convergence(kl, coefficients or [0.1] * len(kl), **given)


def test_at_the_target_it_is_at_rest_whatever_the_coefficient_does():
    found = of([1.0] * 90 + [5.9, 6.1] * 5, [0.1] * 90 + [0.2 * 1.1**n for n in range(10)])
    assert found.converged
    assert (found.kl, found.kl_off_target) == (pytest.approx(6.0), pytest.approx(0.0))
    assert found.coefficient_moved == pytest.approx(1.1**9 - 1)


def test_a_coefficient_at_rest_counts_only_where_it_could_have_moved():
    # A tenth of 20,000 episodes could move it by 0.2·2,000/2,000 = 20%; of 5,120 by 5%, so that rest would say nothing.
    assert of([7.0] * 100).converged
    assert not of([7.0] * 100, episodes=5120).converged
    assert not of([7.0] * 100, [0.1] * 90 + [0.1 * 1.03**n for n in range(10)]).converged


def test_without_a_target_the_kl_must_have_stopped():
    assert of([float(n) for n in range(80)] + [80.0] * 20, target=None).converged
    assert not of([float(n) for n in range(100)], target=None).converged


def test_one_batch_is_no_run():
    with pytest.raises(ValueError, match="no run"):
        of([1.0])


def test_a_policy_that_never_left_its_reference_is_at_rest():
    assert of([0.0] * 20, target=None).converged
    # A last tenth at 0.01 after one at nothing is off by ten times the least that counts, 0.001.
    assert of([0.0] * 18 + [0.01] * 2, target=None).kl_off_target == pytest.approx(10)


def test_what_may_be_sampling_error_is_not_held_against_a_run():
    rng = np.random.default_rng(0)
    at_target = [of(rng.normal(6, 0.75, 192).tolist(), horizon=200_000).converged for _ in range(400)]
    far = [of(rng.normal(6.8, 0.75, 192).tolist(), horizon=200_000).converged for _ in range(400)]
    assert np.mean(at_target) > 0.99
    assert np.mean(far) < 0.25
    assert not of([6.8] * 192, horizon=200_000).converged
