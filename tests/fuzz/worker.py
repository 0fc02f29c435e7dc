"""Tries inputs on one target in a process of its own, guided by what code they reach where atheris is installed.

    python -m tests.fuzz.worker TARGET STATE FOLDER --runs N
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.fuzz.tally import Tally

if TYPE_CHECKING:
    from tests.fuzz.checking import Target

HAS_ATHERIS = importlib.util.find_spec("atheris") is not None
_SPARE = 2 << 30
"""Bytes that a worker may take beside what it has when it begins."""
_BETWEEN_SAVES = 2.0
_OF_ATHERIS = 0.2
"""The share of inputs that libFuzzer's own mutations make."""


class Trying:
    """Counts what becomes of each input. runs: how many there are to be."""

    def __init__(self, target: Target, tally: Tally, folder: Path, runs: int) -> None:
        self.target, self.tally, self.folder, self.left = target, tally, folder, runs
        self._saved = time.monotonic()

    def __call__(self, content: bytes) -> None:
        from tests.fuzz.checking import check

        counts = self.tally.counts
        try:
            if check(self.target, content, self.folder):
                counts.read += 1
            else:
                counts.refused += 1
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a hang, and a panic of a library in Rust, are no Exception
            self.tally.failure(content, error)
        counts.inputs += 1
        self.left -= 1
        now = time.monotonic()
        if self.left <= 0 or now - self._saved > _BETWEEN_SAVES:
            counts.seconds += now - self._saved
            self._saved = now
            self.tally.save()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("state", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, required=True)
    options = parser.parse_args()
    if HAS_ATHERIS:
        import atheris

        with atheris.instrument_imports(include=["harness"]):
            from tests.fuzz.targets import TARGETS
    else:
        from tests.fuzz.targets import TARGETS
    from tests.fuzz.checking import warm_up

    target, tally = TARGETS[options.target], Tally(options.state, options.target)
    warm_up(target, options.folder)
    # What a reader takes beside this ends in MemoryError, which is a failure.
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + _SPARE, resource.RLIM_INFINITY))
    trying = Trying(target, tally, options.folder, options.runs)
    start = tally.counts.inputs
    if HAS_ATHERIS:
        _guided(target, tally, trying, seed=start)
    else:
        _blindly(target, trying, seed=start)


def _mutated(target: Target, content: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2])):
        content = target.mutate(content, rng)
    return content


def _blindly(target: Target, trying: Trying, *, seed: int) -> None:
    rng, seeds = Random(seed), target.seeds()
    while trying.left > 0:
        trying(_mutated(target, rng.choice(seeds), rng))


def _guided(target: Target, tally: Tally, trying: Trying, *, seed: int) -> None:
    import atheris

    for number, content in enumerate(target.seeds()):
        (tally.corpus / f"seed-{number}").write_bytes(content)

    def mutator(content: bytes, most: int, number: int) -> bytes:
        rng = Random(number)
        if rng.random() < _OF_ATHERIS:
            return bytes(atheris.Mutate(content, most))
        # A change of a change of a change is refused at the first of them: most inputs are one step from a sound file.
        base = content if rng.random() < 0.5 else rng.choice(target.seeds())
        return _mutated(target, base, rng)[:most]

    longest = max(1 << 16, 2 * max(map(len, target.seeds())))
    options: list[Any] = [
        "fuzz", f"-runs={trying.left}", f"-seed={seed + 1}", f"-max_len={longest}", "-len_control=0", "-rss_limit_mb=0",
        "-timeout=1000000", "-verbosity=0", f"-artifact_prefix={tally.folder}/", str(tally.corpus)]
    atheris.Setup(options, trying, custom_mutator=mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
