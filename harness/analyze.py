"""The command `harness analyze`: win rates of any ratings file; no study is needed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.arguments import CommandParser, confidence, margin, not_negative, resamples, share
from harness.cli.command import run_command

if TYPE_CHECKING:
    from harness.statistics.analysis_records import Analysis

_FEW_ROWS = 30
_PIPED_WIDTH = 120


def main(argv: Sequence[str] | None = None) -> int:
    """Read, analyse, print. Exit codes: 0 done, 2 the file or an argument is wrong."""
    return run_command(_parser(), argv, run=run, show=_print_tables)


def run(arguments: argparse.Namespace) -> Analysis:
    """The results, and the page where --html asks for it. Raises InputError."""
    # What follows takes most of a second to import; --help should not wait for it.
    from harness.statistics.analysis import analyse
    from harness.statistics.analysis_records import AnalysisSettings
    from harness.statistics.raters import ExclusionRules
    from harness.statistics.ratings_file import read_ratings

    read = read_ratings(arguments.ratings, columns=arguments.columns, skip_bad=arguments.skip_bad)
    rules = ExclusionRules(arguments.min_gold, arguments.min_repeat, arguments.min_seconds)
    settings = AnalysisSettings(
        baseline=arguments.baseline, margin=arguments.margin, confidence=arguments.confidence,
        majority=arguments.majority, sensitivity=arguments.sensitivity,
        looking_early=arguments.looking_early, resamples=arguments.resamples, seed=arguments.seed, rules=rules)
    found = analyse(read.ratings, settings)
    result = replace(found, excluded=(*read.excluded, *found.excluded), warnings=(*read.warnings, *found.warnings))
    if arguments.html:
        from harness.cli.rows import write_page
        from harness.reporting.analysis import html

        write_page(arguments.html, html(result, source=arguments.ratings.name))
    return result


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="harness analyze", description="Win rates of a ratings file, with honest intervals.",
        epilog="Columns: item_id, rater_id, left_arm, right_arm, choice (left, right, tie, skip, or the arm "
               "that won); optional query_id, shown_at, decided_at, label_budget, run, seed, left_length, "
               "right_length, left_copying, right_copying, gold_choice, repeat_of. A run is one training of an arm, or "
               "a pair of them where both arms are trained, as `1 and 2`; without that column, a seed is a run. With "
               "two runs or more, intervals hold for another run too.")
    parser.add_argument("ratings", type=Path, help="a .csv or .jsonl file")
    parser.add_argument("--baseline", metavar="ARM", help="the arm that the others are measured against")
    parser.add_argument("--margin", type=margin, default=0.05, help="for equivalence (default 0.05)")
    parser.add_argument("--columns", metavar="THEIRS=OURS,...", help="the file's names for our columns")
    parser.add_argument("--majority", action="store_true", help="one vote an item: the majority's")
    parser.add_argument("--confidence", type=confidence, default=0.95)
    parser.add_argument("--resamples", type=resamples, default=1000, help="of the bootstraps; 0: none")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstraps")
    parser.add_argument("--sensitivity", action="store_true",
                        help="also GEE, a mixed model, conditional logit")
    parser.add_argument("--looking-early", action="store_true",
                        help="judgments still come in: decide by e-processes, which hold however often one looks")
    parser.add_argument("--min-gold", type=share, metavar="SHARE",
                        help="exclude raters below this accuracy on gold items")
    parser.add_argument("--min-repeat", type=share, metavar="SHARE",
                        help="exclude raters below this consistency on repeats")
    parser.add_argument("--min-seconds", type=not_negative, metavar="S",
                        help="exclude raters whose median is faster")
    parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out and count them")
    parser.add_argument("--json", action="store_true", help="print the results for machines")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a page")
    return parser


def _print_tables(result: Analysis) -> None:
    from harness.reporting.analysis import answer, tables
    from harness.reporting.terminal import console_of_width, print_tables

    console = console_of_width(_PIPED_WIDTH)
    console.print(answer(result), highlight=False, markup=False)
    print_tables(console, tables(result), most_rows=_FEW_ROWS)
    for warning in result.warnings:
        console.print(f"Note: {warning}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
