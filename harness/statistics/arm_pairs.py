"""Each pair of arms that was compared in a ratings file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray
from harness.statistics.ratings_file import Ratings


@dataclass(frozen=True)
class ArmPair:
    """The judgments of one pair of arms, from arm_a's side."""

    arm_a: str
    arm_b: str
    rows: NDArray[np.int64]
    outcomes: FloatArray


def arm_pairs(ratings: Ratings, baseline: str | None) -> list[ArmPair]:
    """Each pair of arms that meets: the baseline is arm_b, else the later name."""
    low_is_left = ratings.left < ratings.right
    low = np.where(low_is_left, ratings.left, ratings.right)
    high = np.where(low_is_left, ratings.right, ratings.left)
    keys: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(low, high, strict=True)):
        keys.setdefault(key, []).append(row)
    pairs = []
    for (first, second), rows in sorted(keys.items()):
        arm_a, arm_b = (second, first) if first == baseline else (first, second)
        at = np.array(rows)
        outcomes = np.where(ratings.left[at] == arm_a, ratings.outcomes[at], 1 - ratings.outcomes[at])
        pairs.append(ArmPair(arm_a, arm_b, at, outcomes))
    return pairs
