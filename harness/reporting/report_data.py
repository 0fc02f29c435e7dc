"""What the report's sections are written from, and the names by which they call arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.records import ArmKey, Contrast, Environment
from harness.results.people_records import PeopleResults
from harness.results.rate_records import EquivalenceRow, SensitivityRow, WinRateRow
from harness.results.records import Results
from harness.results.text_records import CopyingDetails
from harness.study.parts import AT_END
from harness.study.spec import StudySpec

Judged = TypeVar("Judged", WinRateRow, EquivalenceRow)
OfArm = TypeVar("OfArm", WinRateRow, EquivalenceRow, SensitivityRow)


@dataclass(frozen=True)
class ArmResponse:
    """What one arm wrote."""

    arm: ArmKey
    text: str


@dataclass(frozen=True)
class Example:
    """A test query with some arms' responses. source: what they summarize, None for a continuation."""

    query: str
    source: str | None
    responses: tuple[ArmResponse, ...]


@dataclass(frozen=True)
class ReportData:
    """All that the page shows. details: from the measure stage. environments: what each stage was computed with, by
    its name.
    """

    study: StudySpec
    results: Results
    details: Mapping[ArmKey, CopyingDetails]
    examples: Sequence[Example]
    versions: Mapping[str, str]
    environments: Mapping[str, Environment]

    def evaluation(self, row: WinRateRow | EquivalenceRow) -> PeopleResults | None:
        """The evaluation by people that a row comes from; None for the simulated judge."""
        return next((study for study in self.results.people if study.study == row.study), None)

    def judge(self, study: PeopleResults | None) -> str:
        """Who judged in an evaluation, or in none, as a sentence names them."""
        if study is None:
            return "the simulated judge"
        who = "simulated raters" if study.simulated_judge else "people"
        return who if len(self.results.people) == 1 else f"{who} in {study.study}"

    def by_judge(self, rows: Sequence[Judged]) -> dict[str, list[Judged]]:
        """The rows of each judge, people first: what they say counts most."""
        found: dict[str, list[Judged]] = {}
        for row in sorted(rows, key=lambda row: row.study is None):
            found.setdefault(self.judge(self.evaluation(row)), []).append(row)
        return found

    @property
    def confidence(self) -> str:
        return f"{100 * self.results.analysis_plan.planned.confidence:g}%"

    @property
    def seeds(self) -> str:
        n = len(self.study.seeds)
        return f"{n} training seed{'s' if n > 1 else ''}"

    @property
    def policies(self) -> list[str]:
        """The kinds of trained policy, in the study's order."""
        return list(dict.fromkeys(row.contrast.arm.arm for row in self.results.win_rates))


def arm_name(arm: str, label_budget: int | None = None, seed: int | None = None) -> str:
    """'zero-shot', 'rl 4,000', 'rl 4,000, seed 2', 'rl 4,000 at the end'. A budget of 0 is none: it is not named."""
    name = arm.removesuffix(AT_END).replace("_", "-")
    if label_budget:
        name += f" {label_budget:,}"
    if arm.endswith(AT_END):
        name += " at the end"
    return name if seed is None else f"{name}, seed {seed}"


def key_name(key: ArmKey, *, with_seed: bool = False) -> str:
    """The same of an arm, without its seed where that is not asked for."""
    return arm_name(key.arm, key.label_budget, key.seed if with_seed else None)


def budget_name(key: ArmKey) -> str:
    """'4,000 labels', where the kind of policy is said elsewhere; the arm's name where it needed none."""
    return f"{key.label_budget:,} labels" if key.label_budget else arm_name(key.arm)


def contrast_name(contrast: Contrast) -> str:
    """'rl 4,000 over zero-shot', seeds together."""
    return f"{key_name(contrast.arm)} over {key_name(contrast.opponent)}"


def pair_name(contrast: Contrast) -> str:
    """Two arms that were compared, with their seeds."""
    return f"{key_name(contrast.arm, with_seed=True)} over {key_name(contrast.opponent, with_seed=True)}"


def by_arm(rows: Sequence[OfArm]) -> list[list[OfArm]]:
    """The rows of each kind of policy."""
    arms = dict.fromkeys(row.contrast.arm.arm for row in rows)
    return [[row for row in rows if row.contrast.arm.arm == arm] for arm in arms]
