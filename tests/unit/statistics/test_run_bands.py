"""A band over runs is of those that are there."""

from harness.statistics.run_bands import band


def test_a_band_is_of_the_runs_that_are_there():
    found = band([([0.0, 2.0], [0.0, 2.0]), ([0.0, 1.0], [2.0, 4.0])], points=5)
    assert found.x == (0.0, 0.5, 1.0, 1.5, 2.0)
    assert found.mean == (1.0, 1.75, 2.5, 1.5, 2.0)
    assert found.low == (0.0, 0.5, 1.0, 1.5, 2.0)
    assert found.high == (2.0, 3.0, 4.0, 1.5, 2.0)
    assert found.n_runs == (2, 2, 2, 1, 1)
    assert band([]) is None
