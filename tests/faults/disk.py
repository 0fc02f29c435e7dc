"""A full disk: a file system of ten sizes in memory, each too small for the study, and then made larger."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.bench import Bench
from tests.faults.fault import Fault
from tests.faults.verdicts import Verdict, goes_on

SIZES = 10


def mounting() -> str:
    if os.geteuid() != 0:
        return "needs root, to mount a small file system"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        return "needs to be allowed to mount a file system"
    return ""


def full(bench: Bench, number: int) -> Verdict:
    """The file system ends between a fifth of what the study leaves and all but a twentieth of it."""
    share = 0.2 + 0.75 * (number % SIZES) / (SIZES - 1)
    folder = bench.fresh("full")
    size = int(bench.undisturbed.megabytes * share * 1024)
    with _small_disk(folder, size):
        verdict = goes_on(bench.study, folder, bench.undisturbed.results, cure=lambda line: _enlarge(folder))
    return Verdict(verdict.outcome, f"{share:.0%} of {bench.undisturbed.megabytes:.1f} MB: {verdict.said}")


@contextmanager
def _small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _enlarge(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=1g", str(folder)], check=True)


FAULTS = (Fault("disk full", SIZES, full, lacks=mounting),)
