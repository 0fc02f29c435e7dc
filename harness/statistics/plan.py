"""The analysis plan: fixed and hashed before the first judgment, held against what was done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from harness.statistics.raters import ExclusionRules

Estimand = Literal["ties_half", "ties_left_out", "majority"]
"""What a win rate averages: all judgments with a tie as one half, decisive ones, or each item's majority vote."""


@dataclass(frozen=True, kw_only=True)
class AnalysisPlan:
    """What will be said of the judgments, written before there are any.

    baselines: whom the trained arms are judged against. gatekeeping: those whose tests confirm, in their order,
    for the largest budget; the other budgets follow with Holm. Baselines outside it are explored
    (Benjamini-Hochberg). exclusions: what leaves a rater out.
    """

    estimand: Estimand = "ties_half"
    margin: float = 0.05
    confidence: float = 0.95
    baselines: tuple[str, ...] = ("zero_shot", "supervised")
    gatekeeping: tuple[str, ...] = ("zero_shot", "supervised")
    exclusions: ExclusionRules = field(default_factory=ExclusionRules)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` reads them back."""
        document: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return document

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> AnalysisPlan:
        """The plan that `as_json` wrote."""
        return AnalysisPlan(**{**content, "baselines": tuple(content["baselines"]),
                               "gatekeeping": tuple(content["gatekeeping"]),
                               "exclusions": ExclusionRules(**content["exclusions"])})

    def digest(self) -> str:
        """SHA-256 of the plan in one canonical spelling: what is logged before the first judgment."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def differences(planned: AnalysisPlan, done: AnalysisPlan) -> list[str]:
    """What differs, one line each; an empty list is 'as planned'."""
    names = [part.name for part in fields(AnalysisPlan)]
    pairs = [(name, getattr(planned, name), getattr(done, name)) for name in names]
    return [f"{name}: planned {_said(before)}, done {_said(after)}" for name, before, after in pairs
            if before != after]


def _said(value: Any) -> str:
    if isinstance(value, ExclusionRules):
        return ", ".join(f"{name} {limit}" for name, limit in asdict(value).items() if limit is not None)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
