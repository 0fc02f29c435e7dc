"""Ctrl-C, Ctrl-C twice, and SIGTERM: one line each, and the same command goes on."""

from __future__ import annotations

import signal
from functools import partial

from tests.faults.bench import Bench
from tests.faults.command import Missed
from tests.faults.fault import Fault
from tests.faults.verdicts import MENDED, SAME, Verdict, compared, complaint, goes_on

FIRST = 1.0
"""Seconds: before, it is Python itself that starts, and Python's own words that are said."""


def stop(bench: Bench, number: int, *, times: int, how: signal.Signals) -> Verdict:
    """Signals in the first five seconds, or when a random number of stages is finished. Ctrl-C reaches the whole
    process group, as from a terminal; SIGTERM the driver alone, as from `kill`. Raises Missed.
    """
    dice, undisturbed = bench.dice(f"stop {how} {times}", number), bench.undisturbed
    folder = bench.fresh("stop")
    process = bench.study.start(folder)
    if number % 2 == 0:
        bench.half_way(process, folder, dice)
    elif not process.sleep(dice.uniform(FIRST, 5)):
        raise Missed
    for _ in range(times):
        if process.lives():
            process.signal(how, group=how is signal.SIGINT)
        process.sleep(dice.uniform(0, 1))
    ended = process.end()
    if ended.code == 0:
        compared(bench.study, folder, undisturbed.results, ended)
        raise Missed
    said = complaint(ended)
    verdict = goes_on(bench.study, folder, undisturbed.results)
    return Verdict(MENDED, said) if verdict.outcome == SAME else verdict


FAULTS = (
    Fault("Ctrl-C", 10, partial(stop, times=1, how=signal.SIGINT)),
    Fault("Ctrl-C twice", 10, partial(stop, times=2, how=signal.SIGINT)),
    Fault("SIGTERM", 10, partial(stop, times=1, how=signal.SIGTERM)),
)
