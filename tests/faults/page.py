"""Writes docs/faults.md: what was done to studies, how often, and what came of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.faults.fault import Fault
from tests.faults.ledger import Trial
from tests.faults.verdicts import MENDED, SAME, WEDGED

_HEAD = """# Faults

What a study survives, tried on real ones. `make faults` does it and writes this page; `python -m tests.faults --help`
says how to choose among the faults. What was tried is kept in `faults.jsonl` beside this page, one line a trial, so a
runner that was stopped goes on from there.

After each fault the same command is given again. There are three outcomes:

- **Same bytes**: the command ends well, and `results.json` is, byte for byte, that of a study that nobody disturbed.
- **One line**: a command ended with one line that says what is wrong and what to do, and no traceback. That was done,
  and then the results were the same bytes.
- **Wedged or wrong**: anything else. Other bytes, a traceback, a second line, a command that does not end in half an
  hour, a process that outlives its driver by half a minute, finished stages that are computed again.
"""
_HOW = """## How it is done

- **The code** is a copy that nobody edits while the faults strike. The table names the last commit that had changed it.
  A trial counts as it came out last. What was wedged or wrong is tried again when the code has changed, the rest when
  `--again` asks for it.
- **Chance** is seeded: a trial of the same number strikes the same byte, after as many seconds or finished stages.
- **SIGKILL** comes 25 times in a row to one study of `studies/quick.yaml`, each time followed at once by the same
  command, so that it meets the workers of the killed one. Three in ten take all processes, the others the driver alone.
  Half of these studies write a checkpoint at every step, the others every 30 seconds. Later means when up to five more
  stages are finished.
- **All other faults** strike a smaller study: stages of every kind, sixteen of them, ten seconds.
- **Ctrl-C** goes to the whole process group, as from a terminal; SIGTERM to the driver. Half of them come within five
  seconds of the start, the others when a random number of stages is finished. The first second is left out, because
  until then Python itself is starting.
- **Flipped bits and short files** go through every kind of file below `mlruns/`, of a study killed early, of one killed
  late and of a finished one: weights, tokenizers, tables, samples, measures, metrics, outcomes, checkpoints, reports,
  locks, the database. Where the database cannot be read, the line asks to move it away, and that is done.
- **A full disk** is a file system in memory that ends at ten places, from a fifth of what the study leaves to all but
  a twentieth. The cure is to make it larger.
- **The tracking server** is MLflow's own. A proxy before it refuses, from a random request on, or waits with each
  answer. Stopped means killed, and started again after 30 to 60 seconds.
- **Two users** have one group, umask 002 and a folder that hands its group on. The one begins, the other goes on.
"""


def page(faults: Sequence[Fault], trials: Sequence[Trial], lacking: Mapping[str, str]) -> str:
    """The page in Markdown. lacking: fault -> what this machine lacks for it."""
    rows = [_row(fault, [trial for trial in trials if trial.fault == fault.name], lacking) for fault in faults]
    table = ["| fault | wanted | struck | same bytes | one line, then same bytes | wedged or wrong | commit |",
             "| --- | --- | --- | --- | --- | --- | --- |", *rows, _sum(trials)]
    return "\n".join([_HEAD, "## What came of it", "", _when(trials), "", *table, "", *_missing(faults, trials),
                      *_lines(trials), _HOW])


def _missing(faults: Iterable[Fault], trials: Sequence[Trial]) -> list[str]:
    """Which faults have not struck as often as they are to."""
    struck: Counter[str] = Counter()
    for trial in trials:
        struck[trial.fault] += trial.times
    short = [fault.name for fault in faults if struck[fault.name] < fault.wanted]
    return [f"Not yet done in full: {'; '.join(short)}.", ""] if short else []


def _row(fault: Fault, trials: Sequence[Trial], lacking: Mapping[str, str]) -> str:
    if fault.name in lacking and not trials:
        return f"| {fault.name} | {fault.wanted} | not here: {lacking[fault.name]} | | | | |"
    return f"| {fault.name} | {fault.wanted} | {_counts(trials)} | {_commits(trials)} |"


def _counts(trials: Sequence[Trial]) -> str:
    came: Counter[str] = Counter()
    for trial in trials:
        came[trial.outcome] += trial.times
    return " | ".join(str(number) for number in (came.total(), came[SAME], came[MENDED], came[WEDGED]))


def _sum(trials: Sequence[Trial]) -> str:
    return f"| **all** | | {_counts(trials)} | |"


def _when(trials: Sequence[Trial]) -> str:
    if not trials:
        return "Nothing was tried yet."
    days = sorted({trial.date for trial in trials})
    dates = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    machines = Counter(trial.machine for trial in trials)
    return f"{dates}, on {', and on '.join(machines)}."


def _commits(trials: Sequence[Trial]) -> str:
    """Which code was tried, the most often tried first, with how many trials each where there is more than one."""
    tried = Counter(trial.commit for trial in trials).most_common()
    return ", ".join(commit if len(tried) == 1 else f"{commit} ({number})" for commit, number in tried)


def machine() -> str:
    """The processor of this machine and how many cores may be used."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "a processor")
    return f"{name} with {len(os.sched_getaffinity(0))} cores"


def _lines(trials: Sequence[Trial]) -> list[str]:
    """What was said where a line came, and what went wrong where something did."""
    wrong = [f"- {trial.fault}, trial {trial.number}, commit {trial.commit}: {_cell(trial.said)}"
             for trial in trials if trial.outcome == WEDGED]
    return ["## Wedged or wrong", "", *wrong, ""] if wrong else []


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("<", "&lt;")[:400]
