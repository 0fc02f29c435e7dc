"""Which of a trained policy's snapshots stand for it at a KL: two that bracket it, mixed so that it is their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.artifacts.files import read_json
from harness.json_records import from_json, to_json, write_json

_FILE = "snapshots.json"


@dataclass(frozen=True)
class StoredSnapshot:
    """folder: below the stage's. step: PPO batches. kl: nats an episode, on the validation queries."""

    folder: str
    step: int
    kl: float


@dataclass(frozen=True)
class Mixture:
    """The policy that answers a query with `upper` with the chance `share_upper`, else with `lower`.

    Where no two bracket the KL both are the nearest one.
    """

    lower: StoredSnapshot
    upper: StoredSnapshot
    share_upper: float

    @property
    def kl(self) -> float:
        """Nats an episode, the mean."""
        return self.lower.kl + self.share_upper * (self.upper.kl - self.lower.kl)


def write_snapshots(folder: Path, snapshots: Sequence[StoredSnapshot]) -> None:
    write_json(folder / _FILE, to_json(tuple(snapshots)))


def read_snapshots(folder: Path) -> tuple[StoredSnapshot, ...]:
    """What `write_snapshots` wrote."""
    return tuple(from_json(StoredSnapshot, each) for each in read_json(folder / _FILE))


def mixture_at(kl: float, snapshots: Sequence[StoredSnapshot]) -> Mixture:
    """The two nearest to a KL from either side. Raises ValueError where there is no snapshot."""
    below = [each for each in snapshots if each.kl <= kl]
    above = [each for each in snapshots if each.kl > kl]
    if not (below and above):
        nearest = min(snapshots, key=lambda each: abs(each.kl - kl))
        return Mixture(nearest, nearest, 0.0)
    lower, upper = max(below, key=lambda each: each.kl), min(above, key=lambda each: each.kl)
    return Mixture(lower, upper, (kl - lower.kl) / (upper.kl - lower.kl))
