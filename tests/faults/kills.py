"""SIGKILL: of the driver, of all its processes, of one worker; many in a row, each followed by the same command."""

from __future__ import annotations

import os
import random
import signal
from functools import partial
from pathlib import Path

from tests.faults.bench import CHECKPOINTS, Bench
from tests.faults.command import Running, Study, Wrong, workers
from tests.faults.fault import Fault
from tests.faults.verdicts import MENDED, SAME, Verdict, compared, complaint, goes_on

CHAIN = 25
EARLY = 5.0
"""Seconds after the command's start within which half of the kills come."""


def chain(bench: Bench, number: int, *, early: bool) -> Verdict:
    """Many kills of one study, at moments within its first five seconds or later. What is finished stays, so that
    all of the study comes under them.

    The next command starts while the killed one's workers may still live. Where the study ends before its last kill,
    it is compared and begun anew.
    """
    dice, undisturbed = bench.dice(f"kills {early}", number), bench.undisturbed
    longest = EARLY if early else max(2 * EARLY, undisturbed.seconds / 8)
    # Half of the chains have a checkpoint at every step, half none at all.
    study = Study(bench.study.code, bench.study.name, bench.study.settings, CHECKPOINTS if number % 2 else {})
    folder, killed = bench.fresh(f"kills-{early}-{number}"), list[Running]()
    while len(killed) < CHAIN:
        process = study.start(folder)
        if process.sleep(dice.uniform(0 if early else EARLY, longest)):
            process.signal(signal.SIGKILL, group=dice.random() < 0.3)
            killed.append(process)
        else:
            compared(study, folder, undisturbed.results, process.end())
            folder = bench.fresh(f"kills-{early}-{number}")
    verdict = goes_on(study, folder, undisturbed.results)
    for process in killed:
        process.end()
    return verdict


def at_the_store(bench: Bench, number: int) -> Verdict:
    """A kill while MLflow's database is made: in an empty folder, up to a second after the first file appears."""
    dice, folder = bench.dice("store", number), bench.fresh("store")
    process = bench.study.start(folder)
    alive = process.until(lambda: any((folder / "mlruns").glob("mlflow*")), every=0.002)
    if not alive or not process.sleep(dice.uniform(0, 1.5)):
        raise Wrong("the study ended before it was killed")
    process.kill(group=dice.random() < 0.5)
    return goes_on(bench.study, folder, bench.undisturbed.results)


def of_a_worker(bench: Bench, number: int) -> Verdict:
    """One worker is killed, as the system does for want of memory: the command ends with one line for its stage."""
    dice, folder = bench.dice("worker", number), bench.fresh("worker")
    process = bench.study.start(folder)
    process.until(lambda: _busy(folder) and workers(process.pid))
    line = ""
    if process.sleep(dice.uniform(0, bench.undisturbed.seconds / 2)):
        line = _kill_one(process, dice)
    ended = process.end()
    if ended.code == 0:
        compared(bench.study, folder, bench.undisturbed.results, ended)
        return Verdict(SAME, line or "it had ended already")
    said = complaint(ended)
    goes_on(bench.study, folder, bench.undisturbed.results)
    return Verdict(MENDED, said)


def _busy(folder: Path) -> bool:
    return any((folder / "mlruns" / "underway").glob("*/"))


def _kill_one(process: Running, dice: random.Random) -> str:
    alive = workers(process.pid)
    if not alive:
        return "no worker was there"
    os.kill(dice.choice(alive), signal.SIGKILL)
    return "the worker that was killed had nothing to do"


FAULTS = (
    Fault("SIGKILL within five seconds of the start", 50, partial(chain, early=True), at_once=CHAIN, small=False),
    Fault("SIGKILL later", 50, partial(chain, early=False), at_once=CHAIN, small=False),
    Fault("SIGKILL while MLflow's database is made", 20, at_the_store),
    Fault("SIGKILL of one worker", 10, of_a_worker),
)
