"""Judgments of four arms with known strengths, for the models of many arms."""

import numpy as np

ARMS = np.array(["a", "b", "c", "d"], dtype=object)
STRENGTH = {"a": 0.0, "b": 0.5, "c": -0.4, "d": 0.9}


def paired_judgments(n: int, seed: int = 0):
    """(left, right, outcomes, difference of lengths, items, raters) of n judgments, 15% of them ties."""
    rng = np.random.default_rng(seed)
    left, right = np.array([rng.choice(4, 2, replace=False) for _ in range(n)]).T
    length = rng.normal(0, 2, n)
    logit = np.array([STRENGTH[ARMS[x]] - STRENGTH[ARMS[y]] for x, y in zip(left, right, strict=True)])
    chance = 1 / (1 + np.exp(-(logit + 0.3 + 0.25 * length)))
    outcomes = np.where(rng.random(n) < 0.15, 0.5, (rng.random(n) < chance).astype(float))
    return ARMS[left], ARMS[right], outcomes, length, rng.integers(n // 3, size=n), rng.integers(15, size=n)
