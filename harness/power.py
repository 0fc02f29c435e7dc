"""The command `harness power`: how many items and raters a claim needs, or how many more training runs a study."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.arguments import (
    CommandParser,
    error_rate,
    logit_spread,
    looks,
    margin,
    positive_count,
    share,
    tie_share,
)
from harness.cli.command import run_command
from harness.errors import InputError, look_for
from harness.results.more_runs_records import MoreRunsResult
from harness.statistics.power_records import Claim, Look, Needed, PowerPoint, PowerResult

if TYPE_CHECKING:
    from harness.statistics.power import SimulatedPower

_STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
_MOST_JUDGMENTS = 30_000


def main(argv: Sequence[str] | None = None) -> int:
    """Compute, print. Exit codes: 0 done, 2 an argument is wrong."""
    return run_command(_parser(), argv, run=run, show=_print)


def run(arguments: argparse.Namespace) -> PowerResult | MoreRunsResult:
    """The record, and the page where --html asks for it. Raises InputError."""
    if arguments.runs is not None:
        return _more_runs(arguments)
    from harness.seeds import numpy_generator
    from harness.statistics.power import power_curve
    from harness.statistics.simulation import Design

    if arguments.raters_per_item > arguments.raters:
        raise InputError(f"{arguments.raters_per_item} raters an item, but there are {arguments.raters}",
                         key="--raters-per-item",
                         cure=f"Give --raters-per-item {arguments.raters} or less, or more --raters.")
    try:
        design = Design(win_rate=arguments.win_rate, n_items=1, n_raters=arguments.raters,
                        raters_per_item=arguments.raters_per_item, item_sd=arguments.item_sd,
                        rater_sd=arguments.rater_sd, tie_rate=arguments.ties)
    except ValueError as error:
        raise InputError(str(error), key="--ties", cure="Fewer ties, or a win rate nearer to 0.5") from None
    formula = _formula(arguments)
    counts = _item_counts(arguments, max([found for found in formula.values() if found], default=400))
    points = power_curve(design, counts, numpy_generator(arguments.seed, "power"), margin=arguments.margin,
                         simulations=arguments.simulations, alpha=arguments.alpha)
    claims: tuple[Claim, ...] = ("different", "not_better", "equivalent")
    result = PowerResult(
        settings={key: value for key, value in vars(arguments).items() if key not in ("json", "html")},
        formula=formula, simulation=tuple(map(_point, points)), looks=_looks(arguments),
        needed={claim: _needed(points, claim, arguments) for claim in claims}, notes=tuple(_notes(arguments)))
    if arguments.html:
        from harness.cli.rows import write_page
        from harness.reporting.power import html

        write_page(arguments.html, html(result))
    return result


def _more_runs(arguments: argparse.Namespace) -> MoreRunsResult:
    """How many more training runs of a finished study would decide."""
    from harness.engine.exported_runs import exported_times
    from harness.results.file import RESULTS_FILE, read_results
    from harness.results.more_runs import contrasts_to_decide

    if arguments.html:
        raise InputError("there is no page of training runs", key="--html", cure="The study's report.html says it")
    look_for(arguments.runs, key="--runs")
    if arguments.runs.is_file() and arguments.runs.name != RESULTS_FILE:
        raise InputError(f"not a {RESULTS_FILE}", file=str(arguments.runs), key="--runs",
                         cure=f"Give a study's {RESULTS_FILE}, or the folder that it is in")
    folder = arguments.runs.parent if arguments.runs.is_file() else arguments.runs
    contrasts = contrasts_to_decide(read_results(folder), power=arguments.power)
    if not contrasts:
        raise InputError("no two label budgets were compared", file=str(folder / RESULTS_FILE), key="equivalence",
                         cure="A study with two or more labels.budgets asks whether fewer labels were enough")
    times = exported_times(folder)
    return MoreRunsResult(power=arguments.power, contrasts=tuple(
        each if times is None or each.more_runs is None or each.more_runs.more is None
        else replace(each, seconds=times.seconds(each.contrast, each.more_runs.more)) for each in contrasts))


def _formula(arguments: argparse.Namespace) -> dict[Claim, int | None]:
    """Independent items for each claim, tied ones among them; None where the claim does not apply."""
    from harness.statistics.power import (
        items_for_equivalence,
        items_for_non_inferiority,
        items_for_win_rate,
    )

    rate, delta = arguments.win_rate, arguments.margin
    power, alpha, ties = arguments.power, arguments.alpha, arguments.ties
    return {
        "different": None if rate == 0.5 else items_for_win_rate(rate, power=power, alpha=alpha, ties=ties),
        "not_better": None if delta is None or rate >= 0.5 + delta
        else items_for_non_inferiority(rate, delta, power=power, alpha=alpha, ties=ties),
        "equivalent": None if delta is None or rate != 0.5
        else items_for_equivalence(delta, power=power, alpha=alpha, ties=ties),
    }


def _looks(arguments: argparse.Namespace) -> tuple[Look, ...]:
    """What each of --looks equally spaced looks asks for, by O'Brien and Fleming; none at a single look."""
    from scipy.stats import norm

    from harness.statistics.sequential import obrien_fleming

    if arguments.looks == 1:
        return ()
    return tuple(Look(share=look / arguments.looks, z=z, p_value=float(2 * norm.sf(z)))
                 for look, z in enumerate(obrien_fleming(arguments.looks, alpha=arguments.alpha), start=1))


