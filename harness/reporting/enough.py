"""Whether fewer labels were enough: the sentences of the answer, and the section behind them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reporting.budget_plots import BudgetPoint, budget_plot
from harness.reporting.canvas import Plot
from harness.reporting.figure_files import figure_name
from harness.reporting.page import Page, interval, p_equals, p_value, percent, seeds_cell, thousands
from harness.reporting.report_data import ReportData, arm_name, by_arm, key_name
from harness.results.rate_records import EquivalenceRow
from harness.study.parts import AT_END


def enough_labels(rows: Sequence[EquivalenceRow], compared_at: float | None = None) -> list[str]:
    """The sentence on one kind of policy: the smallest budget that was enough; what would decide more; and a footnote
    about these runs.

    compared_at: the KL at which policies are compared, nats an episode; None for the end of training.
    """
    told = _told(rows)
    return [*(sentence(row, compared_at) for row in told),
            *(said for row in told if (said := what_would_decide(row)))]


def short_answer(rows: Sequence[EquivalenceRow]) -> str:
    """The same in a few words, for a figure's title."""
    first, *below = _told(rows)
    labels = f"{first.contrast.opponent.label_budget:,}"
    if first.finding == "not decided":
        return f"Not decided whether {labels} labels were enough"
    if first.finding == "not enough":
        return f"{labels} labels were not enough"
    fewer = [f"{row.contrast.opponent.label_budget:,}" for row in below if row.finding == "not enough"]
    return f"{labels} labels were enough" + "".join(f", {budget} were not" for budget in fewer)


def _told(rows: Sequence[EquivalenceRow]) -> list[EquivalenceRow]:
    """The smallest budget that was enough, or else the largest that was asked about; and the next smaller one."""
    downwards = sorted(rows, key=lambda row: -(row.contrast.opponent.label_budget or 0))
    place = max((number for number, row in enumerate(downwards) if row.was_enough), default=0)
    return downwards[place:place + 2]


def sentence(row: EquivalenceRow, compared_at: float | None = None) -> str:
    """Whether the smaller budget was enough, was not, or neither is shown; of which policy, where it is not the plain
    one.
    """
    arm = row.contrast.arm.arm
    said = _enough_or_not(row, compared_at)
    return said if arm == "rl" else f"{arm_name(arm)}: {said[0].lower()}{said[1:]}"


def _enough_or_not(row: EquivalenceRow, compared_at: float | None) -> str:
    large, small = (f"{key.label_budget:,}" for key in (row.contrast.arm, row.contrast.opponent))
    points = f"{100 * row.test.margin:g} points"
    where = ("" if compared_at is None or row.contrast.arm.arm.endswith(AT_END)
             else f", all at a KL of {compared_at:g} nats")
    shown = (f"measured: {percent(row.test.win_rate)}, {percent(1 - row.test.alpha, 0)} interval "
             f"{interval(row.ci_low, row.ci_high)}, from {row.n_runs} training runs of each{where}")
    limit = percent(0.5 + row.test.margin, 0)
    again = (f"if policies were trained again with {large} labels and with {small}, those with {large} would on "
             f"average win")
    if row.finding == "enough":
        return (f"{small} labels were enough: {again} at most {limit} of comparisons, the limit of {points} above an "
                f"even half ({shown}; {p_equals(row.test.p_a_not_better)} of '{limit} or more').")
    if row.finding == "not enough":
        return (f"{small} labels were not enough: {again} more than {limit} of comparisons, the limit of {points} "
                f"above an even half ({shown}).")
    if row.test.p_a_not_better is None:
        return f"Not decided whether {small} labels were enough: {row.why_not_decided}."
    return f"Not decided whether {small} labels were enough against {large}: {row.why_not_decided} ({shown})."


def what_would_decide(row: EquivalenceRow, *, seconds: float | None = None) -> str | None:
    """How many more runs it would take; None where it is decided or cannot be told.

    seconds: about how long they take, where that is known.
    """
    more = row.more_runs
    if more is None:
        return None
    large, small = (f"{key.label_budget:,}" for key in (row.contrast.arm, row.contrast.opponent))
    if more.more is None:
        return f"More runs of {large} and {small}: {more.why_undefined}."
    by_people = row.judge == "human"
    judged = ", each with as many judgments as one has now," if by_people else ""
    cost = ("People would judge them in a study of their own" if by_people
            else "More seeds reuse every stage that is there")
    seeds = "1 more seed" if more.more == 1 else f"{more.more} more seeds"
    time = "" if seconds is None or by_people else f", {about(seconds)},"
    return (f"{seeds} of {large} and {small}{judged}{time} would decide with a chance of "
            f"{percent(more.power, 0)}, if the win rate is what it seems. {cost}.")


