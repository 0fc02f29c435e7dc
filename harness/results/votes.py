"""The outcomes that a win rate is made of: all, without ties, or one majority vote an item, an arm's seeds together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.records import ArmKey, Contrast
from harness.results.records import Outcomes
from harness.statistics.plan import Estimand
from harness.statistics.win_rate import majority_outcomes


@dataclass(frozen=True)
class Votes:
    """Outcomes from the arm's side, 1, ½ or 0: (n,) each, with the query, the training seed and the rater of each.

    opponent_seeds: None where the opponent is not trained, or each run meets the opponent's of the same seed.
    """

    outcomes: np.ndarray
    queries: np.ndarray
    seeds: np.ndarray
    raters: np.ndarray | None = None
    opponent_seeds: np.ndarray | None = None

    @property
    def items(self) -> list[str]:
        """An item is one query between two runs."""
        parts = [part for part in (self.queries, self.seeds, self.opponent_seeds) if part is not None]
        return ["|".join(map(str, names)) for names in zip(*parts, strict=True)]

    def take(self, kept: np.ndarray) -> Votes:
        """Some of them: (n,) of booleans, or their places."""
        return Votes(self.outcomes[kept], self.queries[kept], self.seeds[kept],
                     None if self.raters is None else self.raters[kept],
                     None if self.opponent_seeds is None else self.opponent_seeds[kept])


VotesByContrast = Mapping[Contrast, Votes]
"""By contrast, seeds together; see `seeds_together`."""


def seeds_together(arm: ArmKey, opponent: ArmKey) -> Contrast:
    """What the seeds of a budget are put together under.

    The opponent has a label budget there only where it is another budget of the same arm: against any other arm, such
    as online against offline under one budget, the arm is as against a baseline.
    """
    budget = opponent.label_budget if opponent.arm == arm.arm else None
    return Contrast(ArmKey(arm.arm, arm.label_budget), ArmKey(opponent.arm, budget))


def is_of_budgets(contrast: Contrast) -> bool:
    """Whether two budgets of one arm meet: 'did more labels help?', and no win rate over a baseline."""
    return contrast.opponent.label_budget is not None


def votes_of_outcomes(outcomes: Outcomes) -> dict[Contrast, Votes]:
    """What the simulated judge said, the seeds of a budget put together."""
    gathered: dict[Contrast, list[tuple[Sequence[float], int]]] = {}
    for pair in outcomes.pairs:
        arm, opponent = pair.contrast.arm, pair.contrast.opponent
        assert arm.label_budget is not None and arm.seed is not None
        gathered.setdefault(seeds_together(arm, opponent), []).append((pair.outcomes, arm.seed))
    queries = np.array(outcomes.queries, dtype=object)
    return {contrast: Votes(outcomes=np.concatenate([np.asarray(found) for found, _ in parts]),
                            queries=np.concatenate([queries for _ in parts]),
                            seeds=np.concatenate([np.full(len(found), seed) for found, seed in parts]))
            for contrast, parts in gathered.items()}


def of_estimand(votes: VotesByContrast, estimand: Estimand) -> dict[Contrast, Votes]:
    """The votes that the planned win rate averages: all of them, the decisive ones, or one an item, its majority's."""
    if estimand == "ties_half":
        return dict(votes)
    return {contrast: found.take(found.outcomes != 0.5) if estimand == "ties_left_out" else _majority(found)
            for contrast, found in votes.items()}


def _majority(votes: Votes) -> Votes:
    """One vote an item; a tie where two outcomes are equally frequent."""
    _, first, item = np.unique(votes.items, return_index=True, return_inverse=True)
    return replace(votes.take(first), outcomes=majority_outcomes(votes.outcomes, item), raters=None)
