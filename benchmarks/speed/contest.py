"""Turns in alternation: every side in a process of its own, one working while the others wait."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from typing import Any

LONG_TURN = 4.0
"""Seconds."""

Turn = Callable[[], int]
"""Does one piece of work, and says how many units it was."""


@dataclass(frozen=True)
class Side:
    """build: `module:function`, called with the arguments in the side's process; gives its Turn.

    processes: how many do that at once; the side's units and memory are those of all.
    """

    name: str
    build: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    processes: int = 1


@dataclass(frozen=True)
class Result:
    """rates: units a second, one for each round. peak_mib: of the processes, libraries and all."""

    rates: list[float]
    peak_mib: float


def compete(sides: Sequence[Side], *, rounds: int, turn_seconds: float = 1.5) -> dict[str, dict[str, Any]]:
    """Each side's Result as plain values. The first turn of each side is a warm-up and does not count.

    turn_seconds: a side repeats its piece of work until a round's turn lasts about so long.
    """
    context = multiprocessing.get_context("spawn")
    pipes: list[list[Connection]] = []
    processes = []
    for side in sides:
        pipes.append([])
        for _ in range(side.processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(side, theirs), daemon=True)
            process.start()
            pipes[-1].append(ours)
            processes.append(process)
        _ask(pipes[-1], side, "ready")
    repeats = []
    for side, pipe in zip(sides, pipes, strict=True):
        _, seconds = _ask(pipe, side, 1)
        if seconds < LONG_TURN:  # the first turn of a short piece of work is mostly making ready
            _, seconds = _ask(pipe, side, 1)
        repeats.append(max(1, round(turn_seconds / max(seconds, 1e-6))))
    rates: list[list[float]] = [[] for _ in sides]
    for number in range(rounds):
        # The order turns round, so that no side always follows the same one.
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for index in order:
            units, seconds = _ask(pipes[index], sides[index], repeats[index])
            rates[index].append(units / seconds)
    results = {}
    for side, pipe, found in zip(sides, pipes, rates, strict=True):
        peak, _ = _ask(pipe, side, "stop")
        results[side.name] = asdict(Result(rates=found, peak_mib=peak))
    for process in processes:
        process.join(5)
        process.kill()
    return results


def ratio(results: Mapping[str, Mapping[str, Any]], one: str, other: str) -> float:
    """The median over the rounds of one side's rate divided by the other's."""
    return statistics.median(ratios(results, one, other))


def ratios(results: Mapping[str, Mapping[str, Any]], one: str, other: str) -> list[float]:
    """One side's rate divided by the other's in each round, the smallest first."""
    return sorted(a / b for a, b in zip(results[one]["rates"], results[other]["rates"], strict=True))


def _ask(pipes: Sequence[Connection], side: Side, message: Any) -> tuple[float, float]:
    """The sum of what the side's processes answer, and the seconds of the slowest."""
    try:
        if message != "ready":
            for pipe in pipes:
                pipe.send(message)
        answers = [pipe.recv() for pipe in pipes]
    except (EOFError, BrokenPipeError):
        raise SystemExit(f"{side.name} ended early; its message is above") from None
    return sum(units for units, _ in answers), max(seconds for _, seconds in answers)


def _serve(side: Side, pipe: Connection) -> None:
    os.environ.update(side.environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    module, _, function = side.build.partition(":")
    turn = getattr(importlib.import_module(module), function)(**side.arguments)
    pipe.send((0, 0.0))
    while (repeats := pipe.recv()) != "stop":
        began = time.perf_counter()
        units = sum(turn() for _ in range(repeats))
        pipe.send((units, time.perf_counter() - began))
    pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0.0))
    pipe.close()
    os._exit(0)  # a peer's training thread would keep the process alive
