"""One flipped bit, and files that are cut short: over every kind of file of finished and of half-done studies."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults.bench import Bench
from tests.faults.fault import Fault
from tests.faults.verdicts import Verdict, goes_on

_TURNS = ("early", "late", "early", "late", "finished")
"""A finished study reads little again, so it is the rarer one."""
_NAMES = re.compile(r"[0-9a-f]{32,}")


def flip(path: Path, dice: random.Random) -> str:
    """Turn one bit of a file; one without content gets a byte."""
    content = bytearray(path.read_bytes())
    place = dice.randrange(max(1, len(content)))
    if content:
        content[place] ^= 1 << dice.randrange(8)
    else:
        content += b"\x01"
    path.write_bytes(content)
    return f"a bit of byte {place}"


def cut(path: Path, dice: random.Random) -> str:
    """Take away a file's end: all of it, the last three bytes, or from a random place on."""
    content = path.read_bytes()
    kept = dice.choice([0, max(0, len(content) - 3), dice.randrange(max(1, len(content)))])
    path.write_bytes(content[:kept])
    return f"{len(content) - kept} of {len(content)} bytes"


def damaged(bench: Bench, number: int, *, harm: Callable[[Path, random.Random], str], only: str = "") -> Verdict:
    """A copy of a study in one of the states, one of its files harmed, and the same command. only: how the names of
    the files end that may be chosen.
    """
    dice = bench.dice(f"{harm.__name__} {only}", number)
    state = ("early", "late")[number % 2] if only else _TURNS[number % len(_TURNS)]
    folder = bench.in_state(state)
    kinds = {kind: files for kind, files in kinds_of_files(folder / "mlruns").items() if kind.endswith(only)}
    if harm is cut:  # from an empty file nothing can be taken
        kinds = {kind: some for kind, files in kinds.items() if (some := [path for path in files if _holds(path)])}
    # In each state both harms together go through all kinds of files, every other one each.
    turn = sum(_TURNS[before % len(_TURNS)] == state for before in range(number))
    kind = sorted(kinds)[(2 * turn + (harm is cut)) % len(kinds)]
    path = dice.choice(kinds[kind])
    what = f"{state}: {harm(path, dice)} of {kind}"
    try:
        verdict = goes_on(bench.study, folder, bench.undisturbed.results, cure=lambda line: mend(folder, line))
    except Exception as error:
        error.args = (f"{what}: {error}",)
        raise
    return Verdict(verdict.outcome, f"{what}: {verdict.said or 'nothing said'}")


def kinds_of_files(root: Path) -> dict[str, list[Path]]:
    """Kind -> files. The kind is the path, a star for the names of runs and stages."""
    found = defaultdict(list)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            found[_NAMES.sub("*", str(path.relative_to(root)))].append(path)
    return found


def _holds(path: Path) -> bool:
    return path.stat().st_size > 0


def mend(folder: Path, line: str) -> None:
    """What the lines ask for: a database that cannot be read is moved away; else the command is given again."""
    database = folder / "mlruns" / "mlflow.db"
    if "mlflow.db" in line and "move it away" in line:
        for path in database.parent.glob("mlflow.db*"):
            path.rename(path.with_name(f"harmed-{path.name}"))


FAULTS = (
    Fault("one flipped bit", 50, partial(damaged, harm=flip)),
    Fault("a file cut short", 50, partial(damaged, harm=cut)),
    Fault("one flipped bit of weights", 10, partial(damaged, harm=flip, only=".safetensors")),
    Fault("one flipped bit of a checkpoint", 6, partial(damaged, harm=flip, only="checkpoint.pt")),
    Fault("a checkpoint cut short", 6, partial(damaged, harm=cut, only="checkpoint.pt")),
    Fault("one flipped bit of MLflow's database", 10, partial(damaged, harm=flip, only="mlflow.db")),
    Fault("MLflow's database cut short", 6, partial(damaged, harm=cut, only="mlflow.db")),
)
