"""A full disk: a file system of ten sizes in memory, each too small for the study, and then made larger."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.fault import Fault
from tests.faults.verdicts import Verdict, goes_on
from tests.small_disk import enlarge, mounting, small_disk

SIZES = 10


def full(bench: Bench, number: int) -> Verdict:
    """The file system ends between a fifth of what the study leaves and all but a twentieth of it."""
    share = 0.2 + 0.75 * (number % SIZES) / (SIZES - 1)
    folder = bench.fresh("full")
    size = int(bench.undisturbed.megabytes * share * 1024)
    with small_disk(folder, size):
        verdict = goes_on(bench.study, folder, bench.undisturbed.results, cure=lambda line: enlarge(folder))
    return Verdict(verdict.outcome, f"{share:.0%} of {bench.undisturbed.megabytes:.1f} MB: {verdict.said}")


FAULTS = (Fault("disk full", SIZES, full, lacks=mounting),)
