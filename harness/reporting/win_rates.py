"""The sections on the judgments: the answer, dose-response, win rates, and whether more labels helped."""

from __future__ import annotations

from collections.abc import Sequence

from harness.records import Contrast
from harness.reporting.budget_plots import CurvePoint, dose_response_plot
from harness.reporting.enough import enough_labels
from harness.reporting.figure_files import figure_name
from harness.reporting.page import (
    Cell,
    Page,
    count_of,
    interval,
    p_equals,
    p_value,
    percent,
    rate_cell,
    seeds_cell,
    signed,
    thousands,
)
from harness.reporting.report_data import ReportData, arm_name, by_arm, contrast_name, key_name
from harness.results.rate_records import DoseCurve, WinRateRow
from harness.results.records import PlanOfStudy, Results
from harness.statistics.dose_slope import Coefficient
from harness.study.spec import StudySpec


def answer(page: Page, data: ReportData) -> None:
    """How many labels were enough, in one sentence, and what is missing."""
    results = data.results
    page.paragraph(f"{data.study.task.kind} · {data.seeds} · commit {results.commit[:10]}"
                   f"{' with uncommitted changes' if results.dirty else ''}", kind="quiet")
    page.badges([*(["simulated labels"] if results.simulated_labels else []),
                 *(["simulated judge" if not results.people else "a simulated judge beside people"]
                   if results.simulated_judge else []),
                 *(["people are awaited"] if results.awaited else [])])
    first = findings(data)[0]
    left_out = [f"Left out, because its training failed: {key_name(row.arm, with_seed=True)} ({row.why})."
                for row in results.left_out]
    page.answer(first, left_out)


def further_findings(page: Page, data: ReportData) -> None:
    """What else was found, below the first picture."""
    page.items([*findings(data)[1:], as_planned(data.results.analysis_plan)])


def findings(data: ReportData) -> list[str]:
    """What the study found, a sentence each; the first is the headline."""
    judges, at = data.by_judge(data.results.equivalence), data.results.analysis_plan.planned.compared_at
    return [*(said if len(judges) == 1 else f"By {judge}: {said}" for judge, judged in judges.items()
              for rows in by_arm(judged) for said in enough_labels(rows, at)),
            *_against_baselines(data)]


def headline(study: StudySpec, results: Results) -> str:
    """The answer in one sentence."""
    return findings(ReportData(study=study, results=results, details={}, examples=(),
                               versions={}, environments={}))[0]


def as_planned(plan: PlanOfStudy) -> str:
    """'as planned', or what differs from the plan that was frozen before the first judgment."""
    frozen = f"the analysis plan that was frozen before the first judgment ({plan.digest[:12]})"
    if not plan.differences:
        return f"Analysed as planned, by {frozen}."
    return f"Not as planned. What differs from {frozen}: {'; '.join(plan.differences)}."


def _against_baselines(data: ReportData) -> list[str]:
    """One sentence for each judge and kind of policy: its largest budget against every baseline."""
    alpha = 1 - data.results.analysis_plan.planned.confidence
    sentences = []
    for judge, judged in data.by_judge(data.results.win_rates).items():
        for rows in by_arm(judged):
            largest = max(row.contrast.arm.label_budget or 0 for row in rows)
            said = [verdict(row, alpha) for row in rows
                    if row.contrast.arm.label_budget == largest and row.rate.win_rate is not None]
            if said:
                labels = f"With {thousands(largest)} labels" if largest else "Without labels (an upper bound)"
                arm = arm_name(rows[0].contrast.arm.arm)
                sentences.append(f"{labels} {arm} is, by {judge}, {'; '.join(said)}.")
    return sentences