def _item_counts(arguments: argparse.Namespace, about: int) -> list[int]:
    """The numbers of items to simulate: around the formula's answer, or up to what the judgments allow."""
    per_item = arguments.raters_per_item
    if arguments.judgments is not None:
        most = arguments.judgments // per_item
        if most < 2:
            raise InputError(f"{arguments.judgments} judgments are fewer than two items", key="--judgments")
        return sorted({max(2, round(most * part)) for part in (0.25, 0.5, 0.75, 1.0)})
    return sorted({max(10, min(round(about * step), _MOST_JUDGMENTS // per_item)) for step in _STEPS})


def _point(point: SimulatedPower) -> PowerPoint:
    n_items = point.design.n_items
    return PowerPoint(n_items=n_items, n_judgments=n_items * point.design.raters_per_item, different=point.different,
                      not_better=point.not_better, equivalent=point.equivalent, coverage=point.coverage,
                      width=point.width)


def _needed(points: Sequence[SimulatedPower], claim: Claim, arguments: argparse.Namespace) -> Needed:
    """The items at which the simulated power passes the target, by interpolation; None where it does not.

    or_fewer: the least number simulated passes it already.
    """

    power = arguments.power
    values = [(point.design.n_items, getattr(point, claim)) for point in points]
    if values[0][1] is None:
        return _no_items("needs --margin")
    if not _is_true(claim, arguments.win_rate, arguments.margin):
        return _no_items(f"the claim is false at a win rate of {arguments.win_rate:g}: no number of items shows it")
    if values[0][1] >= power:
        return Needed(values[0][0], or_fewer=True, why_undefined=None)
    for (few, below), (many, above) in pairwise(values):
        if below < power <= above:
            at = few + (many - few) * (power - below) / (above - below)
            return Needed(round(at), or_fewer=False, why_undefined=None)
    best = max(value for _, value in values)
    return _no_items(f"the power stays at {best:.0%} up to {values[-1][0]:,} items; more raters may be what is missing")


def _no_items(why: str) -> Needed:
    return Needed(None, or_fewer=False, why_undefined=why)


def _is_true(claim: Claim, rate: float, delta: float | None) -> bool:
    """Whether the claim holds at this win rate."""
    if claim == "different":
        return rate != 0.5
    assert delta is not None
    return rate < 0.5 + delta and (claim == "not_better" or rate > 0.5 - delta)


def _notes(arguments: argparse.Namespace) -> list[str]:
    notes = ["the formulas count independent votes, one an item, ties among them; the simulation has rater "
             "and item effects"]
    if arguments.raters < 8:
        notes.append("fewer than 8 raters: the inference is for these raters only")
    if arguments.margin is not None:
        points = f"{100 * arguments.margin:g} points"
        notes.append(f"'not better': by less than {points}, so the other arm is non-inferior (so few labels were "
                     f"enough); 'equivalent': within {points} either way")
    if arguments.win_rate == 0.5:
        notes.append("at a win rate of one half 'different' is the rate of false alarms")
    return notes


def _print(result: PowerResult | MoreRunsResult) -> None:
    from rich.console import Console

    from harness.reporting.power import print_power, print_runs

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    if isinstance(result, MoreRunsResult):
        print_runs(console, result)
    else:
        print_power(console, result)


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="harness power",
                           description="How many items and raters a claim needs; with --runs, how many more training "
                                       "runs a study needs.")
    parser.add_argument("--runs", type=Path, metavar="RESULTS.json",
                        help="a finished study: how many more training runs would decide which label budgets were "
                             "enough, from what its runs differ by (of the other options only --power counts then)")
    parser.add_argument("--win-rate", type=share, default=0.55, help="the true win rate (default 0.55)")
    parser.add_argument("--margin", type=margin, help="for the claims 'not better by more' and 'equivalent'")
    parser.add_argument("--raters", type=positive_count, default=12)
    parser.add_argument("--raters-per-item", type=positive_count, default=3, help="not more than --raters (default 3)")
    parser.add_argument("--judgments", type=positive_count, help="a budget: simulate up to so many judgments")
    parser.add_argument("--power", type=share, default=0.8)
    parser.add_argument("--alpha", type=error_rate, default=0.05)
    parser.add_argument("--looks", type=looks, default=1,
                        help="planned looks, equally spaced: prints the boundaries of O'Brien and Fleming")
    parser.add_argument("--ties", type=tie_share, default=0.0, help="share of ties")
    parser.add_argument("--item-sd", type=logit_spread, default=1.0, help="of item effects, on the logit scale")
    parser.add_argument("--rater-sd", type=logit_spread, default=0.5, help="of rater effects")
    parser.add_argument("--simulations", type=positive_count, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print the results for machines")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write a page with the curve")
    return parser


if __name__ == "__main__":
    sys.exit(main())
