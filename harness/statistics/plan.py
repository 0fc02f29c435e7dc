"""The analysis plan: what will be said of the judgments, fixed and hashed before the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from harness.digests import digest
from harness.statistics.raters import STANDARD_EXCLUSIONS, ExclusionRules

Estimand = Literal["ties_half", "ties_left_out", "majority"]
"""What a win rate averages: all judgments with a tie as one half, decisive ones, or each item's majority vote."""


@dataclass(frozen=True, kw_only=True)
class EqualKL:
    """Trained policies are compared where they are this far from their reference. kl: nats an episode."""

    kl: float

    def __post_init__(self) -> None:
        """Raises ValueError for a KL that is not positive."""
        if not self.kl > 0:
            raise ValueError(f"kl must be positive, not {self.kl}")


@dataclass(frozen=True, kw_only=True)
class AnalysisPlan:
    """How the judgments will be analysed, fixed before the first of them (`docs/statistics.md`).

    estimand: what a win rate averages: all judgments with a tie as one half, decisive ones alone, or each item's
    majority. margin: of equivalence, as a share. confidence: the level of intervals; every test has the level 1 -
    confidence. baselines: whom the trained arms are judged against. gatekeeping: the baselines whose tests are
    confirmatory, in order for the largest budget, then with Holm for the others. Other baselines are exploratory
    (Benjamini-Hochberg). If empty, all comparisons are confirmatory. exclusions: the rules that exclude raters.
    compare_at: where trained policies are compared: all at one KL to their reference, or at the end of training (null).
    """

    estimand: Estimand = "ties_half"
    margin: float = 0.05
    confidence: float = 0.95
    baselines: tuple[str, ...] = ()
    gatekeeping: tuple[str, ...] = ()
    exclusions: ExclusionRules = STANDARD_EXCLUSIONS
    compare_at: EqualKL | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a margin or a confidence out of range."""
        if not 0 < self.margin < 0.5:
            raise ValueError(f"margin must be between 0 and 0.5, not {self.margin}")
        if not 0.5 < self.confidence < 1:
            raise ValueError(f"confidence must be between 0.5 and 1, not {self.confidence}")

    @property
    def compared_at(self) -> float | None:
        """The KL, nats an episode, at which trained policies are compared; None for the end of training."""
        return None if self.compare_at is None else self.compare_at.kl

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` reads them back. Plans that were sealed before `compare_at` keep their digest.
        """
        content = {**asdict(self), "baselines": list(self.baselines), "gatekeeping": list(self.gatekeeping)}
        if self.compare_at is None:
            del content["compare_at"]
        return content

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> AnalysisPlan:
        """The plan that `as_json` wrote."""
        at = content.get("compare_at")
        return AnalysisPlan(**{**content, "baselines": tuple(content["baselines"]),
                               "gatekeeping": tuple(content["gatekeeping"]),
                               "exclusions": ExclusionRules(**content["exclusions"]),
                               "compare_at": None if at is None else EqualKL(**at)})

    def digest(self) -> str:
        """SHA-256 of the plan in one canonical spelling: what is logged before the first judgment."""
        return digest(self.as_json())


STANDARD_PLAN = AnalysisPlan()
"""Of a study that names nothing else: everything that is compared confirms."""


def differences(planned: AnalysisPlan, done: AnalysisPlan) -> list[str]:
    """What differs, one line each; an empty list is 'as planned'."""
    names = [part.name for part in fields(AnalysisPlan)]
    pairs = [(name, getattr(planned, name), getattr(done, name)) for name in names]
    return [f"{name}: planned {_said(before)}, done {_said(after)}" for name, before, after in pairs
            if before != after]


def _said(value: Any) -> str:
    if isinstance(value, EqualKL):
        return f"KL {value.kl:g} nats"
    if isinstance(value, ExclusionRules):
        return ", ".join(f"{name} {limit}" for name, limit in asdict(value).items() if limit is not None)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
