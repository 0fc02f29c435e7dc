"""What every stage is called with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from harness.records import ArmKey
from harness.study.inputs import Inputs
from harness.study.slices import StageKind, StageSlice

S_co = TypeVar("S_co", bound=StageSlice, covariant=True)


@dataclass(frozen=True)
class StageCall(Generic[S_co]):
    """One call of a stage's function. Pickles.

    settings: the stage's slice of the study. inputs: folders of finished stages. out: where to write; what an earlier,
    killed attempt left there is still there. threads: for torch. check_outside: raises InputError where what the stage
    reads from outside the study is no longer what it was planned with.
    """

    name: str
    settings: S_co
    inputs: Inputs[Path]
    out: Path
    seed: int
    threads: int
    arm: ArmKey | None = None
    check_outside: Callable[[], None] | None = None

    @property
    def kind(self) -> StageKind:
        return self.settings.kind
