"""Scores against KL over runs: what PPO's measurements say, best-of-n and the optimum from the samples of ρ."""

import numpy as np
import pytest

from harness.labels.simulated import SimulatedLabeler
from harness.records import ArmKey
from harness.results.frontier import RunOfFrontier, frontier_rows
from harness.statistics.frontier import LEAST_EFFECTIVE, best_of_kl

LABELER = SimulatedLabeler("vader", noise=0.5, lapse_rate=0.1)
RNG = np.random.default_rng(5)
REWARDS = RNG.normal(size=(4, 128))
GOLD = 0.2 + 0.5 * REWARDS


def steps(gain):
    """Measurements along R(d) = start + gain(d), among batches that have none."""
    start = {"held_out/score": REWARDS.mean(), "held_out/gold_score": GOLD.mean(), "held_out/win_rate": 0.5}
    return [{"objective/kl": 1.0}, *({"held_out/kl": d**2, **{name: value + gain(d) for name, value in start.items()}}
                                     for d in np.linspace(0.2, 2.5, 12))]


@pytest.fixture(scope="module")
def rows():
    runs = {ArmKey("rl", 100, seed): RunOfFrontier(steps(lambda d, a=alpha: d * (a - 0.1 * np.log(d))), REWARDS, GOLD)
            for seed, alpha in ((1, 0.3), (2, 0.5))}
    return {(row.score, row.method): row for row in frontier_rows(runs, LABELER, confidence=0.95)}


def test_ppo_begins_at_the_start_and_its_gain_is_fitted_over_runs(rows):
    row = rows["gold_score", "ppo"]
    assert row.arm == ArmKey("rl", 100)
    assert (row.band.x[0], row.band.mean[0]) == (0.0, pytest.approx(GOLD.mean()))
    assert row.band.x[-1] == pytest.approx(2.5)
    assert (row.fit.alpha, row.fit.beta, row.fit.n_runs) == (pytest.approx(0.4), pytest.approx(0.1), 2)
    assert rows["win_rate", "ppo"].fit is None
    assert rows["win_rate", "ppo"].band.mean[0] == pytest.approx(0.5)


def test_best_of_n_has_the_exact_kl_and_all_samples_at_its_end(rows):
    row = rows["reward", "best_of_n"]
    assert row.band.x == pytest.approx([best_of_kl(n) ** 0.5 for n in (1, 2, 4, 8, 16, 32, 64, 128)])
    assert row.band.mean[0] == pytest.approx(REWARDS.mean())
    assert row.band.mean[-1] == pytest.approx(REWARDS.max(axis=1).mean())
    assert rows["gold_score", "best_of_n"].band.mean[-1] == pytest.approx(GOLD.max(axis=1).mean())


def test_the_best_of_two_samples_wins_two_thirds_against_a_third(rows):
    """Of three alike continuous samples each is the highest once in three: the better of two wins 2/3 without noise."""
    exact = frontier_rows({ArmKey("rl", 1, 1): RunOfFrontier(steps(lambda d: d), REWARDS, GOLD)},
                          SimulatedLabeler("vader", noise=0.0, lapse_rate=0.0), confidence=0.95)
    row, = (row for row in exact if (row.score, row.method) == ("win_rate", "best_of_n"))
    # Against the query's other samples: of the two drawn one is among these, and loses.
    k = REWARDS.shape[1]
    expected = ((k - 2) * 2 / 3 + 1) / (k - 1)
    assert row.band.mean[1] == pytest.approx(expected)


def test_the_optimum_exceeds_best_of_n_in_reward_and_stops_where_samples_are_few(rows):
    best, ideal = rows["reward", "best_of_n"].band, rows["reward", "optimum"].band
    there = np.array(best.x) <= ideal.x[-1]
    assert 1 < there.sum() < len(best.x)
    assert (np.interp(best.x, ideal.x, ideal.mean)[there] >= np.array(best.mean)[there] - 1e-3).all()
    assert LEAST_EFFECTIVE <= rows["reward", "optimum"].effective_samples < 1.1 * LEAST_EFFECTIVE
    assert rows["reward", "ppo"].effective_samples is None


def test_where_people_label_there_is_the_reward_alone():
    runs = {ArmKey("rl", 100, 1): RunOfFrontier([{"held_out/kl": d, "held_out/score": d} for d in (1.0, 2.0)],
                                                REWARDS, None)}
    assert {row.score for row in frontier_rows(runs, None, confidence=0.95)} == {"reward"}
