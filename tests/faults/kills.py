"""SIGKILL: of the driver, of all its processes, of one worker; many in a row, each followed by the same command."""

from __future__ import annotations

import os
import random
import signal
from functools import partial
from pathlib import Path

from tests.faults.bench import CHECKPOINTS, Bench, finished_stages
from tests.faults.command import Missed, Running, Study, workers
from tests.faults.fault import Fault
from tests.faults.verdicts import MENDED, SAME, Verdict, compared, complaint, goes_on

CHAIN = 25
EARLY = 5.0
"""Seconds after the command's start within which half of the kills come."""


def chain(bench: Bench, number: int, *, early: bool) -> Verdict:
    """Many kills of one study: within five seconds of the command's start, or later, when a few more stages are
    finished, so that all of the study comes under them.

    The next command starts while the killed one's workers may still live. Where the study ends before its last kill,
    it is compared and begun anew.
    """
    dice, undisturbed = bench.dice(f"kills {early}", number), bench.undisturbed
    # Half of the chains have a checkpoint at every step, half none at all.
    study = Study(bench.study.code, bench.study.name, bench.study.settings, CHECKPOINTS if number % 2 else {})
    folder, killed = bench.fresh(f"kills-{early}-{number}"), list[Running]()
    while len(killed) < CHAIN:
        process = study.start(folder)
        if process.sleep(dice.uniform(0, EARLY)) if early else _later(process, folder, dice):
            process.signal(signal.SIGKILL, group=dice.random() < 0.3)
            killed.append(process)
        else:
            compared(study, folder, undisturbed.results, process.end())
            folder = bench.fresh(f"kills-{early}-{number}")
    verdict = goes_on(study, folder, undisturbed.results)
    for process in killed:
        process.end()
    return verdict


def _later(process: Running, folder: Path, dice: random.Random) -> bool:
    """Wait five seconds, until up to five more stages are finished, and up to a second; whether the command runs."""
    stages = finished_stages(folder) + dice.randrange(6)
    return process.sleep(EARLY) and process.until(lambda: finished_stages(folder) >= stages, every=0.1) and \
        process.sleep(dice.uniform(0, 1))


def at_the_store(bench: Bench, number: int) -> Verdict:
    """A kill while MLflow's database is made: in an empty folder, up to a second after the first file appears."""
    dice, folder = bench.dice("store", number), bench.fresh("store")
    process = bench.study.start(folder)
    alive = process.until(lambda: any((folder / "mlruns").glob("mlflow*")), every=0.002)
    if not alive or not process.sleep(dice.uniform(0, 1.5)):
        raise Missed
    process.kill(group=dice.random() < 0.5)
    return goes_on(bench.study, folder, bench.undisturbed.results)


def of_a_worker(bench: Bench, number: int) -> Verdict:
    """One worker is killed, as the system does for want of memory: the command ends with one line for its stage."""
    dice, folder = bench.dice("worker", number), bench.fresh("worker")
    process = bench.study.start(folder)
    bench.half_way(process, folder, dice)
    alive = workers(process.pid)
    if not alive:
        process.kill()
        raise Missed
    os.kill(dice.choice(alive), signal.SIGKILL)
    ended = process.end()
    if ended.code == 0:
        compared(bench.study, folder, bench.undisturbed.results, ended)
        return Verdict(SAME, "the worker that was killed had nothing to do")
    said = complaint(ended)
    goes_on(bench.study, folder, bench.undisturbed.results)
    return Verdict(MENDED, said)


FAULTS = (
    Fault("SIGKILL within five seconds of the start", 50, partial(chain, early=True), at_once=CHAIN, small=False),
    Fault("SIGKILL later", 50, partial(chain, early=False), at_once=CHAIN, small=False),
    Fault("SIGKILL while MLflow's database is made", 20, at_the_store),
    Fault("SIGKILL of one worker", 10, of_a_worker),
)
