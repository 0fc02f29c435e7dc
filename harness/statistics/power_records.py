"""How many items and raters a claim needs, as records: the keys of `harness power --json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Claim = Literal["different", "not_better", "equivalent"]
"""What is to be shown of a win rate. not_better: it is below one half plus the margin (the other arm is
non-inferior)."""


@dataclass(frozen=True)
class PowerPoint:
    """What simulated studies of so many items came to: the power for each claim (None without a margin), the coverage
    of the interval and its mean width.
    """

    n_items: int
    n_judgments: int
    different: float
    not_better: float | None
    equivalent: float | None
    coverage: float
    width: float

    def power(self, claim: Claim) -> float | None:
        """The power for one claim."""
        return {"different": self.different, "not_better": self.not_better, "equivalent": self.equivalent}[claim]


@dataclass(frozen=True)
class Look:
    """When to stop at a look after this share of the items: where |z| is z or more, so that p is p_value or less."""

    share: float
    z: float
    p_value: float


@dataclass(frozen=True)
class Needed:
    """The items at which the simulated power passes the target. or_fewer: the least number simulated passes it already.
    None: why_undefined says why.
    """

    n_items: int | None
    or_fewer: bool
    why_undefined: str | None


@dataclass(frozen=True)
class PowerResult:
    """By formula (items of one independent vote, None where the claim does not apply) and by simulation."""

    settings: Mapping[str, Any]
    formula: Mapping[Claim, int | None]
    simulation: tuple[PowerPoint, ...]
    looks: tuple[Look, ...]
    needed: Mapping[Claim, Needed]
    notes: tuple[str, ...]
