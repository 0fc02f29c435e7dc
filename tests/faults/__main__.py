"""Does all faults to real studies and writes docs/faults.md: `make faults`, or `python -m tests.faults [WORD ...]`.

A WORD chooses the faults with that word in their names; all by default. What was tried stands in docs/faults.jsonl and
is not tried again, except what was wedged or wrong with other code. So a runner that was stopped goes on, anywhere.
"""

from __future__ import annotations

import argparse
import datetime
import queue
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path

from harness.errors import INTERRUPTED
from tests.faults import damage, disk, kills, places, server, stops
from tests.faults.bench import ROOT, SMALL, Bench, frozen_code
from tests.faults.command import Missed, Study, Wrong
from tests.faults.fault import Fault
from tests.faults.ledger import Ledger, Trial
from tests.faults.page import machine, page
from tests.faults.verdicts import WEDGED, Verdict

FAULTS = (*kills.FAULTS, *stops.FAULTS, *damage.FAULTS, *disk.FAULTS, *server.FAULTS, *places.FAULTS)

ATTEMPTS = 5
"""How often a study may end before the fault comes, by chance."""


def main() -> int:
    """Do what is missing; returns 1 where a trial of the table is wedged or wrong."""
    options = _parser().parse_args()
    # A shell that starts this in the background has Ctrl-C ignored, and studies would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options.folder.mkdir(parents=True, exist_ok=True)
    code = frozen_code(options.folder.resolve())
    ledger = Ledger(options.ledger)
    chosen = [fault for fault in FAULTS if not options.words or any(word in fault.name for word in options.words)]
    lacking = {fault.name: lack for fault in chosen if (lack := fault.lacks())}
    for name, lack in lacking.items():
        print(f"{name}: {lack}", flush=True)
    trials = ledger.trials()
    missing = [(fault, number) for fault in chosen if fault.name not in lacking
               for number in missing_numbers(fault, trials, code.parent.name, again=options.again, times=options.times)]
    # What was never tried comes first, and all rows grow alike: a table that is not done has something in each.
    tried = {(trial.fault, trial.number) for trial in trials}
    missing.sort(key=lambda one: ((one[0].name, one[1]) in tried, one[1] * one[0].at_once / one[0].wanted))
    settings = dict(item.split("=", 1) for item in options.overrides)
    studies = {False: Study(code, options.study, settings), True: Study(code, "quick", SMALL)}
    lanes = [{small: Bench(study, code.parent / ("small" if small else "whole"), seed=options.seed, lane=lane)
              for small, study in studies.items()} for lane in range(options.jobs)]

    try:
        _strike(missing, lanes, code.parent.name, ledger)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr, flush=True)
        return INTERRUPTED
    finally:
        options.page.write_text(page(FAULTS, ledger.trials(), lacking), encoding="utf-8")
    return int(any(trial.outcome == WEDGED for trial in ledger.trials()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD", help="of the names of faults: "
                        + ", ".join(fault.name for fault in FAULTS))
    parser.add_argument("--study", default="quick", metavar="NAME", help="the study that is killed (default: quick)")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                        help="override one of its keys")
    parser.add_argument("--again", action="store_true", help="try again what was tried with other code, too")
    parser.add_argument("--times", type=int, metavar="N", help="at most so many of each fault")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many studies at once (default: 1)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "faults", metavar="DIR",
                        help="where studies run (default: build/faults)")
    parser.add_argument("--ledger", type=Path, default=ROOT / "docs" / "faults.jsonl", metavar="FILE",
                        help="what was tried (default: docs/faults.jsonl)")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "faults.md", metavar="FILE")
    return parser


def missing_numbers(fault: Fault, trials: Sequence[Trial], commit: str, *, again: bool = False,
                    times: int | None = None) -> list[int]:
    """The numbers of this fault's trials that are to be made. What was wedged or wrong is tried again with other code
    alone: a second trial that happens to end well takes nothing back.
    """
    def stands(trial: Trial) -> bool:
        changed = trial.commit != commit or commit.endswith("+")
        return not (changed and (again or trial.outcome == WEDGED))

    done = {trial.number for trial in trials if trial.fault == fault.name and stands(trial)}
    wanted = fault.wanted if times is None else min(times, fault.wanted)
    return [number for number in range(-(-wanted // fault.at_once)) if number not in done]


def _strike(missing: Sequence[tuple[Fault, int]], lanes: Sequence[dict[bool, Bench]], commit: str,
            ledger: Ledger) -> None:
    """Make these trials, one in each lane at once. Ctrl-C waits for those that are under way, and they count."""
    free: queue.SimpleQueue[dict[bool, Bench]] = queue.SimpleQueue()
    for lane in lanes:
        free.put(lane)

    def strike(fault: Fault, number: int) -> None:
        lane = free.get()
        try:
            trial = _tried(fault, lane[fault.small], number, commit)
        finally:
            free.put(lane)
        ledger.add(trial)
        print(f"{trial.fault} {trial.number}: {trial.outcome} ({trial.seconds:.0f} s) {trial.said}", flush=True)

    with ThreadPoolExecutor(len(lanes)) as pool:
        try:
            for done in as_completed([pool.submit(strike, fault, number) for fault, number in missing]):
                done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def struck(fault: Fault, bench: Bench, number: int) -> Verdict:
    """Strike until it does. Raises Wrong."""
    for _ in range(ATTEMPTS):
        with suppress(Missed):
            return fault.strike(bench, number)
    raise Wrong(f"{ATTEMPTS} times the study ended before the fault came")


def _tried(fault: Fault, bench: Bench, number: int, commit: str) -> Trial:
    bench.undisturbed  # noqa: B018  made before the clock runs
    began = time.monotonic()
    try:
        verdict = struck(fault, bench, number)
    except Wrong as wrong:
        verdict = Verdict(WEDGED, str(wrong))
    except Exception:  # the runner's own mistake: it must show, and the other faults go on
        verdict = Verdict(WEDGED, f"the runner failed: {traceback.format_exc()}")
    said = verdict.said.replace(f"{bench.lane}/", "")
    return Trial(fault.name, number, verdict.outcome, said, fault.at_once,
                 datetime.datetime.now(datetime.UTC).date().isoformat(), commit, machine(), time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
