"""Does all faults to real studies and writes docs/faults.md: `make faults`, or `python -m tests.faults [WORD ...]`.

A WORD chooses the faults with that word in their names; all by default. What was tried is not tried again.
"""

from __future__ import annotations

import argparse
import datetime
import signal
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.faults import damage, disk, kills, places, server, stops
from tests.faults.bench import ROOT, SMALL, Bench, frozen_code, frozen_commit
from tests.faults.command import Study, Wrong
from tests.faults.fault import Fault
from tests.faults.ledger import Ledger, Trial
from tests.faults.page import page
from tests.faults.verdicts import WEDGED, Verdict

FAULTS = (*kills.FAULTS, *stops.FAULTS, *damage.FAULTS, *disk.FAULTS, *server.FAULTS, *places.FAULTS)


def main() -> int:
    """Do what is missing; returns 1 where a trial of the table is wedged or wrong."""
    options = _parser().parse_args()
    # A shell that starts this in the background has Ctrl-C ignored, and studies would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = options.folder.resolve()
    code = frozen_code(folder)
    settings = dict(item.split("=", 1) for item in options.overrides)
    whole = Bench(Study(code, options.study, settings), folder / "whole", seed=options.seed)
    small = Bench(Study(code, "quick", SMALL), folder / "small", seed=options.seed)
    ledger = Ledger(options.ledger or folder / "trials.jsonl")
    if options.again:
        ledger.forget(WEDGED)
    chosen = [fault for fault in FAULTS if not options.words or any(word in fault.name for word in options.words)]
    lacking = {fault.name: lack for fault in chosen if (lack := fault.lacks())}
    for fault in chosen:
        if fault.name in lacking:
            print(f"{fault.name}: {lacking[fault.name]}", flush=True)
            continue
        wanted = fault.wanted if options.times is None else min(options.times, fault.wanted)
        for number in _missing(fault, ledger, wanted):
            trial = _tried(fault, small if fault.small else whole, number, frozen_commit(code))
            ledger.add(trial)
            print(f"{fault.name} {number}: {trial.outcome} ({trial.seconds:.0f} s) {trial.said}", flush=True)
            options.page.write_text(page(FAULTS, ledger.trials(), lacking), encoding="utf-8")
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
    parser.add_argument("--again", action="store_true", help="try again what was wedged or wrong")
    parser.add_argument("--times", type=int, metavar="N", help="at most so many of each fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "faults", metavar="DIR",
                        help="where studies run (default: build/faults)")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="what was tried (default: DIR/trials.jsonl)")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "faults.md", metavar="FILE")
    return parser


def _missing(fault: Fault, ledger: Ledger, wanted: int) -> Sequence[int]:
    done = {trial.number for trial in ledger.trials() if trial.fault == fault.name}
    return [number for number in range(-(-wanted // fault.at_once)) if number not in done]


def _tried(fault: Fault, bench: Bench, number: int, commit: str) -> Trial:
    bench.undisturbed  # noqa: B018  made before the clock runs
    began = time.monotonic()
    try:
        verdict = fault.strike(bench, number)
    except Wrong as wrong:
        verdict = Verdict(WEDGED, str(wrong))
    except Exception:  # the runner's own mistake: it must show, and the other faults go on
        verdict = Verdict(WEDGED, f"the runner failed: {traceback.format_exc()}")
    said = verdict.said.replace(f"{bench.folder}/", "")
    return Trial(fault.name, number, verdict.outcome, said, fault.at_once,
                 datetime.datetime.now(datetime.UTC).date().isoformat(), commit, time.monotonic() - began)


if __name__ == "__main__":
    raise SystemExit(main())
