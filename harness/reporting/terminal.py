"""The tables that commands print on the terminal."""

from __future__ import annotations

from rich import box
from rich.table import Table

from harness.reporting.page import p_value, percent
from harness.reporting.report_data import key_name
from harness.results.records import Results


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
