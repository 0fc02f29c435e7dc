"""Each run has labels of its own, and a smaller budget's are among those of a larger one."""

import numpy as np

from harness.labels.draws import budget_numbers, draw_order, label_numbers
from harness.study.slices import Draw


def test_runs_differ_and_budgets_are_nested():
    first, second = (draw_order(seed, 1000) for seed in (1, 2))
    assert sorted(first) == sorted(second) == list(range(1000))
    # Of two draws of 200 of 1,000 about 40 are shared; hypergeometric, standard deviation 5.1.
    assert 20 < len({*first[:200]} & {*second[:200]}) < 60
    pieces = [label_numbers(start, stop, Draw(seed=1, pool=1000)) for start, stop in ((0, 50), (50, 200))]
    assert np.array_equal(np.concatenate(pieces), first[:200])


def test_without_a_draw_labels_have_the_study_s_own_numbers():
    assert label_numbers(3, 6, None).tolist() == [3, 4, 5]


def test_a_budget_takes_the_first_labels_of_its_run_of_those_that_are_there():
    assert budget_numbers(3, None, there=10).tolist() == [0, 1, 2]
    own = budget_numbers(3, Draw(seed=1, pool=10), there=10)
    assert own.tolist() == draw_order(1, 10)[:3].tolist()
    assert sorted(budget_numbers(10, Draw(seed=1, pool=10), there=8)) == list(range(8)), "two were taken out as broken"