def verdict(row: WinRateRow, alpha: float) -> str:
    """Whether the arm is preferred to the baseline, with what says so. Its win rate must be defined."""
    p, rate = row.p_value_planned, row.rate
    assert rate.win_rate is not None
    found = "not told apart from"
    if p is not None and p < alpha:
        found = "preferred to" if rate.win_rate > 0.5 else "worse than"
    note = "" if row.confirmatory else ", exploratory"
    if row.confirmatory and p is not None and rate.p_value is not None and rate.p_value < alpha <= p:
        # Else the interval beside it would seem to contradict the verdict.
        note = f" after the tests planned before it, {p_equals(rate.p_value)} alone"
    return (f"{found} {key_name(row.contrast.opponent)} ({percent(rate.win_rate)}, "
            f"{interval(rate.ci_low, rate.ci_high)}, {p_equals(p)}{note})")


def dose_response(page: Page, data: ReportData) -> None:
    """The plot with every seed's point, one panel a baseline, and what the curve is."""
    points = [(row, row.rate.win_rate) for row in data.results.win_rates if row.rate.win_rate is not None]
    if not any(row.contrast.arm.label_budget for row, _ in points):
        return
    page.heading("Win rate against labels")
    seen = [0.5, *(seed.win_rate for row, _ in points for seed in row.seeds.by_seed),
            *(value for row, rate in points for value in (row.rate.ci_low, rate, row.rate.ci_high)
              if value is not None)]
    limits = (max(min(seen) - 0.03, -0.02), min(max(seen) + 0.03, 1.02))
    judges = data.by_judge([row for row, _ in points])
    panels = {}
    for baseline in dict.fromkeys(row.contrast.opponent for row, _ in points):
        series = {arm_name(rows[0].contrast.arm.arm) + ("" if len(judges) == 1 else f", {judge}"):
                  [_point(row, data) for row in rows
                   if row.contrast.opponent == baseline and row.contrast.arm.label_budget]
                  for judge, judged in judges.items() for rows in by_arm(judged)}
        levels = {arm_name(row.contrast.arm.arm): rate for row, rate in points
                  if row.contrast.opponent == baseline and not row.contrast.arm.label_budget}
        panels[figure_name("win rate", str(baseline))] = dose_response_plot(
            series, title=f"against {key_name(baseline)}", limits=limits, levels=levels)
    page.figure(panels, f"Win rate against the number of labels, by {' and by '.join(judges)}. Filled: all seeds "
                        f"together, with {data.confidence} intervals; hollow: single training seeds; dotted: "
                        f"isotonic fit.")
    _curves(page, data)


def _curves(page: Page, data: ReportData) -> None:
    """The fitted curves as a table, the judges below each other, people first."""
    rows: list[tuple[str, Cell, Cell, Cell]] = []
    saturation: dict[str, list[str]] = {}
    for study in (*data.results.people, None):
        for fit in (study or data.results).dose_response:
            by = f", by {data.judge(study)}" if data.results.people else ""
            rows.append((contrast_name(fit.contrast) + by, _coefficient(fit.slope), _coefficient(fit.curvature),
                         _coefficient(fit.slope_over_runs)))
            saturation.setdefault(fit.saturating.statement, []).append(rows[-1][0])
    page.table(("", "slope", "curvature", "slope over runs"), rows,
               caption="Logit of the win rate for twice the labels. Intervals hold for another run too where every "
                       "budget has several; beside them, those about these policies only. Curvature below zero: the "
                       "gain levels off. Over runs: each run's own slope is one observation.")
    page.items(dict.fromkeys(note for study in (*data.results.people, None)
                             for fit in (study or data.results).dose_response for note in fit.notes))
    page.paragraph("Saturation: " + "; ".join(f"{statement} ({', '.join(names)})"
                                              for statement, names in saturation.items()) + ".")


def _point(row: WinRateRow, data: ReportData) -> CurvePoint:
    budget, rate = row.contrast.arm.label_budget, row.rate
    assert budget is not None and rate.win_rate is not None
    judged = data.evaluation(row) or data.results
    return CurvePoint(budget, rate.win_rate, rate.ci_low, rate.ci_high,
                      tuple(point.win_rate for point in row.seeds.by_seed),
                      _isotonic(judged.dose_response, row.contrast))


