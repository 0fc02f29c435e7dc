"""Evidence that holds at every look, and the boundaries of planned looks, against published constants."""

import numpy as np
import pytest
from scipy.special import comb

from harness.statistics.sequential import by_arrival, crossing_probability, e_process, obrien_fleming


def test_uniform_mixture_e_value_of_eight_in_ten() -> None:
    # 2^n / ((n + 1) C(n, wins)).
    assert e_process([1] * 8 + [0] * 2).value == pytest.approx(2**10 / (11 * comb(10, 8)))


def test_e_process_under_the_null_rarely_reaches_twenty_however_often_one_looks() -> None:
    rng = np.random.default_rng(2)
    rejected = [e_process(rng.integers(2, size=300)).rejected_at(0.05) is not None for _ in range(400)]
    # Ville: at most 5%, whatever the stopping rule.
    assert np.mean(rejected) <= 0.05
    assert e_process(np.ones(20)).rejected_at(0.05) is not None
    assert e_process(np.full(50, 0.5)).value == pytest.approx(1.0)


def test_each_cluster_counts_by_its_first_judgment_in_the_order_of_arrival() -> None:
    outcomes, clusters = np.array([1.0, 0.0, 0.5, 1.0]), np.array(["p", "q", "p", "r"], dtype=object)
    # q came first (at 1), then p's second row (at 2), then r (at 3).
    assert by_arrival(outcomes, clusters, np.array([4.0, 1.0, 2.0, 3.0])).tolist() == [0.0, 0.5, 1.0]
    # One time is unknown: the file's order.
    assert by_arrival(outcomes, clusters, np.array([4.0, -np.inf, 2.0, 3.0])).tolist() == [1.0, 0.0, 1.0]


def test_five_naive_looks_cost_a_seventh() -> None:
    assert crossing_probability([1.959964] * 5) == pytest.approx(0.142, abs=5e-4)


def test_obrien_fleming_and_pocock_constants() -> None:
    # Jennison and Turnbull 2000, tables 2.1 and 2.3: 2.040 and 2.413 for five looks.
    assert obrien_fleming(5)[-1] == pytest.approx(2.040, abs=5e-4)
    assert crossing_probability([2.413] * 5) == pytest.approx(0.05, abs=5e-4)
