"""The spread over training seeds, told from the spread over items."""

import numpy as np
import pytest

from harness.statistics.seed_spread import seed_spread


def test_seed_spread_tells_seeds_from_sampling() -> None:
    rng = np.random.default_rng(6)
    seeds, items = np.repeat([1, 2, 3, 4], 500), np.tile(np.arange(500), 4)
    same = seed_spread((rng.random(2000) < 0.6).astype(float), seeds, items=items)
    chances = np.repeat([0.45, 0.55, 0.65, 0.75], 500)
    apart = seed_spread((rng.random(2000) < chances).astype(float), seeds, items=items)
    assert same.seed_sd < 0.03
    assert apart.seed_sd == pytest.approx(np.std([0.45, 0.55, 0.65, 0.75], ddof=1), abs=0.04)


def test_one_seed_has_no_spread_and_two_are_few() -> None:
    one = seed_spread([1.0, 0.0], [1, 1], items=[1, 2])
    assert (one.mean, one.seed_sd) == (0.5, None)
    two = seed_spread([1.0, 0.0, 1.0, 1.0], [1, 1, 2, 2], items=[1, 2, 1, 2])
    assert (two.win_rates, two.mean) == ({"1": 0.5, "2": 1.0}, 0.75)
    assert "2 training seeds" in two.note
