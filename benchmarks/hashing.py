"""What the digests of a stage's files cost: one thread against several, and their share of a study's time.

`python -m benchmarks.hashing` times four files of 256 MB in the page cache, alternately with one thread and with one a
core. With `--study quick` it runs that study in one process and adds up the seconds of digests and syncs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

from harness import durable
from harness.artifacts import outcome

_MEBIBYTE = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--megabytes", type=int, default=256, help="of each file")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--study", help="a study to run in an empty folder, instead of the files")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    arguments = parser.parse_args()
    if arguments.study:
        share_of_a_study(arguments.study, arguments.overrides)
    else:
        one_thread_against_several(arguments.files, arguments.megabytes, arguments.repeats)


def one_thread_against_several(files: int, megabytes: int, repeats: int) -> None:
    """Prints the seconds of both, each the median of its repeats, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(files)]
        for path in paths:
            path.write_bytes(os.urandom(_MEBIBYTE) * megabytes)
        sizes = {path: path.stat().st_size for path in paths}
        several, alone = [], []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in range(repeats):
                several.append(_seconds(lambda: list(pool.map(
                    lambda path: durable.piece_digests({path: sizes[path]}), paths))))
                alone.append(_seconds(lambda: durable.piece_digests(sizes)))
    one, many = statistics.median(alone), statistics.median(several)
    print(f"{files} files of {megabytes} MB, {os.cpu_count()} cores: one thread {one:.2f} s, several {many:.2f} s, "
          f"ratio {one / many:.2f}")


def share_of_a_study(study: str, overrides: list[str]) -> None:
    """Prints the seconds of a study's digests and syncs, and all that it takes. One process, so that they add."""
    from harness.run import main as run

    spent = dict.fromkeys(("digests", "syncs"), 0.0)
    sets = [word for override in overrides for word in ("--set", override)]
    with tempfile.TemporaryDirectory() as folder, \
            patch.object(outcome, "piece_digests", _timed(durable.piece_digests, spent, "digests")), \
            patch.object(outcome, "sync", _timed(durable.sync, spent, "syncs")):
        os.chdir(folder)
        total = _seconds(lambda: run([study, "--jobs", "1", *sets]))
    shares = ", ".join(f"{name} {seconds:.2f} s ({seconds / total:.2%})" for name, seconds in spent.items())
    print(f"{study}: {total:.1f} s, of it {shares}")


def _timed(function: Callable[..., Any], spent: dict[str, float], name: str) -> Callable[..., Any]:
    @wraps(function)
    def timed(*arguments: Any, **keywords: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments, **keywords)
        finally:
            spent[name] += time.perf_counter() - began
    return timed


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
