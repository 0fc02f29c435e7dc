"""Simulated choices: Luce's rule with a lapse rate over a scorer's scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.labels.scorers import get_scorer
from harness.records import LabelTask, Query
from harness.seeds import derive_seed


def choose_best(scores: np.ndarray, *, noise: float, lapse_rate: float, seed: int,
                numbers: Sequence[int]) -> np.ndarray:
    """One choice in each row of scores (n, k): (n,) indices.

    P(i) = lapse_rate/k + (1 − lapse_rate)·softmax(score/noise)_i (Luce 1959); noise 0 takes the first of the best.
    numbers: (n,) a stream for each row, so that a choice depends on its own number and scores alone.
    """
    key = derive_seed(seed, "choice")
    draws = np.array([np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, number])).random(3)
                      for number in numbers]).reshape(-1, 3)
    count = scores.shape[1]
    if noise == 0:
        best = scores.argmax(axis=1)
    else:
        weights = np.exp((scores - scores.max(axis=1, keepdims=True)) / noise)
        cumulative = weights.cumsum(axis=1)
        best = (cumulative < draws[:, :1] * cumulative[:, -1:]).sum(axis=1)
    lapsed = draws[:, 1] < lapse_rate
    at_random = np.minimum((draws[:, 2] * count).astype(int), count - 1)
    return np.asarray(np.where(lapsed, at_random, best))


def chance_preferred(differences: np.ndarray, *, noise: float, lapse_rate: float) -> np.ndarray:
    """How likely `choose_best` is to choose the first of two, by how much its score is the higher. Any shape.

    Without noise two equal scores win once each, as they do where their order is drawn.
    """
    from scipy.special import expit

    sharp = np.heaviside(differences, 0.5) if noise == 0 else expit(differences / noise)
    return np.asarray(lapse_rate / 2 + (1 - lapse_rate) * sharp)


def judged(ours: np.ndarray, theirs: np.ndarray, *, noise: float, lapse_rate: float, seed: int) -> np.ndarray:
    """1 where the first of two responses wins, 0 where the second does, ½ where their scores are equal: (n,)."""
    both = np.stack([ours, theirs], axis=1)
    best = choose_best(both, noise=noise, lapse_rate=lapse_rate, seed=seed, numbers=range(len(both)))
    return np.where(both[:, 0] == both[:, 1], 0.5, np.where(best == 0, 1.0, 0.0))


class SimulatedLabeler:
    """Stands in for people (the paper's mock task). What it labels is called simulated wherever it shows."""

    def __init__(self, scorer: str, *, noise: float, lapse_rate: float) -> None:
        self._scorer = get_scorer(scorer)
        self._noise, self._lapse_rate = noise, lapse_rate

    def scores_of(self, queries: Sequence[Query], texts: Sequence[str]) -> np.ndarray:
        """The scorer's own scores of these responses, without noise: (n,)."""
        return np.asarray(self._scorer(queries, texts), dtype=np.float64)

    def chance_preferred(self, differences: np.ndarray) -> np.ndarray:
        """How likely it prefers the first of two responses, by how much its score is the higher. Any shape."""
        return chance_preferred(differences, noise=self._noise, lapse_rate=self._lapse_rate)

    def scores(self, tasks: Sequence[LabelTask]) -> np.ndarray:
        """The scorer's own scores, without noise: (n, k)."""
        queries = [task.query for task in tasks for _ in task.candidates]
        texts = [text for task in tasks for text in task.candidates]
        return self.scores_of(queries, texts).reshape(len(tasks), -1)

    def choose(self, tasks: Sequence[LabelTask], *, seed: int, numbers: Sequence[int] | None = None,
               scores: np.ndarray | None = None) -> list[int | None]:
        """The best candidate of each task. numbers: the label's number of each (its position without).

        scores: what `scores` gave for these tasks, where the caller has it already.
        """
        if not tasks:
            return []
        best = choose_best(self.scores(tasks) if scores is None else scores, noise=self._noise,
                           lapse_rate=self._lapse_rate, seed=seed,
                           numbers=range(len(tasks)) if numbers is None else numbers)
        return [int(choice) for choice in best]
