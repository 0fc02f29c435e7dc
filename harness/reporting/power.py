"""How many items and raters a claim needs, or runs a study: lines for the terminal, and a page with the curve."""

from __future__ import annotations

from rich.console import Console

from harness.reporting.enough import about
from harness.reporting.page import Page, percent
from harness.reporting.plots import curves
from harness.reporting.report_data import arm_name
from harness.results.more_runs_records import ContrastToDecide, MoreRunsResult
from harness.statistics.power_records import Claim, PowerResult

_CLAIMS: dict[Claim, str] = {"different": "different", "not_better": "not better", "equivalent": "equivalent"}
"""The claims in words. 'not better': W is below one half plus the margin, so the other arm is non-inferior."""


def html(result: PowerResult) -> str:
    """The page."""
    page = Page("Power")
    points = result.simulation
    items = [point.n_items for point in points]
    powers = {claim: [power for point in points if (power := point.power(claim)) is not None] for claim in _CLAIMS}
    named = {_CLAIMS[claim]: [(items, power)] for claim, power in powers.items() if power}
    page.items([*_formula_lines(result), *_needed_lines(result)])
    page.figure({"power": curves(named, x_axis="items", y_axis="power", marker="o", level=result.settings["power"],
                                 limits=(-0.02, 1.02))}, "Simulated power over the number of items")
    page.table(("items", "judgments", *named, "coverage", "width"),
               [(str(point.n_items), str(point.n_judgments),
                 *(percent(point.power(claim)) for claim, power in powers.items() if power), percent(point.coverage),
                 percent(point.width)) for point in points], words=0)
    page.items([*_look_lines(result), *result.notes])
    page.paragraph("; ".join(f"{key} {value}" for key, value in result.settings.items()), kind="quiet")
    return page.render()


def print_power(console: Console, result: PowerResult) -> None:
    """The formulas' answer, the simulated power as bars, and what is needed."""
    for line in _formula_lines(result):
        console.print(line)
    settings = result.settings
    console.print(f"By simulation, {settings['raters']} raters, {settings['raters_per_item']} an item:")
    for point in result.simulation:
        bars = " ".join(f"{name} {power:4.0%} {'█' * round(10 * power):<10}" for claim, name in _CLAIMS.items()
                        if (power := point.power(claim)) is not None)
        console.print(f"{point.n_items:>7,} items  {bars}")
    for line in (*_needed_lines(result), *_look_lines(result)):
        console.print(line)
    for note in result.notes:
        console.print(f"Note: {note}")


def print_runs(console: Console, result: MoreRunsResult) -> None:
    """For each two budgets what is decided, or how many more runs would, and the chances with more runs."""
    for each in result.contrasts:
        console.print(_of_contrast(each, result.power), markup=False, soft_wrap=True)
        if each.finding == "not decided" and each.more_runs is not None:
            for chance in each.chances:
                bars = " ".join(f"{name} {share:4.0%} {'█' * round(10 * share):<10}" for name, share in
                                (("enough", chance.enough), ("not enough", chance.not_enough)))
                console.print(f"{chance.n_runs:>5} runs  {bars}")
    if any(each.more_runs is not None for each in result.contrasts):
        console.print("Note: the chances take each win rate as it seems. More seeds in the study file (`seeds`) reuse "
                      "every stage that is there; they train every budget. Looking again after each seed that is added "
                      "raises the error rate: choose the number beforehand.", soft_wrap=True)


def _of_contrast(each: ContrastToDecide, power: float) -> str:
    arm = each.contrast.arm
    large, small = (f"{key.label_budget:,}" for key in (arm, each.contrast.opponent))
    by = "" if each.judge == "simulated" else " (by people)"
    name = f"{'' if arm.arm == 'rl' else arm_name(arm.arm) + ', '}{large} against {small}{by}"
    if each.finding != "not decided":
        return f"{name}: decided. {small} labels were {each.finding}, with {each.n_runs} runs of each."
    more = each.more_runs
    if more is None:
        return f"{name}: not decided, {each.why_not_decided}."
    if more.more is None:
        return f"{name}: not decided with {each.n_runs} runs of each, and {more.why_undefined}."
    time = f", {about(each.seconds)}," if each.seconds is not None else ""
    return (f"{name}: {each.n_runs} runs of each, {percent(each.win_rate)}. {more.more} more of each{time} would "
            f"decide with a chance of {percent(more.power, 0)} ({percent(power, 0)} is wanted).")


def _formula_lines(result: PowerResult) -> list[str]:
    return [f"By formula, {_CLAIMS[claim]}: {items:,} items of one vote"
            for claim, items in result.formula.items() if items is not None]


def _needed_lines(result: PowerResult) -> list[str]:
    """How many items each claim needs, or why nobody can say."""
    settings = result.settings
    lines = []
    for claim, found in result.needed.items():
        if found.n_items is not None:
            n_items = f"{found.n_items:,} or fewer" if found.or_fewer else f"about {found.n_items:,}"
            judgments = found.n_items * settings["raters_per_item"]
            lines.append(f"{_CLAIMS[claim]}: {n_items} items ({judgments:,} judgments)")
        elif settings["margin"] is not None or claim == "different":
            lines.append(f"{_CLAIMS[claim]}: {found.why_undefined}")
    return lines


def _look_lines(result: PowerResult) -> list[str]:
    """When to stop at each planned look: the whole keeps its error rate."""
    return [f"Look at {look.share:.0%} of the items: decided where |z| is {look.z:.3f} or more "
            f"(p {look.p_value:.2g} or less)" for look in result.looks]
