"""The command `harness clean`: removes what no study needs any more; without `--yes` it only says what that is.

Exit codes: 0 done, 2 an argument is wrong or there are no runs, 4 the tracking server or the disk
refuses, 5 the tracking server cannot be reached, 130 stopped.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.cli.arguments import CommandParser, not_negative
from harness.cli.command import run_command
from harness.disk_full import BY_CLEANING
from harness.errors import InputError, StoreRefused
from harness.folders import ROOT, check_root

if TYPE_CHECKING:
    from harness.engine.cleaning import Waste

_MIB = 1 << 20


@dataclass(frozen=True)
class Tally:
    """So many things of a kind, and what they take."""

    kind: str
    number: int
    mebibytes: float


@dataclass(frozen=True)
class Cleaned:
    """What can go or, where `removed`, is gone. kept_stages: finished ones that stay. served_stages: so many of them on
    a server. unknown: folders of unfinished stages of which this store has no run.
    """

    removed: bool
    tallies: tuple[Tally, ...]
    kept_stages: int
    served_stages: int
    unknown: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Look, say, and with --yes remove."""
    return run_command(_parser(), argv, run=run, show=_show)


def run(arguments: argparse.Namespace) -> Cleaned:
    """Raises InputError where there are no runs, or what can go may not be removed."""
    from harness.engine.tracking_uri import check_reachable, default_uri, store_exists
    from harness.passwords import without_password

    check_root()
    uri = arguments.tracking_uri or default_uri(ROOT)
    exists = store_exists(uri)
    if exists:
        check_reachable(uri)
    if not (ROOT.is_dir() and exists):
        raise InputError("there are no runs here", file=without_password(uri),
                         cure="Give the command where mlruns/ lies, with the --tracking-uri that the studies have.")

    from harness.engine.cleaning import KINDS, Cleaner
    from harness.engine.store_errors import check_pages
    from harness.engine.tracking import Tracking, refusals

    try:
        with refusals(uri):
            check_pages(uri)  # of a run on a lost page all files would look as if nothing needed them
            store = Tracking(uri, root=ROOT, writes=arguments.yes)
            cleaner = Cleaner(store.stored_runs(), ROOT, older_than=arguments.older_than)
            found = cleaner.find()
            waste = cleaner.remove(found.waste) if arguments.yes else found.waste
    except StoreRefused as refused:
        raise StoreRefused(refused.problem, file=refused.file,
                           cure=refused.cure and refused.cure.replace(BY_CLEANING, "")) from None
    except PermissionError as error:
        raise InputError(f"this user may not remove it ({error.strerror})", file=error.filename,
                         cure="Let its owner give the command.") from None
    return Cleaned(removed=arguments.yes, tallies=tuple(_tally(kind, waste) for kind in KINDS),
                   kept_stages=found.kept, served_stages=found.served, unknown=tuple(map(str, found.unknown)))


def _tally(kind: str, waste: Sequence[Waste]) -> Tally:
    of_kind = [each.size for each in waste if each.kind == kind]
    return Tally(kind, len(of_kind), sum(of_kind) / _MIB)


def _show(result: Cleaned) -> None:
    for tally in result.tallies:
        print(f"{tally.kind:<18}{tally.number:>7,}{tally.mebibytes:>12,.1f} MiB")
    total = f"{sum(tally.mebibytes for tally in result.tallies):,.1f} MiB"
    print(f"{total} removed" if result.removed else f"{total} can go: `harness clean --yes` removes it", end="")
    print(f"; {result.kept_stages:,} finished stages stay.")
    if result.served_stages:
        print(f"The server keeps {result.served_stages:,} of them: their downloads here are copies, which a study that "
              "needs them fetches again.")
    for folder in result.unknown:
        print(f"Not known to this store, so left: {folder}. Give the --tracking-uri of its study.")


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="harness clean",
        description="Remove what no study needs any more: stages that no finished execution uses, unfinished stages "
                    "that nothing goes on with, downloads, temporary files and free locks. Reports, judgments and what "
                    "a running study holds stay.")
    parser.add_argument("--yes", action="store_true", help="remove it; else it is only said what would go")
    parser.add_argument("--older-than", type=not_negative, default=0.0, metavar="DAYS",
                        help="only what was not written to for so many days")
    parser.add_argument("--tracking-uri", default=None, metavar="URI", help="as the studies were run")
    parser.add_argument("--json", action="store_true", help="print the result for machines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
