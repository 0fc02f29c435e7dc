"""Keeps copies of a policy's weights from the end of training, evenly spaced and a bounded number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Weights = dict[str, Any]

_FROM = 0.6
"""Of training: before it a policy may pass a KL on its way, and has had less training at that KL than others. Later on
the learning rate is so small that a policy hardly moves: all its states may lie on one side of the KL."""


@dataclass(frozen=True)
class Snapshot:
    """weights: a state dict."""

    step: int
    weights: Weights


def snapshot_steps(*, most: int, total: int) -> set[int]:
    """After which of `total` batches a copy is kept; fewer than `most` where there are no more batches."""
    first = max(1, math.ceil(_FROM * total))
    return {round(first + index * (total - first) / (most - 1)) for index in range(most)}


class Snapshots:
    """The states at evenly spaced steps of the last two fifths of training, its end among them.

    They are not chosen by training's own KL. Neighbours of one step are alike, and its noise is as large as what a
    policy still moves by: the nearest to a KL lay on one side of it, measured well, in two of sixteen runs.
    total: PPO batches of the whole training. most: how many are kept, 2 or more.
    """

    def __init__(self, *, most: int, total: int) -> None:
        self._steps = snapshot_steps(most=most, total=total)
        self.kept: list[Snapshot] = []

    def offer(self, step: int, weights: Callable[[], Weights]) -> None:
        """After every batch. weights: copies, asked for only where they are kept."""
        if step in self._steps:
            self.kept = [*self.kept, Snapshot(step, weights())]

    def state_dict(self) -> dict[str, Any]:
        return {"kept": [{"step": each.step, "weights": each.weights} for each in self.kept]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.kept = [Snapshot(each["step"], each["weights"]) for each in state["kept"]]
