"""Keeps a policy's weights as they were when its KL was nearest to a given one, a bounded number of times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Weights = dict[str, Any]

_BATCHES = 8
"""One batch's KL is too noisy to choose by."""
_FROM = 0.75
"""Of training: before it a policy may pass the KL on its way, and has had less training at that KL than others. In the
last tenth the learning rate is so small that a policy hardly moves: all its states may lie on one side of the KL."""


@dataclass(frozen=True)
class Snapshot:
    """weights: a state dict. kl: nats an episode, the mean of the batches up to this step."""

    step: int
    kl: float
    weights: Weights


class Snapshots:
    """The states nearest to `kl` in the last quarter of training, at least one on either side where there is one.

    total: PPO batches of the whole training. most: how many are kept, 2 or more.
    """

    def __init__(self, kl: float, *, most: int, total: int) -> None:
        self._kl, self._most, self._total = kl, most, total
        self._recent: deque[float] = deque(maxlen=_BATCHES)
        self.kept: list[Snapshot] = []

    def offer(self, step: int, kl: float, weights: Callable[[], Weights]) -> None:
        """After every batch. kl: of the batch. weights: copies, asked for only where they are kept."""
        self._recent.append(kl)
        if step < _FROM * self._total:
            return
        mean = sum(self._recent) / len(self._recent)
        held = [*self.kept, Snapshot(step, mean, {})]
        if len(held) > self._most:
            held.remove(self._one_too_many(held))
        if held and held[-1].step == step:
            held[-1] = Snapshot(step, mean, weights())
        self.kept = held

    def _one_too_many(self, held: list[Snapshot]) -> Snapshot:
        """The furthest, or of those on the other side where it is the only one on its own."""
        below = [each for each in held if each.kl <= self._kl]
        above = [each for each in held if each.kl > self._kl]
        choices = [each for side in (below, above) if len(side) > 1 for each in side]
        return max(choices, key=lambda each: (abs(each.kl - self._kl), -each.step))

    def state_dict(self) -> dict[str, Any]:
        return {"recent": list(self._recent),
                "kept": [{"step": each.step, "kl": each.kl, "weights": each.weights} for each in self.kept]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self._recent = deque(state["recent"], maxlen=_BATCHES)
        self.kept = [Snapshot(each["step"], each["kl"], each["weights"]) for each in state["kept"]]
