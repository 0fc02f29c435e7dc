"""Whether fewer labels were enough: the sentences of the answer, and the section behind them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reporting.page import Page, interval, p_equals, p_value, percent, seeds_cell, thousands
from harness.reporting.report_data import ReportData, arm_name, key_name
from harness.results.rate_records import EquivalenceRow
from harness.study.parts import AT_END


def enough_labels(rows: Sequence[EquivalenceRow], compared_at: float | None = None) -> list[str]:
    """The sentence on one kind of policy: the smallest budget that was enough; what would decide more; and a footnote
    about these runs.

    compared_at: the KL at which policies are compared, nats an episode; None for the end of training.
    """
    downwards = sorted(rows, key=lambda row: -(row.contrast.opponent.label_budget or 0))
    enough = [row for row in downwards if row.was_enough]
    told = enough[-1] if enough else downwards[0]
    below = downwards[downwards.index(told) + 1:]
    sentences = [sentence(told, compared_at), *(sentence(row, compared_at) for row in below[:1])]
    return [*sentences, *(said for row in [told, *below[:1]] if (said := what_would_decide(row)))]


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
    where = "" if compared_at is None or row.contrast.arm.arm.endswith(AT_END) else f" at a KL of {compared_at:g} nats"
    shown = (f"{percent(row.test.win_rate)}, {interval(row.ci_low, row.ci_high)}, "
             f"{row.n_runs} runs of each{where}")
    if row.finding == "enough":
        return (f"{small} labels were enough: trained anew with {large}, a policy would win at most "
                f"{percent(0.5 + row.test.margin, 0)} of comparisons with it, one half plus the margin of {points} "
                f"({shown}; {p_equals(row.test.p_a_not_better)}).")
    if row.finding == "not enough":
        return (f"{small} labels were not enough: trained anew with {large}, a policy is better by more than {points} "
                f"({shown}).")
    if row.test.p_a_not_better is None:
        return f"Not decided whether {small} labels were enough: {row.why_not_decided}."
    return f"Not decided whether {small} labels were enough against {large}: {row.why_not_decided} ({shown})."


def what_would_decide(row: EquivalenceRow) -> str | None:
    """How many more runs it would take; None where it is decided or cannot be told."""
    more = row.more_runs
    if more is None:
        return None
    large, small = (f"{key.label_budget:,}" for key in (row.contrast.arm, row.contrast.opponent))
    if more.more is None:
        return f"More runs of {large} and {small}: {more.why_undefined}."
    return (f"{more.more} more seeds of {large} and {small} would decide with a chance of {percent(more.power, 0)}, if "
            f"the win rate is what it seems. More seeds reuse every stage that is there.")


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
