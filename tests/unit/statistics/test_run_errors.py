"""Which judgments depend on each other through runs, and which of two errors an interval is made of."""

import numpy as np
import pytest

from harness.statistics.multiway import MultiwayVariance
from harness.statistics.run_errors import Error, error_over_runs, few_runs, run_factors


def test_runs_that_meet_in_pairs_are_one_factor_and_crossed_ones_are_two() -> None:
    names = np.array(["a", "b", "c"])
    assert run_factors(names, None)["run"].tolist() == [0, 1, 2]
    assert run_factors(names, names)["run"].tolist() == [0, 1, 2]
    assert run_factors(names, ["x", "y", "z"])["run"].tolist() == [0, 1, 2]
    crossed = run_factors(np.repeat(names, 2), np.tile(["x", "y"], 3))
    assert {name: codes.tolist() for name, codes in crossed.items()} == {
        "run of A": [0, 0, 1, 1, 2, 2], "run of B": [0, 1, 0, 1, 0, 1]}
    nested = run_factors(np.repeat(["a", "b"], 2), np.tile(["a", "b"], 2))
    assert nested["run"].tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    # One opponent each, but another run's: a run stands in two pairs.
    assert run_factors(names, ["b", "c", "a"])["run"].tolist() == [[0, 1], [1, 2], [2, 0]]


@pytest.mark.parametrize(("variance", "method"), [(1.0, "clustered by run and query, t"), (0.1, "clustered by query")])
def test_the_wider_interval_is_taken(variance, method) -> None:
    found = MultiwayVariance(variance, 3.0, {"run": 4, "query": 50}, {}, guarded=True)
    these = Error(0.5, 49, "clustered by query")
    error = error_over_runs(found, these_runs=these, confidence=0.95)
    assert error.method == method
    assert len(error.notes) == 1
    assert error.reach(0.95) >= these.reach(0.95)
    assert error_over_runs(found, these_runs=None, confidence=0.95).variance == variance


def test_fewer_than_four_runs_are_few() -> None:
    assert (few_runs(3), few_runs(4)) == (("3 training runs are few; 4 or more are wanted",), ())
