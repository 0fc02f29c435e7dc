"""Tries about a million inputs on everything that reads a file from outside, and writes docs/fuzzing.md.

    python -m tests.fuzz [--inputs N] [--only TARGET] [--jobs N] [--state FOLDER]

It goes on where it stopped. Inputs on which a reader fails are kept, and tried again at the end: what is mended by
then is forgotten. Exit code 1 where some still fail.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz.page import write_page
from tests.fuzz.tally import Tally

SHARES = {
    "ratings, CSV": 220, "ratings, JSONL": 180, "texts, JSONL": 160, "texts, CSV": 110, "labels, token ids": 130,
    "labels, texts": 80, "source, JSONL": 50, "source, text": 20, "results.json": 25, "people.json": 8,
    "measure.json": 25, "outcomes.json": 20, "outcome.json": 20, "samples.jsonl": 12, "execution.json": 5, "study": 6,
    "study --set": 4, "study --dry-run": 2, "textstats": 5, "analyze": 2, "analyze, JSONL": 2, "raters restore": 2,
    "model, config.json": 1, "model, tokenizer.json": 2}
"""How the inputs are shared out: a reader that takes a tenth of a second gets fewer than one that takes a thousandth.
"""
SLICE = 0.25
"""A target's inputs are tried in slices, in turn with the others', so that a run that is stopped has seen all of them.
"""
SILENCE = 600.0
"""Seconds without a word after which a worker hangs where no timer of its own can stop it. On a machine that is busy
with other things it may take minutes to begin.
"""
_ALONE = {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1",
          "OPENBLAS_NUM_THREADS": "1", "HARNESS_KERNELS": "0"}


def main() -> int:
    options = _parser().parse_args()
    names = options.only or list(SHARES)
    goals = {name: max(1, options.inputs * SHARES[name] // sum(SHARES.values())) for name in names}
    slices = round(1 / SLICE)
    for part in range(1, slices + 1):  # a target's slices one after another: they share its counts
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda name, share=part / slices: reach(name, int(goals[name] * share), state=options.state),
                          names))
    failing = {name: still_failing(name, options.state) for name in names}
    for name, found in failing.items():
        for path in found:
            print(f"{name}: fails on {path}; its traceback lies beside it")
    if not options.only:
        write_page({name: Tally(options.state, name).counts for name in SHARES},
                   failing={name: len(found) for name, found in failing.items()}, day=datetime.now(UTC).date())
    return 1 if any(failing.values()) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_080_000, help="in all (default: a little over a million)")
    parser.add_argument("--only", action="append", choices=list(SHARES), metavar="TARGET",
                        help=f"may be repeated; no page is written. One of: {'; '.join(SHARES)}")
    parser.add_argument("--jobs", type=int, default=1, help="targets at once (default 1)")
    parser.add_argument("--state", type=Path, default=Path(".fuzz"), help="counts, corpora, failures (default .fuzz)")
    return parser


def reach(name: str, goal: int, *, state: Path) -> None:
    """Try inputs on this target until so many were tried in all; a worker that dies is started again."""
    while (missing := goal - Tally(state, name).counts.inputs) > 0:
        with tempfile.TemporaryDirectory(prefix="fuzz-", dir=_memory()) as folder:
            ended = _work(name, missing, state, Path(folder))
            if ended is not None:
                from tests.fuzz.targets import TARGETS

                tally, path = Tally(state, name), Path(folder) / TARGETS[name].file
                if not path.exists():
                    raise RuntimeError(f"{name}: the worker {ended} before its first input: {tally.folder}/worker.log")
                tally.counts.inputs += 1
                tally.failure(path.read_bytes(), ended)
                tally.save()
        counts = Tally(state, name).counts
        print(f"{name}: {counts.inputs} inputs, {counts.read} read, {counts.refused} refused, {counts.failed} failed",
              flush=True)


def _work(name: str, runs: int, state: Path, folder: Path) -> str | None:
    """How the worker died, None where it tried all inputs."""
    command = [sys.executable, "-m", "tests.fuzz.worker", name, str(state), str(folder), "--runs", str(runs)]
    log = Tally(state, name).folder / "worker.log"
    with log.open("w") as said:
        worker = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, **_ALONE})
    counts = Tally(state, name).folder / "counts.json"
    last, since = None, time.monotonic()
    try:
        while worker.poll() is None:
            time.sleep(0.5)
            now = counts.stat().st_mtime_ns if counts.exists() else None
            if now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since > SILENCE:
                return "hangs where no timer stops it"
    finally:
        worker.kill()
        worker.wait()
    return None if worker.returncode == 0 else f"died with code {worker.returncode}"


def still_failing(name: str, state: Path) -> list[Path]:
    """The kept inputs on which the target fails with the code as it is now."""
    tally = Tally(state, name)
    if not tally.failing():
        return []
    from tests.fuzz.checking import check, warm_up
    from tests.fuzz.targets import TARGETS

    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=_memory()))
    try:
        warm_up(TARGETS[name], folder)
        for path in tally.failing():
            try:
                check(TARGETS[name], path.read_bytes(), folder)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # a hang, and a panic of a library in Rust, are no Exception
                print(f"{name}: {type(error).__name__} on {path}")
            else:
                tally.forget(path)
    finally:
        shutil.rmtree(folder)
    return tally.failing()


def _memory() -> str | None:
    """A folder in memory where the system has one: a disk would be worn by a million files."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 (every folder there has a random name)


if __name__ == "__main__":
    sys.exit(main())
