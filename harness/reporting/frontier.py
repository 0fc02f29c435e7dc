"""The sections on what labels buy a reward model, and what KL buys a policy."""

from __future__ import annotations

from harness.reporting.budget_plots import CurvePoint, dose_response_plot
from harness.reporting.figure_files import figure_name
from harness.reporting.page import Page, number, percent, thousands
from harness.reporting.plots import BandLine, bands
from harness.reporting.report_data import ReportData, arm_name, budget_name, key_name
from harness.results.training_records import AccuracyCurve, FrontierRow, RunRow
from harness.statistics.frontier import GainFit

_SCORES = {"gold_score": "simulated labeler's own score", "reward_model_score": "reward model's score"}


def accuracy(page: Page, data: ReportData) -> None:
    """How well reward models predict held-out labels as they have more, and what the next doubling would buy."""
    found = [curve for curve in data.results.accuracy_curves if len(curve.points) > 1]
    if not found:
        return
    page.heading("What labels buy a reward model")
    runs: dict[tuple[str, int | None], list[float]] = {}
    for row in data.results.reward_models:
        if row.validation_accuracy is not None:
            runs.setdefault((row.arm.arm, row.arm.label_budget), []).append(row.validation_accuracy)
    chance = 1 / data.study.labels.candidates
    panels = {}
    for curve in found:
        points = [CurvePoint(point.label_budget, point.accuracy, point.accuracy_low, point.accuracy_high,
                             tuple(runs[curve.arm, point.label_budget])) for point in curve.points]
        levels = {"the labeler's own noise": curve.ceiling.accuracy} if curve.ceiling else {}
        panels[figure_name("reward model", curve.arm)] = dose_response_plot(
            {arm_name(curve.arm): points}, axis="right on held-out labels", levels=levels, reference=chance)
    on = f"the study's {found[0].n_labels:,} held-out labels" if found[0].ceiling else "held-out labels"
    page.figure(panels, f"How often the reward model ranks the chosen candidate first, on {on}. Filled: the mean over "
                        f"runs with its interval; hollow: single runs; dashed: chance.")
    page.items(_what_more_would_buy(curve) for curve in found)


def _what_more_would_buy(curve: AccuracyCurve) -> str:
    law, most = curve.power_law, curve.points[-1]
    said = f"{arm_name(curve.arm)}: with {most.label_budget:,} labels right in {percent(most.accuracy)}"
    if curve.ceiling is None or law is None:
        return said + "."
    said += f", where the labeler's own noise allows {percent(curve.ceiling.accuracy)}"
    if law.next_doubling is None or law.exponent is None:
        return f"{said}. No power law: {law.why_undefined}."
    between = "" if law.exponent_low is None or law.exponent_high is None else (
        f" ({law.exponent_low:.2f} to {law.exponent_high:.2f})")
    return (f"{said}. The gap falls as labels to the power −{law.exponent:.2f}{between}; twice the labels would buy "
            f"{100 * law.next_doubling:.1f} points.")


def frontier(page: Page, data: ReportData) -> None:
    """Scores against √KL along training, a band over runs for each budget, and where the labeler's own score turns."""
    rows = data.results.frontier
    if not rows:
        return
    page.heading("What KL buys a policy")
    panels = {}
    for arm in dict.fromkeys(row.arm.arm for row in rows):
        for score in dict.fromkeys(row.score for row in rows):
            lines = [BandLine(budget_name(row.arm), list(zip(row.band.x, row.band.mean, row.band.low, row.band.high,
                                                     strict=True)))
                     for row in rows if (row.arm.arm, row.score) == (arm, score)]
            if lines:
                panels[figure_name("frontier", arm, score)] = bands(
                    lines, x_axis="√KL, KL in nats an episode", y_axis=_SCORES[score], title=arm_name(arm))
    page.figure(panels, "Scores against the square root of the KL to the reference policy while PPO trains: the mean "
                        "and the range of the runs of each budget. Where budgets differ at the same KL, labels made a "
                        "difference.")
    fits = [(row, row.fit) for row in rows if row.fit is not None and row.score == "gold_score"]
    page.table(("policy", "α", "β", "turns at KL"), [
        (key_name(row.arm), _coefficient(fit.alpha, fit.alpha_low, fit.alpha_high),
         _coefficient(fit.beta, fit.beta_low, fit.beta_high), _turn(row, fit)) for row, fit in fits],
        caption="What the labeler's own score gains over the start, R = d(α − β log d), d = √KL (Gao et al. 2022); "
                "means over runs with t intervals. Beyond the turn more KL would lower it.")


def _coefficient(value: float, low: float | None, high: float | None) -> tuple[str, str]:
    return number(value), "" if low is None or high is None else f"{number(low)} to {number(high)}"


def _turn(row: FrontierRow, fit: GainFit) -> str:
    if fit.turns_at is None:
        return "never"
    furthest = row.band.x[-1] ** 2
    turn = fit.turns_at**2
    return f"{turn:.1f} nats" if turn <= 4 * furthest else f"far beyond {furthest:.1f} nats"


def convergence(page: Page, data: ReportData) -> None:
    """Which runs were not at rest when they ended, and at what KL each is compared."""
    rows = data.results.runs
    if not rows:
        return
    page.table(("run", "KL at the end", "off", "β moved by", "at rest", "compared at KL"),
               [(key_name(row.arm, with_seed=True), number(row.end.kl, 2), percent(row.end.kl_off_target, 0),
                 percent(row.end.coefficient_moved, 0), "yes" if row.end.converged else "no",
                 number(row.compared_at, 2) if row.compared_at is not None else "the end") for row in rows],
               caption=_rest(rows, data))


def _rest(rows: tuple[RunRow, ...], data: ReportData) -> str:
    target = data.study.ppo.kl.target
    off = "the tenth before" if target is None else f"the target of {target:g} nats"
    resting = sum(row.end.converged for row in rows)
    return (f"The last tenth of each run: its KL, how far that is off {off}, and how far the KL coefficient β moved. "
            f"{thousands(resting)} of {len(rows)} runs were at rest: within 5% of it, or with β steady.")

