"""How many dropped votes turn a verdict, against trying them by hand."""

from itertools import combinations

import numpy as np

from harness.statistics.fragility import fragility, verdict_of
from harness.statistics.win_rate import win_rate


def test_fragility_is_exact_for_one_vote_an_item() -> None:
    outcomes = np.array([1.0] * 62 + [0.0] * 38)
    found = fragility(outcomes, items=range(100))
    assert found.verdict == "A"
    by_hand = next(k for k in range(62) if verdict_of(
        win_rate(outcomes[k:], items=range(100 - k))) != "A")
    assert found.votes == by_hand
    assert found.votes_to_reverse == 25


def test_fragility_never_undercuts_the_fewest_votes() -> None:
    rng = np.random.default_rng(1)
    for _ in range(8):
        items = np.sort(rng.integers(8, size=12))
        outcomes = rng.choice([0.0, 0.5, 1.0], 12, p=[0.1, 0.1, 0.8])
        found = fragility(outcomes, items=items)
        if found.votes is None or found.votes > 3:
            continue
        whole = verdict_of(win_rate(outcomes, items=items))
        fewer = range(found.votes)
        turned = [k for k in fewer for gone in combinations(range(12), k) if verdict_of(win_rate(
            np.delete(outcomes, gone), items=np.delete(items, gone))) not in (whole, "undefined")]
        # The heaviest votes first need at most one vote more than the best of all subsets.
        assert not turned or found.votes - min(turned) <= 1
