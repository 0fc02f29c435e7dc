"""What the report's sections are written from, and the names by which they call arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.records import ArmKey, Environment


@dataclass(frozen=True)
class ReportMaterial:
    """All that the page shows. results: results.json. curves: metric records by arm. details: by arm, from the measure
    stage. examples: queries with some arms' responses. environments: what each stage was computed with, by its name.
    """

    study: dict[str, Any]
    results: dict[str, Any]
    details: dict[str, Any]
    curves: dict[str, list[dict[str, Any]]]
    reward_models: dict[str, dict[str, float]]
    examples: list[dict[str, Any]]
    versions: dict[str, str]
    environments: Mapping[str, Environment]

    @property
    def is_summarization(self) -> bool:
        return bool(self.study["task"]["kind"] == "summarization")

    def judge(self, row: Mapping[str, Any]) -> str:
        """Who judged a row, as a sentence names them."""
        studies = [study for study in self.results["people"] if study["study"] == row.get("study")]
        if not studies:
            return "the simulated judge"
        who = "simulated raters" if studies[0]["simulated_judge"] else "people"
        return who if len(self.results["people"]) == 1 else f"{who} in {row['study']}"

    def by_judge(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
        """The rows of each judge, people first: what they say counts most."""
        judges = dict.fromkeys(self.judge(row) for row in sorted(rows, key=lambda row: row.get("study") is None))
        return {judge: [row for row in rows if self.judge(row) == judge] for judge in judges}

    @property
    def confidence(self) -> str:
        return f"{100 * self.results['analysis_plan']['planned']['confidence']:g}%"

    @property
    def seeds(self) -> str:
        n = len(self.study["seeds"])
        return f"{n} training seed{'s' if n > 1 else ''}"

    @property
    def policies(self) -> list[str]:
        """The kinds of trained policy, in the study's order."""
        return list(dict.fromkeys(row["arm"] for row in self.results["win_rates"]))


def arm_name(arm: str, label_budget: int | None = None, seed: int | None = None) -> str:
    """'zero-shot', 'rl 4,000', 'rl 4,000, seed 2'. A budget of 0 is none: there is nothing to tell apart."""
    name = arm.replace("_", "-")
    if label_budget:
        name += f" {label_budget:,}"
    return name if seed is None else f"{name}, seed {seed}"


def key_name(text: str, *, with_seed: bool = False) -> str:
    """The name of an arm that is written `rl/4000/2`; any other text is a name already."""
    try:
        key = ArmKey.parse(text)
    except (ValueError, TypeError):
        return text
    return arm_name(key.arm, key.label_budget, key.seed if with_seed else None)


def by_arm(rows: Sequence[Mapping[str, Any]], key: str = "arm_a") -> list[list[Mapping[str, Any]]]:
    """The rows of each kind of policy."""
    return [[row for row in rows if row[key] == arm] for arm in dict.fromkeys(row[key] for row in rows)]


def pair_name(row: Mapping[str, Any]) -> str:
    """Two arms that were compared, with their seeds."""
    return f"{key_name(row['arm_a'], with_seed=True)} over {key_name(row['arm_b'], with_seed=True)}"
