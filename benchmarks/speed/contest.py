"""Measures several programs on the same work: each in a process of its own, one running while the others wait."""

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

LONG_RUN = 4.0
"""Seconds. A shorter first run is mostly preparation."""

Work = Callable[[], int]
"""Does one piece of work, and says how many units it was."""


@dataclass(frozen=True)
class Program:
    """One that is measured. build: `module:function`, called with the arguments in its own process; gives its Work.

    processes: how many do that at once; units and memory are those of all of them.
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


def compete(programs: Sequence[Program], *, rounds: int, run_seconds: float = 1.5) -> dict[str, dict[str, Any]]:
    """Each program's Result as plain values. In a round each runs once; its first run is a warm-up and does not count.

    run_seconds: a program repeats its piece of work until a run lasts about so long.
    """
    context = multiprocessing.get_context("spawn")
    pipes: list[list[Connection]] = []
    processes = []
    for program in programs:
        pipes.append([])
        for _ in range(program.processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(program, theirs), daemon=True)
            process.start()
            pipes[-1].append(ours)
            processes.append(process)
        _ask(pipes[-1], program, "ready")
    repeats = []
    for program, pipe in zip(programs, pipes, strict=True):
        _, seconds = _ask(pipe, program, 1)
        if seconds < LONG_RUN:
            _, seconds = _ask(pipe, program, 1)
        repeats.append(max(1, round(run_seconds / max(seconds, 1e-6))))
    rates: list[list[float]] = [[] for _ in programs]
    for number in range(rounds):
        # Every second round in the opposite order, so that no program always follows the same one.
        order = range(len(programs)) if number % 2 == 0 else reversed(range(len(programs)))
        for index in order:
            units, seconds = _ask(pipes[index], programs[index], repeats[index])
            rates[index].append(units / seconds)
    results = {}
    for program, pipe, found in zip(programs, pipes, rates, strict=True):
        peak, _ = _ask(pipe, program, "stop")
        results[program.name] = asdict(Result(rates=found, peak_mib=peak))
    for process in processes:
        process.join(5)
        process.kill()
    return results


def ratio(results: Mapping[str, Mapping[str, Any]], one: str, other: str) -> float:
    """The median over the rounds of one program's rate divided by the other's."""
    return statistics.median(ratios(results, one, other))


def ratios(results: Mapping[str, Mapping[str, Any]], one: str, other: str) -> list[float]:
    """One program's rate divided by the other's in each round, the smallest first."""
    return sorted(a / b for a, b in zip(results[one]["rates"], results[other]["rates"], strict=True))


def _ask(pipes: Sequence[Connection], program: Program, message: Any) -> tuple[float, float]:
    """The sum of what the program's processes answer, and the seconds of the slowest."""
    try:
        if message != "ready":
            for pipe in pipes:
                pipe.send(message)
        answers = [pipe.recv() for pipe in pipes]
    except (EOFError, BrokenPipeError):
        raise SystemExit(f"{program.name} ended early; its message is above") from None
    return sum(units for units, _ in answers), max(seconds for _, seconds in answers)


def _serve(program: Program, pipe: Connection) -> None:
    os.environ.update(program.environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    module, _, function = program.build.partition(":")
    work = getattr(importlib.import_module(module), function)(**program.arguments)
    pipe.send((0, 0.0))
    while (repeats := pipe.recv()) != "stop":
        began = time.perf_counter()
        units = sum(work() for _ in range(repeats))
        pipe.send((units, time.perf_counter() - began))
    pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0.0))
    pipe.close()
    os._exit(0)  # a peer's training thread would keep the process alive
