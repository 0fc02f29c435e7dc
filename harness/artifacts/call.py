"""What every stage is called with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.artifacts.log import StageLog
from harness.records import ArmKey


@dataclass(frozen=True)
class StageCall:
    """One call of `stages.<kind>.run(call, log)`. Pickles.

    settings: the stage's slice of the study. inputs: name -> folder of a finished stage. out: where to write;
    what an earlier, killed attempt left there is still there. threads: for torch.
    """

    kind: str
    name: str
    settings: Any
    inputs: Mapping[str, Path]
    out: Path
    seed: int
    threads: int
    arm: ArmKey | None = None


__all__ = ["StageCall", "StageLog"]
