"""Tests whether raters prefer a side of the screen.

Blinding holds only where the left text wins as often as the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray, rows_by_label
from harness.statistics.multiplicity import holm
from harness.statistics.proportion import binomial_p_value
from harness.statistics.win_rate import Labels


@dataclass(frozen=True)
class ArmBySide:
    """An arm's mean outcome on either side.

    arm: which. win_rate_left, win_rate_right: None where it never stood there. why_undefined: on which side that is.
    """

    arm: str
    win_rate_left: float | None
    win_rate_right: float | None
    why_undefined: str | None


@dataclass(frozen=True)
class RaterSide:
    """How often one rater chose the left side.

    rater: who. left_rate: share of left among decisive judgments. n_decisive: how many those are. p_value: the exact
    two-sided binomial test of ½. p_value_holm: adjusted by Holm over all raters. why_undefined: why there is no test.
    """

    rater: str
    left_rate: float | None
    n_decisive: int
    p_value: float | None
    p_value_holm: float | None
    why_undefined: str | None


@dataclass(frozen=True)
class PositionTest:
    """Whether raters prefer a side of the screen.

    left_rate: share of left among decisive judgments. n_decisive: how many those are. p_value: the exact two-sided
    binomial test of ½. by_arm: each arm's win rates by side. by_rater: each rater's choices by side. why_undefined: why
    there is no test.
    """

    left_rate: float | None
    n_decisive: int
    p_value: float | None
    by_arm: tuple[ArmBySide, ...]
    by_rater: tuple[RaterSide, ...]
    why_undefined: str | None


def position_test(left: Labels, right: Labels, outcomes: Any, raters: Labels) -> PositionTest:
    """left, right, raters: (n,) names. outcomes: (n,) 1 where left won, ½ tie, 0 where right won.

    Where every arm kept to one side the test is undefined: a better arm and a liked side look the same.
    """
    scores = np.asarray(outcomes, dtype=np.float64)
    left_names, right_names, rater_names = (np.asarray(names, dtype=object)
                                            for names in (left, right, raters))
    decisive = scores != 0.5
    n, wins = int(decisive.sum()), int((scores == 1).sum())
    by_rater = []
    for rater, rows in rows_by_label(rater_names).items():
        by_rater.append((rater, int(decisive[rows].sum()), int((scores[rows] == 1).sum())))
    why = "every judgment is a tie" if n == 0 else None
    if set(left_names).isdisjoint(right_names):
        why = "every arm stood on one side only: sides and arms cannot be told apart"
    p_values = [None if why or not decided else binomial_p_value(won, decided) for _, decided, won in by_rater]
    by_rater_rows = tuple(
        RaterSide(str(rater), won / decided if decided else None, decided, p_value, adjusted,
                  why if decided else "every judgment is a tie")
        for (rater, decided, won), p_value, adjusted
        in zip(by_rater, p_values, holm(p_values), strict=True))
    arms = tuple(_by_side(str(arm), scores[left_names == arm], 1 - scores[right_names == arm])
                 for arm in sorted({*left_names, *right_names}))
    return PositionTest(wins / n if n else None, n, None if why else binomial_p_value(wins, n), arms,
                        by_rater_rows, why)


def _by_side(arm: str, on_the_left: FloatArray, on_the_right: FloatArray) -> ArmBySide:
    left, right = (float(values.mean()) if len(values) else None for values in (on_the_left, on_the_right))
    why = "never stood on the left" if left is None else "never stood on the right" if right is None else None
    return ArmBySide(arm, left, right, why)


@dataclass(frozen=True)
class SwappedRepeats:
    """McNemar's exact test on items judged twice by one rater with the sides swapped.

    n_pairs: how many items. consistent: on how many the same response was chosen both times. left_twice, right_twice:
    on how many the left side, or the right, was chosen both times; the test compares the two. p_value: None without
    such pairs. why_undefined: why there is no test.
    """

    n_pairs: int
    consistent: int
    left_twice: int
    right_twice: int
    p_value: float | None
    why_undefined: str | None


def swapped_repeats(first: Sequence[str] | NDArray[Any],
                    second: Sequence[str] | NDArray[Any]) -> SwappedRepeats:
    """first, second: (n,) 'left', 'right' or 'tie', before and after the swap. Ties say nothing of sides."""
    before, after = np.asarray(first), np.asarray(second)
    consistent = sum(int(np.sum((before == one) & (after == other)))
                     for one, other in (("left", "right"), ("right", "left"), ("tie", "tie")))
    left_twice = int(np.sum((before == "left") & (after == "left")))
    right_twice = int(np.sum((before == "right") & (after == "right")))
    if left_twice + right_twice == 0:
        why = "no swapped repeat was answered by the same side twice" if len(before) else "no swapped repeats"
        return SwappedRepeats(len(before), consistent, 0, 0, None, why)
    from statsmodels.stats.contingency_tables import mcnemar

    table = [[0, left_twice], [right_twice, 0]]
    p_value = float(mcnemar(table, exact=True).pvalue)
    return SwappedRepeats(len(before), consistent, left_twice, right_twice, p_value, None)
