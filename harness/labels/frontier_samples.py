"""Many samples of ρ to each of some validation queries, as files: what best-of-n and the optimum are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

_FILE = "frontier_samples.npz"
_REWARDS_FILE = "rewards_of_reference.npy"


@dataclass(frozen=True)
class FrontierSamples:
    """k samples of ρ to each of q queries, the first of the validation split.

    responses: (q, k, R), truncated, PAD after their ends. valid: (q, k), whether they end in time. gold: (q, k), the
    simulated labeler's own scores, NaN where people label.
    """

    responses: np.ndarray
    valid: np.ndarray
    gold: np.ndarray

    def save(self, folder: Path) -> None:
        np.savez_compressed(folder / _FILE, responses=self.responses, valid=self.valid, gold=self.gold)

    @classmethod
    def load(cls, folder: Path) -> FrontierSamples:
        """What `save` wrote."""
        with np.load(folder / _FILE) as arrays:
            return cls(arrays["responses"], arrays["valid"], arrays["gold"])


def write_rewards_of_reference(folder: Path, rewards: np.ndarray) -> None:
    """rewards: (q, k), those of the samples in one run."""
    np.save(folder / _REWARDS_FILE, rewards)


def read_rewards_of_reference(folder: Path) -> np.ndarray:
    """What `write_rewards_of_reference` wrote."""
    return np.asarray(np.load(folder / _REWARDS_FILE))