def about(seconds: float) -> str:
    """A time that was estimated: 'about 3 minutes'."""
    if seconds < 90:
        return f"about {max(round(seconds, -1), 10):.0f} seconds"
    return f"about {round(seconds / 60)} minutes" if seconds < 5400 else f"about {seconds / 3600:.1f} hours"


def budget_figure(page: Page, data: ReportData) -> None:
    """The answer as a picture: the largest budget against each smaller one (the paper's figure 4, with intervals)."""
    at = data.results.analysis_plan.planned.compared_at
    judges = data.by_judge([row for row in data.results.equivalence if not row.contrast.arm.arm.endswith(AT_END)])
    plots = {figure_name("enough", rows[0].contrast.arm.arm, f"judge {number}" if number else ""):
             _budget_plot(rows, at, by=f", by {judge}" if len(judges) > 1 else "")
             for number, (judge, judged) in enumerate(judges.items()) for rows in by_arm(judged)
             if any(row.test.win_rate is not None for row in rows)}
    if plots:
        margin = 100 * data.results.equivalence[0].test.margin
        page.figure(plots, f"How often the largest budget wins over each smaller one. Thick bars hold for new runs, "
                           f"one-sided at {data.confidence}: a budget was enough where its bar ends below the line at "
                           f"{50 + margin:g}%, in order from the largest down; thin: the two-sided {data.confidence} "
                           f"interval, above the line where a budget was not enough. Hollow: single runs.", large=True)


def _budget_plot(rows: Sequence[EquivalenceRow], at: float | None, *, by: str) -> Plot:
    largest, arm = rows[0].contrast.arm.label_budget or 0, rows[0].contrast.arm.arm
    points = [BudgetPoint(
        row.contrast.opponent.label_budget or 0, row.test.win_rate, row.ci_low, row.ci_high,
        None if row.test.lower_bound is None or row.test.upper_bound is None
        else (row.test.lower_bound, row.test.upper_bound),
        [point.win_rate for point in row.seeds.by_seed], row.finding) for row in rows if row.test.win_rate is not None]
    title = short_answer(rows) if arm == "rl" else f"{arm_name(arm)}: {short_answer(rows)}"
    where = "at the end of training" if at is None else f"compared at a KL of {at:g} nats"
    return budget_plot(sorted(points, key=lambda point: point.label_budget), largest=largest,
                       margin=rows[0].test.margin, title=title + by, where=where)


def more_labels(page: Page, data: ReportData) -> None:
    """The largest budget against each smaller one: claims of 'not better by more than the margin'."""
    rows = data.results.equivalence
    if not rows:
        return
    page.heading("Did more labels help?")
    margin = f"{100 * rows[0].test.margin:g} points"
    judges = data.by_judge(rows)
    by = {judge: f", by {judge}" if len(judges) > 1 else "" for judge in judges}
    page.table(
        ("larger over smaller", "win rate", "runs", "p not better", "p equivalent", "the larger is",
         "the smaller was", "these runs alone"),
        [(f"{key_name(row.contrast.arm)} over {thousands(row.contrast.opponent.label_budget or 0)}{by[judge]}",
          (percent(row.test.win_rate), interval(row.ci_low, row.ci_high)), seeds_cell(row.seeds, row.between_runs_sd),
          p_value(row.test.p_a_not_better), p_value(row.test.p_equivalent), row.test.verdict, row.finding,
          (row.these_runs.verdict, f"not better: {p_equals(row.these_runs.p_a_not_better)}"))
         for judge, judged in judges.items() for row in judged],
        caption=f"'Not better': the larger budget's win rate over the smaller is below one half plus {margin} "
                f"(one-sided); 'equivalent': within {margin} on both sides (TOST). A difference that is not "
                f"significant is no evidence of none. All but the last column hold for another run too: a new draw of "
                f"labels and a new training. The last is about the policies of these runs alone.")
    at = data.results.analysis_plan.planned.compared_at
    page.items(f"{sentence(row, at)[:-1]}{by[judge]}." for judge, judged in judges.items() for row in judged)
