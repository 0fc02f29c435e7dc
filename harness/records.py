"""The records that all rooms share: arms, contrasts, queries, samples and the outcome of a stage.

No behaviour beyond what follows from the fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import total_ordering
from typing import Literal, TypeVar

PAD = -1
"""The token id that stands for 'no token' in every token array of the harness. Never reaches a model."""


TWO_RUNS = " and "
"""Between the seeds of two runs that one judgment is of, in files of ratings: `1 and 2`."""


@total_ordering
@dataclass(frozen=True)
class ArmKey:
    """Which policy: an arm under one label budget and one seed, or a baseline (no budget, no seed).

    A label budget of 0: the policy had the simulated labeler's own scorer as its reward, and needed no labels.
    Files spell it `arm/label_budget/seed`, such as `rl/5000/2`, and leave out what is None.
    """

    arm: str
    label_budget: int | None = None
    seed: int | None = None

    def __str__(self) -> str:
        return "/".join(str(part) for part in (self.arm, self.label_budget, self.seed) if part is not None)

    def __lt__(self, other: ArmKey) -> bool:
        """By name, then budget, then seed; what is None comes first."""
        return self._order < other._order

    @property
    def without_seed(self) -> ArmKey:
        """The way of training that it is a run of; a baseline is its own."""
        return replace(self, seed=None)

    @property
    def _order(self) -> tuple[str, int, int]:
        budget, seed = (-1 if part is None else part for part in (self.label_budget, self.seed))
        return self.arm, budget, seed

    @staticmethod
    def parse(text: str) -> ArmKey:
        """The arm that a file spells like this. Raises ValueError for anything else."""
        arm, *rest = text.split("/")
        if not arm or len(rest) > 2:
            raise ValueError(f"'{text}' is not arm/label_budget/seed")
        return ArmKey(arm, *(int(part) for part in rest))


def arm_of(name: str) -> ArmKey:
    """The arm that a file spells like this; any other name, as people's own files have, is an arm without a budget."""
    try:
        found = ArmKey.parse(name)
    except ValueError:
        return ArmKey(name)
    return found if str(found) == name else ArmKey(name)


T = TypeVar("T")


def by_way(of_runs: Iterable[tuple[ArmKey, T]]) -> dict[ArmKey, list[T]]:
    """What the runs of each way of training have, together, in their order."""
    groups: dict[ArmKey, list[T]] = {}
    for arm, each in of_runs:
        groups.setdefault(arm.without_seed, []).append(each)
    return groups


@dataclass(frozen=True, order=True)
class Contrast:
    """Two arms that are compared: what is said of a contrast is said of `arm`, against `opponent`.

    Files spell it `arm vs opponent`, such as `rl/5000/2 vs zero_shot`.
    """

    arm: ArmKey
    opponent: ArmKey

    def __str__(self) -> str:
        return f"{self.arm} vs {self.opponent}"

    @property
    def without_seeds(self) -> Contrast:
        """The comparison of two ways of training that it is one pair of runs of."""
        return Contrast(self.arm.without_seed, self.opponent.without_seed)

    @property
    def turned(self) -> Contrast:
        """The same comparison from the opponent's side."""
        return Contrast(self.opponent, self.arm)

    @staticmethod
    def parse(text: str) -> Contrast:
        """The contrast that a file spells like this. Raises ValueError for anything else."""
        arm, between, opponent = text.partition(" vs ")
        if not between:
            raise ValueError(f"'{text}' is not two arms with ' vs ' between them")
        return Contrast(ArmKey.parse(arm), ArmKey.parse(opponent))


@dataclass(frozen=True)
class Query:
    """A query x: what the policy continues or summarizes.

    tokens: the ids the model is given, unpadded. text: the same for a person to read. source: the text that
    copying is measured against, as the model saw it (summaries only). reference: the human answer, where there
    is one, cut by the end rule. reference_tokens: the same as the model would give it, not cut. facts: groups of
    alternative wordings that a good summary mentions one of (embedded text only).
    has_preamble: whether the source opens with something other than its news, None where nobody can tell.
    """

    id: str
    tokens: tuple[int, ...]
    text: str
    source: str | None = None
    reference: str | None = None
    reference_tokens: tuple[int, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    has_preamble: bool | None = None


@dataclass(frozen=True)
class Sample:
    """A response y to one query by one arm, truncated by the end rule. valid: whether it obeys that rule."""

    query_id: str
    arm: ArmKey
    text: str
    tokens: tuple[int, ...]
    valid: bool
    kl_to_reference: float | None = None


@dataclass(frozen=True)
class LabelTask:
    """What a labeler sees: a query and k candidate responses, as texts."""

    id: str
    query: Query
    candidates: tuple[str, ...]


class Choice(StrEnum):
    """What a rater says of an item. Sides, never arms."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    SKIP = "skip"


@dataclass(frozen=True)
class Item:
    """Two responses to one query, sides shuffled. The arm of each side is in the sealed key, not here."""

    id: str
    query_id: str
    query_text: str
    left_text: str
    right_text: str
    source: str | None = None


@dataclass(frozen=True)
class Judgment:
    """One rater's choice on one item, by arm: made only after unblinding.

    outcome: 1 where the contrast's arm won, 0.5 for a tie, 0 where its opponent won. arm_was_left: as the rater saw it.
    """

    item_id: str
    query_id: str
    rater_id: str
    contrast: Contrast
    outcome: float
    arm_was_left: bool


@dataclass(frozen=True)
class ArtifactRef:
    """Where the files of a finished stage are, or will be once they are fetched."""

    fingerprint: str
    path: str
    run_id: str | None = None


@dataclass(frozen=True)
class Environment:
    """What a stage was computed with. Where two differ, the last bits of their numbers may differ.

    host: the machine's name. cpu: its processor's model. threads: that the stage could use. torch: its version.
    device: `cpu`, or the GPU's name. small_kernels, large_kernels: a digest of the compiled kernels for small and
    for large models, or `off` and why. compiler: the one that makes them, or `none`.
    """

    host: str
    cpu: str
    threads: int
    torch: str
    device: str
    small_kernels: str
    large_kernels: str
    compiler: str


@dataclass(frozen=True)
class Done:
    """The stage wrote its outputs. summary: the figures worth a line in the terminal and in MLflow.

    environments: what it was computed with, by its name, and so for each stage before it; the engine notes them.
    """

    summary: dict[str, float] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """The stage waits for people. missing: how many of what are not there yet; 0 where the owner's word is awaited.

    tasks: the ids of the missing ones, by which those that several stages wait for count once; empty where none share.
    """

    reason: str
    missing: int
    what: Literal["labels", "judgments"] = "labels"
    tasks: tuple[str, ...] = ()
