"""Shows how far a study is: a bar for it and for each running stage on a terminal, lines elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import IO

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from harness.artifacts.log import Progress as StageProgress
from harness.artifacts.log import Said, Told
from harness.engine.execution import Screen, describe_failure
from harness.records import Done, Pending
from harness.study.estimate import estimate_stage
from harness.study.plan import Plan
from harness.study.stage import Stage

_TOO_LITTLE = 0.01
"""The share of the work that says nothing yet about the rest."""

_QUIET_SECONDS = 60.0
"""So long a log may say nothing while stages run."""


_PIPED_WIDTH = 140
"""Columns of a table that goes into a log or a pipe, where nobody knows the width."""


def console_for(out: IO[str]) -> Console:
    """As wide as the terminal, or wide enough for every table."""
    return Console(file=out, width=None if out.isatty() else _PIPED_WIDTH)


def readable_time(seconds: float) -> str:
    """`3:07` or `1:02:03`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


_NOTHING_YET = StageProgress(0, 0)


@dataclass
class _Running:
    """A stage that runs. cost: its work. told: what it last said of how much is done."""

    cost: float
    began: float
    told: StageProgress = _NOTHING_YET

    @property
    def share(self) -> float:
        return self.told.done / max(1, self.told.total)


class _Clock:
    """Time left, from the pace of the stages so far. Counts work in token passes, so that stages are comparable."""

    def __init__(self, plan: Plan, slots: int) -> None:
        self._cost = {stage.fingerprint: estimate_stage(stage, plan).work for stage in plan.stages}
        self._slots = slots
        self.running: dict[str, _Running] = {}
        self._done = self._seconds = self._total = 0.0

    def expect(self, fingerprints: list[str]) -> None:
        self._total = sum(self._cost[fingerprint] for fingerprint in fingerprints)

    def expect_again(self, stage: Stage) -> None:
        """A stage that was finished has to run after all."""
        self._total += self._cost.setdefault(stage.fingerprint, 0)

    def start(self, stage: Stage) -> None:
        # What is computed again may lack in a plan without the arms that failed.
        self.running[stage.name] = _Running(self._cost.setdefault(stage.fingerprint, 0), time.monotonic())

    def advance(self, name: str, told: StageProgress) -> bool:
        """Whether the stage still runs: what it reports arrives on a thread of its own, perhaps after its end."""
        stage = self.running.get(name)
        if stage is not None:
            stage.told = told
        return stage is not None

    def complete(self, stage: Stage) -> float:
        """The seconds it took. What another process has finished took none here, and tells nothing of the pace."""
        ended = self.running.pop(stage.name, None)
        if ended is None:
            self._total -= self._cost[stage.fingerprint]
            return 0.0
        seconds = time.monotonic() - ended.began
        self._done += ended.cost
        self._seconds += seconds
        return seconds

    def _so_far(self) -> tuple[float, float]:
        """(work, seconds), those of stages side by side added up, with what running stages have told of."""
        # A copy: stages end on another thread than the one that asks.
        telling = [one for one in list(self.running.values()) if one.share > 0]
        now = time.monotonic()
        return (self._done + sum(one.cost * one.share for one in telling),
                self._seconds + sum(now - one.began for one in telling))

    @property
    def share_done(self) -> float:
        return min(1.0, self._so_far()[0] / self._total) if self._total else 1.0

    @property
    def left(self) -> str:
        work, seconds = self._so_far()
        if work < _TOO_LITTLE * self._total:
            return "?"
        return readable_time((self._total - work) * seconds / max(1.0, work) / self._slots)


