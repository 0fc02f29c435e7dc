"""What a ratings file tells about its raters, from gold items and from items that were shown twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.raters import RaterQuality, rater_quality
from harness.statistics.ratings_file import Ratings
from harness.statistics.sides import SwappedRepeats, swapped_repeats

_SIDE_NAMES = {1.0: "left", 0.5: "tie", 0.0: "right"}


def quality_and_repeats(ratings: Ratings) -> tuple[list[RaterQuality], SwappedRepeats]:
    """One record a rater, and McNemar's test on the repeats that were shown with their sides swapped."""
    chosen = ratings.chosen
    gold = np.full(len(ratings), None, dtype=object)
    known = ~np.isnan(ratings.gold)
    winner = np.where(ratings.gold == 1, ratings.left, ratings.right)
    gold[known] = np.where(ratings.gold == 0.5, "tie", winner)[known]
    original = _originals(ratings)
    repeated = np.full(len(ratings), None, dtype=object)
    repeated[original >= 0] = chosen[original[original >= 0]]
    quality = rater_quality(ratings.rater, ratings.item, chosen, gold=gold, repeats=repeated,
                            seconds=ratings.seconds)
    swapped = np.flatnonzero((original >= 0) & (ratings.left == ratings.right[original]))
    sides = np.array([_SIDE_NAMES[outcome] for outcome in ratings.outcomes], dtype=object)
    return quality, swapped_repeats(sides[original[swapped]].tolist(), sides[swapped].tolist())


def _originals(ratings: Ratings) -> NDArray[Any]:
    """(n,) the row of the same rater's judgment of the pair that this one repeats, -1 where there is none.

    An item's label is its id and its pair of arms (then seed and budget): files that number queries use an id for
    several pairs.
    """
    found = np.full(len(ratings), -1, dtype=np.int64)
    repeats = [row for row, of in enumerate(ratings.repeat_of) if of is not None]
    if repeats:
        row_of = {(rater, item): row
                  for row, (rater, item) in enumerate(zip(ratings.rater, ratings.item, strict=True))}
        for row in repeats:
            _, pair = ratings.item[row].split("\x1f", 1)
            found[row] = row_of.get((ratings.rater[row], f"{ratings.repeat_of[row]}\x1f{pair}"), -1)
    return found
