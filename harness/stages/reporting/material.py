"""What the report's sections are written from, and the names by which they call arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.study.stage import ArmKey


@dataclass(frozen=True)
class ReportMaterial:
    """All that the page shows. results: results.json. curves: metric records by arm. details: by arm, from the measure
    stage. examples: queries with some arms' responses.
    """

    study: dict[str, Any]
    results: dict[str, Any]
    details: dict[str, Any]
    curves: dict[str, list[dict[str, Any]]]
    reward_models: dict[str, dict[str, float]]
    examples: list[dict[str, Any]]
    versions: dict[str, str]

    @property
    def is_summarization(self) -> bool:
        return bool(self.study["task"]["kind"] == "summarization")

    @property
    def judge(self) -> str:
        """Who judged, as a sentence names them."""
        return "the simulated judge" if self.results["simulated_judge"] else "the raters"

    @property
    def confidence(self) -> str:
        return f"{100 * self.results['analysis_plan']['planned']['confidence']:g}%"

    @property
    def policies(self) -> list[str]:
        """The kinds of trained policy, in the study's order."""
        return list(dict.fromkeys(row["arm"] for row in self.results["win_rates"]))


def arm_name(arm: str, label_budget: int | None = None, seed: int | None = None) -> str:
    """'zero-shot', 'rl 4,000', 'rl 4,000, seed 2'."""
    name = arm.replace("_", "-")
    if label_budget is not None:
        name += f" {label_budget:,}"
    return name if seed is None else f"{name}, seed {seed}"


def key_name(text: str) -> str:
    """The name of an arm that is written `rl/4000/2`, without its seed."""
    key = ArmKey.parse(text)
    return arm_name(key.arm, key.label_budget)