class LineScreen(Screen):
    """One line when a stage ends, and one a minute of what runs. For logs and pipes."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._clock: _Clock | None = None
        self._said = time.monotonic()
        self._announced: set[str] = set()
        self._ended = 0

    def begin(self, plan: Plan, reused: int, slots: int) -> None:
        self._clock = _Clock(plan, slots)
        self._total = len(plan.stages)
        self._ended = reused
        self._print(f"{plan.study.study}: {self._total} stages, {reused} of them cached")

    def expect(self, fingerprints: list[str]) -> None:
        assert self._clock is not None
        self._clock.expect(fingerprints)

    def _print(self, line: str) -> None:
        self._said = time.monotonic()
        print(line, file=self._out, flush=True)

    def started(self, stage: Stage) -> None:
        assert self._clock is not None
        self._clock.start(stage)

    def progress(self, name: str, told: Told) -> None:
        assert self._clock is not None
        if isinstance(told, Said):
            self._print(f"{name}: {told.line}")
        elif self._clock.advance(name, told):
            self._show(name, told)

    def _show(self, name: str, progress: StageProgress) -> None:
        assert self._clock is not None
        if time.monotonic() - self._said >= _QUIET_SECONDS:
            running = ", ".join(f"{each} {stage.told.done}/{stage.told.total}"
                                for each, stage in list(self._clock.running.items()))
            self._print(f"  running: {running}  (time left {self._clock.left})")

    def finished(self, stage: Stage, outcome: Done | Pending | Exception) -> None:
        assert self._clock is not None
        took = readable_time(self._clock.complete(stage))
        self._ended += 1
        self._print(f"[{self._ended}/{self._total}] {outcome_line(stage, outcome)}  "
                    f"({took}, time left {self._clock.left})")

    def waiting_elsewhere(self, stage: Stage) -> None:
        if stage.fingerprint not in self._announced:
            self._announced.add(stage.fingerprint)
            self._print(f"{stage.name}: another process is running this stage; waiting for it")

    def damaged(self, stage: Stage, why: str) -> None:
        assert self._clock is not None
        self._clock.expect_again(stage)
        self._ended -= 1
        self._print(f"damaged {stage.name}: {why}; computed again")

    def note(self, line: str) -> None:
        self._print(line)

    def close(self) -> None: ...


class LiveScreen(LineScreen):
    """Bars that move. Ended stages scroll away above them."""

    def __init__(self, console: Console) -> None:
        super().__init__(console.file)
        self._console = console
        self._study = Progress(TextColumn("[bold]{task.description}"), BarColumn(bar_width=30),
                               TextColumn("{task.percentage:>3.0f}%  {task.fields[left]} left"), TimeElapsedColumn(),
                               console=console)
        self._stages = Progress(TextColumn("  {task.description:<28}"), BarColumn(bar_width=20),
                                TextColumn("{task.completed}/{task.total} {task.fields[note]}"), TimeElapsedColumn(),
                                console=console)
        self._live = Live(Group(Text(""), self._study, self._stages), console=console, refresh_per_second=4,
                          transient=True)
        self._bars: dict[str, TaskID] = {}
        self._whole: TaskID | None = None

    def begin(self, plan: Plan, reused: int, slots: int) -> None:
        super().begin(plan, reused, slots)
        if self._whole is None:
            self._whole = self._study.add_task(plan.study.study, total=1.0, left="?")
            self._live.start()

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False)

    def started(self, stage: Stage) -> None:
        super().started(stage)
        self._bars[stage.name] = self._stages.add_task(stage.name, total=None, note="")

    def _show(self, name: str, progress: StageProgress) -> None:
        bar = self._bars.get(name)
        if bar is not None:
            self._stages.update(bar, completed=progress.done, total=progress.total, note=progress.note)
            self._update()

    def finished(self, stage: Stage, outcome: Done | Pending | Exception) -> None:
        bar = self._bars.pop(stage.name, None)
        if bar is not None:
            self._stages.remove_task(bar)
        super().finished(stage, outcome)
        self._update()

    def _update(self) -> None:
        assert self._clock is not None
        assert self._whole is not None
        self._study.update(self._whole, completed=self._clock.share_done, left=self._clock.left)

    def close(self) -> None:
        self._live.stop()


def outcome_line(stage: Stage, outcome: Done | Pending | Exception) -> str:
    """What a person wants to know of an ended stage, on one line."""
    if isinstance(outcome, Exception):
        return f"FAILED {stage.name}: {describe_failure(outcome)}"
    if isinstance(outcome, Pending):
        return f"waiting {stage.name}: {outcome.reason}"
    figures = "  ".join(f"{key} {value:.4g}" for key, value in list(outcome.summary.items())[:4])
    return f"done {stage.name}  {figures}".rstrip()
