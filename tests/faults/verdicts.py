"""What came of a fault: the same bytes, one line and then the same bytes, or neither."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.command import Ended, Study, User, Wrong

SAME, MENDED, WEDGED = "same bytes", "one line, then same bytes", "wedged or wrong"
Cure = Callable[[str], None]
"""Does what a line asks for."""


@dataclass(frozen=True)
class Verdict:
    """outcome: one of the three. said: the line that the command ended with, or what was wrong."""

    outcome: str
    said: str = ""


def nothing(line: str) -> None:
    """The cure is to give the same command again."""


def complaint(ended: Ended) -> str:
    """The one line with which a command that did not do its work ends. Raises Wrong where it is none or more.

    Stages that failed are said on standard output, once when it happens and once at the end.
    """
    without_traceback(ended)
    lines = [line.strip() for line in ended.err.splitlines() if line.strip()]
    failed = sorted({match[1] for match in re.finditer(r"FAILED (.*?)(?:  \(\d.*)?$", ended.out, re.MULTILINE)})
    if len(lines + failed) != 1:
        raise Wrong(f"exit code {ended.code} with {len(lines + failed)} lines: {' | '.join(lines + failed)}")
    return (lines + failed)[0]


def without_traceback(ended: Ended) -> None:
    """Raises Wrong where the command shows the person in front of it a traceback."""
    if "Traceback (most recent call last)" in ended.err + ended.out:
        last = (ended.err.strip() or ended.out.strip()).splitlines()[-1]
        raise Wrong(f"a traceback, exit code {ended.code}: {last}")


def goes_on(study: Study, folder: Path, expected: bytes, *extra: str, cure: Cure = nothing,
            user: User | None = None) -> Verdict:
    """Give the command again, do what it asks for, and compare. Raises Wrong."""
    first = study.run(folder, *extra, user=user)
    if first.code == 0:
        return Verdict(SAME, compared(study, folder, expected, first))
    line = complaint(first)
    cure(line)
    second = study.run(folder, *extra, user=user)
    if second.code != 0:
        raise Wrong(f"after the cure of '{line}': {complaint(second)}")
    compared(study, folder, expected, second)
    return Verdict(MENDED, line)


def compared(study: Study, folder: Path, expected: bytes, ended: Ended) -> str:
    """What a command that ended well said beside its work. Raises Wrong where its results are others."""
    without_traceback(ended)
    if ended.code != 0:
        raise Wrong(f"exit code {ended.code}: {complaint(ended)}")
    if study.results(folder) != expected:
        raise Wrong("other bytes in results.json, exit code 0")
    noticed = re.findall(r"\bdamaged\b.*", ended.out)
    return " | ".join([*(line.strip() for line in ended.err.splitlines() if line.strip()), *noticed])


def reused(ended: Ended) -> int:
    """How many stages a command that ended well took as they were."""
    found = re.search(r"(\d+) stages executed, (\d+) reused", ended.out)
    return int(found[2]) if found else 0