def _isotonic(curves: Sequence[DoseCurve], contrast: Contrast) -> float | None:
    """The isotonic fit of the contrast's curve at its label budget."""
    return next((point.isotonic for curve in curves for point in curve.points
                 if (curve.contrast.arm.arm, curve.contrast.opponent) == (contrast.arm.arm, contrast.opponent)
                 and point.label_budget == contrast.arm.label_budget), None)


def _coefficient(fit: Coefficient) -> tuple[str, str]:
    if fit.estimate is None or fit.ci_low is None:
        return "undefined", fit.why_undefined or ""
    said = f"{signed(fit.ci_low)} to {signed(fit.ci_high)}, {p_equals(fit.p_value)}"
    these = fit.these_runs
    if fit.scope == "these policies" or these is None or these.ci_low is None:
        return signed(fit.estimate), said
    return signed(fit.estimate), f"{said}; these runs {signed(these.ci_low)} to {signed(these.ci_high)}"


def win_rates(page: Page, data: ReportData) -> None:
    """For each judge the confirmatory tests in the order of gatekeeping, then what is explored."""
    rows = data.results.win_rates
    if not rows:
        return
    page.heading("Win rates")
    judges = data.by_judge(rows)
    for judge, judged in judges.items():
        by = f"By {judge}. " if len(judges) > 1 else ""
        _confirmed(page, data, [row for row in judged if row.confirmatory], by)
        explored = [row for row in judged if not row.confirmatory]
        if explored:
            page.table(_COLUMNS, map(_win_rate_row, explored), words=2,
                       caption=f"{by}Exploratory, outside the plan's order; p adjusted by Benjamini and Hochberg.")
    notes = dict.fromkeys(note for row in rows for note in row.rate.notes)
    whys = dict.fromkeys(f"{key_name(row.contrast.arm)} against {key_name(row.contrast.opponent)} is undefined: "
                         f"{row.rate.why_undefined}" for row in rows if row.rate.why_undefined)
    page.items([*notes, *whys])
    page.paragraph("Below each win rate stands its interval, which holds for another run too where there are "
                   "several; below the seeds their standard deviation beyond what sampling alone would give.",
                   kind="quiet")


def _confirmed(page: Page, data: ReportData, rows: Sequence[WinRateRow], by: str) -> None:
    if not rows:
        return
    gates = list(data.results.analysis_plan.planned.gatekeeping)
    if rows[0].study is not None:
        # A study made in the app has an order of its own.
        gates += dict.fromkeys(row.contrast.opponent.arm for row in rows if row.contrast.opponent.arm not in gates)
    order = sorted(rows, key=lambda row: (data.policies.index(row.contrast.arm.arm),
                                          -(row.contrast.arm.label_budget or 0),
                                          gates.index(row.contrast.opponent.arm)))
    asked = [gate for gate in gates if any(row.contrast.opponent.arm == gate for row in rows)]
    page.table(_COLUMNS, map(_win_rate_row, order), words=2, caption=(
        f"{by}Confirmatory, in the order of testing: the largest budget against "
        f"{', then '.join(map(arm_name, asked))}, then the other budgets with Holm's adjustment; a closed gate closes "
        f"all behind it. Each kind of policy has its own order."))


_COLUMNS = ("policy", "against", "win rate", "without ties", "win / tie / loss", "seeds", "p", "p adjusted")


def _win_rate_row(row: WinRateRow) -> tuple[Cell, ...]:
    return (key_name(row.contrast.arm), key_name(row.contrast.opponent), rate_cell(row.rate),
            percent(row.rate.win_rate_without_ties), count_of(row.rate), seeds_cell(row.seeds, row.seeds.seed_sd),
            p_value(row.rate.p_value), p_value(row.p_value_planned))
