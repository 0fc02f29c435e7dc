"""The KL of best-of-n, against its definition."""

import math

import pytest
from scipy.integrate import quad

from harness.algorithms.kl import best_of_kl


@pytest.mark.parametrize("n", [2, 4, 16, 64])
def test_the_kl_of_best_of_n_is_that_of_the_largest_of_n_uniforms(n):
    """With continuous scores the rank of a sample is uniform on [0, 1], and the best of n has density n·uⁿ⁻¹."""
    def density(u):
        return n * u ** (n - 1)

    integral, _ = quad(lambda u: density(u) * math.log(density(u)) if u > 0 else 0.0, 0, 1)
    assert best_of_kl(n) == pytest.approx(integral, abs=1e-6)
