"""Simulated choices follow Luce's rule, and each depends on its own number alone."""

import numpy as np
from scipy import stats

from harness.labels.simulated import SimulatedLabeler, choose_best
from harness.records import LabelTask, Query


def _query(**more):
    return Query(id="q", tokens=(1,), text="They met at the harbor.", **more)


def test_choices_have_the_frequencies_of_luces_rule():
    scores = np.tile([0.3, 0.1, -0.2, 0.0], (20000, 1))
    chosen = choose_best(scores, noise=0.2, lapse_rate=0.1, seed=5, numbers=range(20000))
    weights = np.exp(scores[0] / 0.2)
    expected = 0.1 / 4 + 0.9 * weights / weights.sum()
    assert stats.chisquare(np.bincount(chosen, minlength=4), expected * 20000).pvalue > 0.001


def test_a_choice_depends_on_its_own_number_alone():
    scores = np.random.default_rng(0).normal(size=(50, 4))
    together = choose_best(scores, noise=0.5, lapse_rate=0.1, seed=9, numbers=range(50))
    later = choose_best(scores[30:], noise=0.5, lapse_rate=0.1, seed=9, numbers=range(30, 50))
    assert (together[30:] == later).all()


def test_without_noise_and_lapses_the_best_wins_and_pure_lapses_are_uniform():
    scores = np.tile([0.0, 2.0, 1.0], (3000, 1))
    assert (choose_best(scores, noise=0.0, lapse_rate=0.0, seed=1, numbers=range(3000)) == 1).all()
    lapsed = choose_best(scores, noise=0.0, lapse_rate=1.0, seed=1, numbers=range(3000))
    assert stats.chisquare(np.bincount(lapsed, minlength=3)).pvalue > 0.001


def test_a_labeler_without_noise_picks_the_most_cheerful_candidate():
    labeler = SimulatedLabeler("vader", noise=0.0, lapse_rate=0.0)
    candidates = ("He wept in despair.", "He read the paper.", "She laughed with joy.", "It rained.")
    task = LabelTask("0", _query(), candidates)
    assert labeler.choose([task], seed=1) == [2]
