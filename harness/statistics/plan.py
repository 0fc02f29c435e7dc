"""The analysis plan: fixed and hashed before the first judgment, held against what was done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields

from harness.statistics.raters import ExclusionRules


@dataclass(frozen=True, kw_only=True)
class AnalysisPlan:
    """What will be said of the judgments, written before there are any.

    baselines: in the order of gatekeeping, for the largest budget; the other budgets follow with Holm.
    """

    estimand: str = "win rate, ties one half, averaged within items and then over items"
    interval: str = "two-way clustered by item and rater"
    margin: float = 0.05
    confidence: float = 0.95
    baselines: tuple[str, ...] = ("zero_shot", "supervised")
    exclusions: ExclusionRules = field(default_factory=ExclusionRules)

    def digest(self) -> str:
        """SHA-256 of the plan in one canonical spelling: what is logged when the items are published."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def differences(planned: AnalysisPlan, done: AnalysisPlan) -> list[str]:
    """What differs, one line each; an empty list is 'as planned'."""
    names = [part.name for part in fields(AnalysisPlan)]
    pairs = [(name, getattr(planned, name), getattr(done, name)) for name in names]
    return [f"{name}: planned {before!r}, done {after!r}" for name, before, after in pairs if before != after]
