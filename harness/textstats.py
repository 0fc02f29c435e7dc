"""The command `harness textstats`: ROUGE and copy statistics of any texts; no study is needed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.arguments import CommandParser, count, some_resamples
from harness.cli.command import run_command

if TYPE_CHECKING:
    from harness.text.arm_records import TextMeasures

_PIPED_WIDTH = 220


def main(argv: Sequence[str] | None = None) -> int:
    """Read, measure, print. Exit codes: 0 done, 2 the file or an argument is wrong."""
    return run_command(_parser(), argv, run=run, show=_print_tables)


def run(arguments: argparse.Namespace) -> TextMeasures:
    """The results, and the page where --html asks for it. Raises InputError."""
    from harness.text.arms import TextSettings, measure_arms
    from harness.text.texts_file import read_texts
    from harness.text.tokenization import load_tokenizer

    tokenizer = load_tokenizer(arguments.tokenizer, lowercase=not arguments.case)
    read = read_texts(arguments.texts, tokenizer=tokenizer, columns=arguments.columns,
                      skip_bad=arguments.skip_bad)
    settings = TextSettings(
        tokenizer=tokenizer, stemmer=arguments.stemmer, split_summaries=arguments.split_sentences,
        fragments=arguments.fragments, preamble_rule=arguments.preamble, controls=not arguments.no_controls,
        resamples=arguments.resamples, seed=arguments.seed)
    result = replace(measure_arms(read.rows, settings), excluded=read.excluded)
    if arguments.html:
        from harness.cli.rows import write_page
        from harness.reporting.text_measures import html

        page = html(result, read.rows, source=arguments.texts.name, tokenizer=tokenizer,
                    examples=arguments.examples)
        write_page(arguments.html, page)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="harness textstats", description="ROUGE and copy statistics of a file of texts.",
        epilog="Keys: response; source for the copy statistics, reference (a text or a list) for ROUGE, "
               "either or both; optional arm, id, has_preamble. Sources must be cut as the model saw them.")
    parser.add_argument("texts", type=Path, help="a .jsonl file")
    parser.add_argument("--stemmer", action="store_true", help="Porter stems for ROUGE")
    parser.add_argument("--split-sentences", action="store_true",
                        help="rougeLsum over our sentences instead of lines")
    parser.add_argument("--tokenizer", default="regex", metavar="NAME",
                        help="for copying: whitespace, regex, spacy, or a model's folder (default regex)")
    parser.add_argument("--case", action="store_true", help="keep case when looking for copies")
    parser.add_argument("--fragments", choices=("newsroom", "exact"), default="newsroom",
                        help="the published algorithm, or one that finds every longest match")
    parser.add_argument("--preamble", choices=("tldr", "cnndm"),
                        help="how to tell that a source has a preamble")
    parser.add_argument("--no-controls", action="store_true",
                        help="without reference, lead-3 and random sentences")
    parser.add_argument("--columns", metavar="THEIRS=OURS,...", help="the file's names for our keys")
    parser.add_argument("--resamples", type=some_resamples, default=1000, help="of the bootstrap")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap and of the random sentences")
    parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out and count them")
    parser.add_argument("--json", action="store_true", help="print the results for machines")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a page, copied spans marked")
    parser.add_argument("--examples", type=count, default=5, help="of each arm on the page (default 5)")
    return parser


def _print_tables(result: TextMeasures) -> None:
    from harness.reporting.terminal import console_of_width, print_tables
    from harness.reporting.text_measures import reasons, tables

    console = console_of_width(_PIPED_WIDTH)
    print_tables(console, tables(result))
    for reason in reasons(result):
        console.print(reason, highlight=False, markup=False)
    for left_out in result.excluded:
        console.print(f"Left out: {left_out.n} rows, {left_out.reason}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
