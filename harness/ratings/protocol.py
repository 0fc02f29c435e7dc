"""What is fixed before the first judgment: a study's title, instructions, settings and items, and the sealed key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from harness.errors import InputError
from harness.records import ArmKey, Choice, Item
from harness.statistics.plan import STANDARD_PLAN, AnalysisPlan
from harness.statistics.raters import ExclusionRules

DEFAULT_TITLE = "Which text is better?"
DEFAULT_INSTRUCTIONS = (
    "You see the beginning of a text and two ways it goes on, or a source and two summaries of it. Choose the one "
    "that is better overall. Use Tie where you cannot tell, and Both bad where neither is any good. Read both to the "
    "end. The order of the two is random. Some items return: judge each as if it were new.")

REASON_TAGS = ("more fluent", "more on topic", "fewer mistakes", "less repetitive", "better style", "more informative")
"""The reasons a rater may tick. Short, about the text, and the same in every study, so that they can be counted."""


MAX_NAME = 200
"""Characters of a study's name; the column's length."""


class StudyKind(StrEnum):
    EVALUATION = "evaluation"
    LABELS = "labels"


class ItemKind(StrEnum):
    """MAIN items are the study. GOLD and REPEAT look the same to the rater. TRAINING tells the answer afterwards."""

    TRAINING = "training"
    QUALIFICATION = "qualification"
    MAIN = "main"
    GOLD = "gold"
    REPEAT = "repeat"


class Which(StrEnum):
    """Which of the two texts a question after the vote is true of."""

    LEFT = "left"
    BOTH = "both"
    RIGHT = "right"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class StudyProtocol:
    """What an evaluation is, hashed with its items and key before the first judgment.

    name: the owner's, unique, never shown to raters. title, instructions, consent: what raters read.
    quota: how many main items one rater may judge, None for all. lease_minutes: how long an item stays reserved.
    check_every: about one in so many items is a gold item or a repeat. pass_mark: the share of qualification
    items to get right. ask_copied, ask_accuracy: the questions after the vote, for items with a source.
    once_a_query: no rater gets two main items about one query; a rater who met a query before may know whose text
    returns. plan: how it will be analysed. not_comparable: ways of training, such as `rl/5000`, about which nothing can
    be decided whatever people say, and why. execution: the MLflow run that the texts came from. responses: the
    fingerprints of those texts, by which a study's report finds what people said of them.
    """

    name: str
    title: str
    instructions: str
    seed: int
    consent: str = ("Your choices are stored under a pseudonym and used for research. "
                    "You may stop at any time and have your data erased.")
    quota: int | None = None
    lease_minutes: float = 30.0
    check_every: int = 8
    pass_mark: float = 0.75
    ask_copied: bool = False
    ask_accuracy: bool = False
    once_a_query: bool = True
    plan: AnalysisPlan = STANDARD_PLAN
    not_comparable: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    execution: str | None = None
    responses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in ("name", "title"):
            if not getattr(self, key).strip():
                raise InputError(f"a study needs a {key}", key=key)
        if self.quota is not None and self.quota < 1:
            raise InputError(f"quota must be 1 or more, not {self.quota}", key="quota")
        if self.lease_minutes <= 0:
            raise InputError(f"lease_minutes must be positive, not {self.lease_minutes}", key="lease_minutes")
        if self.check_every < 2:
            raise InputError(f"check_every must be 2 or more, not {self.check_every}", key="check_every")
        if not 0 <= self.pass_mark <= 1:
            raise InputError(f"pass_mark is a share in [0, 1], not {self.pass_mark}", key="pass_mark")

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` reads them back."""
        return {**asdict(self), "plan": self.plan.as_json(), "responses": list(self.responses)}

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> StudyProtocol:
        """The protocol that `as_json` wrote, or one that was sealed with its plan spread over keys of its own, or while
        a query could return.
        """
        rest = dict(content)
        plan = AnalysisPlan.from_json(rest.pop("plan")) if "plan" in rest else _spread_plan(rest)
        return StudyProtocol(**{"once_a_query": False, **rest, "plan": plan,
                                "responses": tuple(rest.get("responses", ()))})


def _spread_plan(content: dict[str, Any]) -> AnalysisPlan:
    """Takes the plan's keys out of the form in which protocols were sealed until version 0.1.

    They knew the baselines of gatekeeping only, and of the whole plan its digest. A rule with a limit of 0 is off.
    """
    content.pop("analysis_plan", None)
    gates = tuple(content.pop("baselines", ()))
    return AnalysisPlan(estimand=content.pop("estimand"), margin=content.pop("margin"),
                        confidence=content.pop("confidence"), baselines=gates, gatekeeping=gates,
                        exclusions=ExclusionRules(**content.pop("exclusion")))


@dataclass(frozen=True)
class StudyItem:
    """An item with what the store must know of it. stratum: an opaque number of the pair of arms.

    position: the item's place within its stratum, by which sides are blocked. expected: the right answer in the
    item's own orientation (gold, training, qualification). repeat_of: the item that a repeat shows again.
    """

    item: Item
    kind: ItemKind
    stratum: int
    position: int
    overlap: int
    expected: Choice | None = None
    explanation: str = ""
    repeat_of: str | None = None


@dataclass(frozen=True)
class SealedKey:
    """Which arm is on which side of each item, in the item's own orientation. Opened by `unblind` only.

    nonce: makes the seal impossible to guess from a short list of arms. arms: item id to (left arm, right arm).
    """

    nonce: str
    arms: Mapping[str, tuple[ArmKey, ArmKey]] = field(repr=False)


@dataclass(frozen=True)
class ItemSet:
    """What `build_items` makes: the items in the order of the study, and the key."""

    items: tuple[StudyItem, ...]
    key: SealedKey
