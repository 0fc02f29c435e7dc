"""How many more training runs a study needs, as records: the keys of `harness power --runs --json`."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.records import Contrast
from harness.results.spelling import TWO_BUDGETS
from harness.statistics.more_runs import MoreRuns
from harness.statistics.verdict import Verdict


@dataclass(frozen=True)
class Chance:
    """The chances of each verdict with so many runs a budget, if the win rate is what it seems."""

    n_runs: int
    enough: float
    not_enough: float


@dataclass(frozen=True)
class ContrastToDecide:
    """The largest budget against a smaller one. finding, why_not_decided, n_runs, win_rate: as in `equivalence`.

    more_runs: how many would decide; None where it is decided, or where runs cannot decide it. chances: with the runs
    there are and with more, empty where nothing is known of what runs differ by. seconds: about how long the further
    runs take, None where it is not known. study: the evaluation by people that it is of.
    """

    contrast: Contrast = field(metadata=TWO_BUDGETS)
    judge: str
    study: str | None
    finding: Verdict
    why_not_decided: str | None
    n_runs: int
    win_rate: float | None
    more_runs: MoreRuns | None
    chances: tuple[Chance, ...]
    seconds: float | None


@dataclass(frozen=True)
class MoreRunsResult:
    """power: the chance of a verdict that is aimed at. contrasts: in the order of results.json."""

    power: float
    contrasts: tuple[ContrastToDecide, ...]
