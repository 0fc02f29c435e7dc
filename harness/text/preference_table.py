"""Copying x accuracy x preference: do raters prefer what is copied, or what is true? (Ziegler 4.2 and 5.)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.statistics.win_rate import Labels, WinRate, win_rate


@dataclass(frozen=True)
class PreferenceCell:
    """The judged responses of one kind. copied: 'none', 'some' or 'all' of their sentences are the
    source's.

    accurate: None where nobody said. rate: their win rate over what they were shown against.
    """

    copied: str
    accurate: bool | None
    rate: WinRate


def copying_by_preference(copied_sentences: NDArray[np.float64], accurate: Sequence[bool | None],
                          outcomes: Sequence[float] | NDArray[np.float64], *, items: Labels,
                          raters: Labels | None = None, confidence: float = 0.95) -> list[PreferenceCell]:
    """One cell for each kind of response that occurs, from n judgments.

    copied_sentences: (n,) share of the judged response's sentences that are copied, NaN (left out) where
    it has none. accurate: (n,). outcomes: (n,) 1, ½, 0 from the response's side. items, raters: as of
    `win_rate`.
    """
    shares, scores = np.asarray(copied_sentences, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    kinds = np.select([shares == 0, shares == 1, shares > 0], ["none", "all", "some"], default="")
    known = np.array([-1 if answer is None else int(answer) for answer in accurate])
    item_labels = np.asarray(items, dtype=object)
    rater_labels = None if raters is None else np.asarray(raters, dtype=object)
    cells = []
    for kind in ("none", "some", "all"):
        for code, answer in ((1, True), (0, False), (-1, None)):
            here = (kinds == kind) & (known == code)
            if here.any():
                rate = win_rate(scores[here], items=item_labels[here],
                                raters=None if rater_labels is None else rater_labels[here],
                                confidence=confidence)
                cells.append(PreferenceCell(kind, answer, rate))
    return cells
