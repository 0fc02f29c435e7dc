"""A row of the table: what is done to a study, how often, and what the machine must have for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.bench import Bench
from tests.faults.verdicts import Verdict


def always() -> str:
    """Nothing is missing."""
    return ""


@dataclass(frozen=True)
class Fault:
    """name: as the table has it. wanted: how often it is to strike. strike: do the trial of this number; raises Wrong.
    at_once: how often one trial strikes. small: whether the small study serves. lacks: what the machine lacks for it.
    """

    name: str
    wanted: int
    strike: Callable[[Bench, int], Verdict]
    at_once: int = 1
    small: bool = True
    lacks: Callable[[], str] = always
