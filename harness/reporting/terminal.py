"""The tables that commands print on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from harness.reporting.page import Cell, p_value, percent
from harness.reporting.report_data import key_name
from harness.reporting.tables import Table as FormattedTable
from harness.results.records import Results


def console_of_width(piped: int) -> Console:
    """As wide as the terminal; `piped` characters where the output goes to a file or another program."""
    return Console(width=None if sys.stdout.isatty() else piped)


def print_tables(console: Console, tables: Sequence[FormattedTable], *, most_rows: int | None = None) -> None:
    """One below the other, each with its reasons. most_rows: of a table; how many more there are is said below it."""
    for found in tables:
        table = Table(box=None, pad_edge=False)
        for index, column in enumerate(found.columns):
            table.add_column(_plain(column), justify="right" if index else "left", overflow="fold")
        for row in found.rows[:most_rows]:
            table.add_row(*(_plain(_joined(cell)) for cell in row))
        console.print()
        # Not the table's own title, which would wrap to the width of a narrow table.
        console.print(found.title, style="italic", markup=False)
        console.print(table)
        if most_rows is not None and len(found.rows) > most_rows:
            console.print(f"... and {len(found.rows) - most_rows} more (--json or --html has them all)")
        for reason in found.reasons:
            console.print(reason, highlight=False, markup=False)


def _joined(cell: Cell) -> str:
    """A figure and its interval in one line."""
    if isinstance(cell, str):
        return cell
    figure, spread = cell
    return f"{figure} ({spread})" if spread else figure


def _plain(text: str) -> str:
    """Without what rich would take for its markup."""
    return text.replace("[", r"\[")


def win_rate_table(results: Results) -> Table:
    """A study's win rates. Who judged is a column of its own where people did, beside the simulated judge.

    The p values are the report's.
    """
    simulated = [*(["simulated judge"] if not results.people else []),
                 *(["simulated labels"] if results.simulated_labels else [])]
    table = Table(title="Win rates" + (f" ({', '.join(simulated)})" if simulated else ""), title_justify="left",
                  box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    judge = ("judge",) if results.people else ()
    for column in ("policy", "labels", "against", *judge, "win rate", "interval", "seeds", "p adjusted"):
        table.add_column(column, justify="left" if column in ("policy", "against", "judge") else "right",
                         overflow="fold", no_wrap=column == "interval")
    for row in results.win_rates:
        arm, low, high = row.contrast.arm, row.rate.ci_low, row.rate.ci_high
        interval = "undefined" if low is None or high is None else f"{100 * low:.1f} – {100 * high:.1f}"
        seeds = " ".join(f"{100 * point.win_rate:.0f}" for point in row.seeds.by_seed)
        table.add_row(arm.arm, f"{arm.label_budget:,}", key_name(row.contrast.opponent),
                      *([row.judge] if judge else []), percent(row.rate.win_rate), interval, seeds,
                      p_value(row.p_value_planned))
    return table
