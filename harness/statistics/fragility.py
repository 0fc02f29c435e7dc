"""How many judgments would have to be dropped to turn a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray, IntArray, encode
from harness.statistics.win_rate import Labels, WinRate, win_rate


@dataclass(frozen=True)
class Fragility:
    """How few judgments must be dropped to change a verdict. Those with the largest weight in W are dropped first, so
    both numbers are upper bounds. They are exact where every item has one judgment.

    verdict: 'A' or 'B' where the interval excludes ½, else 'undecided'; 'undefined' without an interval. votes: how
    many change the verdict, None where no number does. votes_to_reverse: how many change who leads (which side of ½ W
    is on). n_judgments: how many there are. share: votes divided by n_judgments. why_undefined: why a figure is None.
    """

    verdict: str
    votes: int | None
    votes_to_reverse: int | None
    n_judgments: int
    share: float | None
    why_undefined: str | None


def fragility(outcomes: FloatArray, *, items: Labels, raters: Labels | None = None,
              queries: Labels | None = None, confidence: float = 0.95) -> Fragility:
    """The fragility of the win rate of n judgments; arguments as of `win_rate`."""
    scores = np.asarray(outcomes, dtype=np.float64)
    item = encode(items)[0]
    rater, query = (None if column is None else encode(column)[0] for column in (raters, queries))

    def rate_of(kept: NDArray[Any]) -> WinRate:
        return win_rate(scores[kept], items=item[kept], raters=None if rater is None else rater[kept],
                        queries=None if query is None else query[kept], confidence=confidence)

    whole = rate_of(np.arange(len(scores)))
    if whole.win_rate is None or whole.ci_low is None:
        return Fragility("undefined", None, None, len(scores), None, whole.why_undefined)
    verdict = verdict_of(whole)
    leads = whole.win_rate >= 0.5
    against_leader = _drop_order(scores if leads else 1 - scores, item)
    reverse = _fewest(against_leader, rate_of, lambda rate: _reversed(rate, leads), len(scores))
    # A verdict falls by dropping the leader's votes; an undecided comparison is decided by dropping others'.
    order = against_leader if verdict != "undecided" else _drop_order(1 - scores if leads else scores, item)
    votes = _fewest(order, rate_of, lambda rate: verdict_of(rate) not in (verdict, "undefined"), len(scores))
    why = None if reverse is not None else "no number of dropped votes makes the other lead"
    if votes is None:
        why = "no number of dropped votes leaves enough to turn it"
    share = None if votes is None else votes / len(scores)
    return Fragility(verdict, votes, reverse, len(scores), share, why)


def verdict_of(rate: WinRate) -> str:
    """'A', 'B' or 'undecided': on which side of ½ the interval lies."""
    if rate.ci_low is None or rate.ci_high is None:
        return "undefined"
    return "A" if rate.ci_low > 0.5 else "B" if rate.ci_high < 0.5 else "undecided"


def _reversed(rate: WinRate, leads: bool) -> bool:
    return rate.win_rate is not None and (rate.win_rate < 0.5 if leads else rate.win_rate > 0.5)


def _drop_order(scores: FloatArray, item: IntArray) -> IntArray:
    """The won judgments, those of the items with the fewest first: each weighs 1 / (its item's number)."""
    size = np.bincount(item)[item]
    won = np.flatnonzero(scores == 1)
    by_item = np.argsort(item[won], kind="stable")
    starts = np.flatnonzero(np.diff(item[won][by_item], prepend=-1))
    rank_in_item = np.empty(len(won), dtype=np.int64)
    rank_in_item[by_item] = np.arange(len(won)) - np.repeat(starts, np.diff(starts, append=len(won)))
    # Within items of one size, one judgment of each item before a second of any.
    return won[np.lexsort((rank_in_item, size[won]))]


def _fewest(order: IntArray, rate_of: Callable[[NDArray[Any]], WinRate],
            turned: Callable[[WinRate], bool], n: int) -> int | None:
    """The least k such that dropping order[:k] turns the verdict, by bisection; None where no k does."""
    def turns(k: int) -> bool:
        kept = np.ones(n, dtype=bool)
        kept[order[:k]] = False
        return turned(rate_of(np.flatnonzero(kept)))

    low, high = 0, 1
    while high < len(order) and not turns(high):
        low, high = high, high * 2
    high = min(high, len(order))
    if high == 0 or not turns(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if turns(middle) else (middle, high)
    return high
