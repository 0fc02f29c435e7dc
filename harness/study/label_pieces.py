"""The pieces in which labels are made, so that label budgets share as many of them as they can."""

from __future__ import annotations

from itertools import pairwise

from harness.study.rounds import initial_labels
from harness.study.spec import StudySpec

_FIRST = 1000
_LARGEST = 4000


def doubling_pieces(budget: int) -> list[tuple[int, int]]:
    """The label numbers 0..budget−1 in pieces that double up to a largest, so that budgets share all but their last.

    Label i depends on i alone, so a piece cut off at a budget holds a prefix of the full piece. A stage has the queries
    and candidates of its piece in memory: with a largest piece that is no more for a larger budget.
    """
    pieces, start = [], 0
    while start < budget:
        stop = start + min(max(start, _FIRST), _LARGEST)
        pieces.append((start, min(stop, budget)))
        start = stop
    return pieces


def label_pieces(study: StudySpec, budget: int) -> list[tuple[int, int]]:
    """The pieces (start, stop) of one budget of a study, in their order."""
    if study.labels.source != "human":
        return doubling_pieces(budget)
    # People's labels stay in the store whatever the pieces are; pieces that do not overlap count nobody twice.
    budgets = study.labels.budgets
    ends = {0, budget, *budgets, *(initial_labels(whole, policy.rounds) for whole in budgets
                           for policy in study.policies if policy.rounds is not None)}
    return list(pairwise(sorted(end for end in ends if end <= budget)))
