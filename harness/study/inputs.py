"""What a stage takes from the stages before it, by name, and the check that a plan hands it just that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from harness.records import ArmKey

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)

SingleInput = Literal["base", "start", "queries", "policy", "reference_policy", "trained_policy", "reward_model",
                      "validation_labels", "frontier_samples", "previous", "sample", "judge", "publish", "supervised"]
"""Inputs that a stage has one of. start: where training begins. policy: what is sampled. reference_policy: what the KL
of the samples is measured to. trained_policy: samples half of an online round's candidates. validation_labels: what
every reward model is held against. frontier_samples: of ρ, on validation queries. previous: the round before.
"""

ArmInput = Literal["samples", "measures", "policies", "reward_models", "frontiers"]
"""Inputs that a stage has one of for each arm."""

OrderedInput = Literal["labels", "rates", "evaluations"]
"""Inputs that follow each other. labels: by the number of the first. rates: of a sweep. evaluations: by people."""


@dataclass(frozen=True)
class InputOf:
    """One of several inputs that share a name: one arm's, one of an order, or an arm's reward model of one round."""

    name: ArmInput | OrderedInput | Literal["rounds"]
    arm: ArmKey | None = None
    number: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.name, self.number, self.arm) if part is not None)


InputKey = SingleInput | InputOf


@dataclass(frozen=True)
class Inputs(Generic[T_co]):
    """A stage's inputs. What stands for one: the stage that makes it, its fingerprint, or the folder of its files."""

    entries: Mapping[InputKey, T_co]

    def __getitem__(self, name: SingleInput) -> T_co:
        return self.entries[name]

    def get(self, name: SingleInput) -> T_co | None:
        return self.entries.get(name)

    def __contains__(self, name: SingleInput) -> bool:
        return name in self.entries

    def by_arm(self, name: ArmInput) -> dict[ArmKey, T_co]:
        """The inputs of all arms, in the plan's order."""
        return {key.arm: value for key, value in self._named(name) if key.arm is not None}

    def in_order(self, name: OrderedInput) -> list[T_co]:
        """The inputs that follow each other, by their numbers."""
        numbered = {key.number: value for key, value in self._named(name) if key.number is not None}
        return [numbered[number] for number in sorted(numbered)]

    def rounds(self) -> dict[tuple[ArmKey, int], T_co]:
        """The reward models of online collection, by arm and the round's number, in the plan's order."""
        return {(key.arm, key.number): value for key, value in self._named("rounds")
                if key.arm is not None and key.number is not None}

    def values(self) -> ValuesView[T_co]:
        return self.entries.values()

    def map(self, change: Callable[[T_co], U]) -> Inputs[U]:
        """The same inputs, with something else standing for each."""
        return Inputs({key: change(value) for key, value in self.entries.items()})

    def by_text(self) -> dict[str, T_co]:
        """As files name them: `queries`, `samples:rl/5000/2`, `labels:1000`, `rounds:3:rl/5000/2`."""
        return {str(key): value for key, value in self.entries.items()}

    def _named(self, name: str) -> Iterator[tuple[InputOf, T_co]]:
        return ((key, value) for key, value in self.entries.items() if isinstance(key, InputOf) and key.name == name)


def of_arms(name: ArmInput, values: Mapping[ArmKey, T]) -> dict[InputKey, T]:
    """An entry of `Inputs` for each arm."""
    return {InputOf(name, arm=arm): value for arm, value in values.items()}


def in_order(name: OrderedInput, values: Mapping[int, T]) -> dict[InputKey, T]:
    """An entry of `Inputs` for each number."""
    return {InputOf(name, number=number): value for number, value in values.items()}


@dataclass(frozen=True)
class Takes:
    """Which inputs stages of a kind take. needed: always. optional: some of them. several: any number of each."""

    needed: tuple[SingleInput, ...] = ()
    optional: tuple[SingleInput, ...] = ()
    several: tuple[ArmInput | OrderedInput | Literal["rounds"], ...] = ()

    def check(self, inputs: Inputs[object], *, stage: str) -> None:
        """Raises ValueError that names the stage where an input is missing, or one is there that it does not take."""
        names = {key.name if isinstance(key, InputOf) else key for key in inputs.entries}
        missing = set(self.needed) - names
        unknown = names - {*self.needed, *self.optional, *self.several}
        for problem, wrong in (("lacks", missing), ("does not take", unknown)):
            if wrong:
                raise ValueError(f"the stage {stage} {problem} {', '.join(sorted(wrong))}")
