"""The sections on what labels buy a reward model, and what KL buys a policy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from harness.reporting.budget_plots import CurvePoint, dose_response_plot
from harness.reporting.canvas import COLOURS, Plot
from harness.reporting.figure_files import figure_name
from harness.reporting.page import Page, number, percent, thousands
from harness.reporting.plots import BandLine, bands
from harness.reporting.report_data import ReportData, arm_name, budget_name, key_name
from harness.results.training_records import AccuracyCurve, FrontierRow, RunRow
from harness.statistics.frontier import LEAST_EFFECTIVE, GainFit
from harness.statistics.run_bands import Band

_SCORES = {"reward": "reward", "gold_score": "simulated labeler's own score", "win_rate": "wins over the start"}
_METHODS = {"ppo": "PPO", "best_of_n": "best of n", "optimum": "optimum"}
_MOST_RUNS = 0.75
"""A band is drawn where at least this share of its runs is."""


def accuracy(page: Page, data: ReportData) -> None:
    """How well reward models predict held-out labels as they have more, and what the next doubling would buy."""
    found = [curve for curve in data.results.accuracy_curves if len(curve.points) > 1]
    if not found:
        return
    page.heading("What labels buy a reward model")
    for curve in found:
        on = f"the study's {curve.n_labels:,} held-out labels" if curve.ceiling else "held-out labels"
        page.figure(_accuracy_panels(curve, data), (
            f"{arm_name(curve.arm)}: reward models on {on}: how often the chosen candidate ranks first, what a label "
            f"still surprises, and how far the chances that they give to their favourites are from what comes true. "
            f"Filled: the mean over runs, with its interval; hollow: single runs; dashed: chance; dotted: the power "
            f"law; dash-dotted: what the labeler's own noise allows."))
    page.items(_what_more_would_buy(curve) for curve in found)


def _accuracy_panels(curve: AccuracyCurve, data: ReportData) -> dict[str, Plot]:
    law, ceiling = curve.power_law, curve.ceiling
    chance = 1 / data.study.labels.candidates
    right, losses, errors = [], [], []
    for point in curve.points:
        budget = point.label_budget
        runs = [row for row in data.results.reward_models if (row.arm.arm, row.arm.label_budget) == (curve.arm, budget)]
        fitted = None
        if ceiling is not None and law is not None and law.scale is not None and law.exponent is not None:
            fitted = ceiling.accuracy - law.scale * budget ** -law.exponent
        right.append(CurvePoint(budget, point.accuracy, point.accuracy_low, point.accuracy_high,
                                _known([row.validation_accuracy for row in runs]), fitted))
        losses.append(CurvePoint(budget, point.log_loss, point.log_loss_low, point.log_loss_high,
                                 _known([row.validation_loss for row in runs])))
        errors.append(CurvePoint(budget, point.calibration_error, None, None,
                                 _known([row.validation_calibration_error for row in runs])))
    noise = "the labeler's own noise"
    name = arm_name(curve.arm)
    return {
        figure_name("reward-model", curve.arm, "accuracy"): dose_response_plot(
            {name: right}, axis="right on held-out labels", levels={noise: ceiling.accuracy} if ceiling else {},
            reference=chance),
        figure_name("reward-model", curve.arm, "log_loss"): dose_response_plot(
            {name: losses}, axis="log loss, nats a label", levels={noise: ceiling.log_loss} if ceiling else {},
            reference=-math.log(chance), percent=False),
        figure_name("reward-model", curve.arm, "calibration"): dose_response_plot(
            {name: errors}, axis="calibration error", reference=None)}


def _known(values: Sequence[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None)


def _what_more_would_buy(curve: AccuracyCurve) -> str:
    law, most = curve.power_law, curve.points[-1]
    said = f"{arm_name(curve.arm)}: with {most.label_budget:,} labels right in {percent(most.accuracy)}"
    if curve.ceiling is not None:
        said += f", where the labeler's own noise allows {percent(curve.ceiling.accuracy)}"
    sure = f"It gives its favourite a chance of {percent(most.confidence)} on average."
    if law is None:
        return f"{said}. {sure}"
    if law.next_doubling is None or law.exponent is None:
        return f"{said}. {sure} No power law: {law.why_undefined}."
    return (f"{said}. {sure} The gap falls as labels to the power −{law.exponent:.2f}"
            f"{_between(law.exponent_low, law.exponent_high, 1, 2)}; twice the labels would buy "
            f"{100 * law.next_doubling:.1f} points{_between(law.next_doubling_low, law.next_doubling_high, 100, 1)}.")


def _between(low: float | None, high: float | None, times: float, digits: int) -> str:
    return "" if low is None or high is None else f" ({number(times * low, digits)} to {number(times * high, digits)})"


def frontier(page: Page, data: ReportData) -> None:
    """Scores against √KL along training, by budget; the largest budget beside best-of-n and the optimum; the fits."""
    rows = data.results.frontier
    if not rows:
        return
    page.heading("What KL buys a policy")
    arms = list(dict.fromkeys(row.arm.arm for row in rows))
    for arm in arms:
        ppo = [row for row in rows if row.arm.arm == arm and row.method == "ppo"]
        page.figure({figure_name("frontier", arm, score): _against_kl(
                         {budget_name(row.arm): row for row in ppo if row.score == score}, score)
                     for score in dict.fromkeys(row.score for row in ppo)},
                    f"{arm_name(arm)}: scores against the square root of the KL to the reference policy, on validation "
                    f"queries while PPO trains: the mean and the range of the runs of each budget. Where budgets "
                    f"differ at the same KL, labels made a difference.")
    for arm in arms:
        _methods(page, [row for row in rows if row.arm.arm == arm])
    fits = [(row, row.fit) for row in rows if row.fit is not None and row.score == "gold_score"]
    if fits:
        page.table(("policy", "by", "α", "β", "turns at KL"), [
            (key_name(row.arm), _METHODS[row.method], _coefficient(fit.alpha, fit.alpha_low, fit.alpha_high),
             _coefficient(fit.beta, fit.beta_low, fit.beta_high), _turn(row, fit)) for row, fit in fits], words=2,
            caption="What the labeler's own score gains over the start: R = d(α − β log d) by PPO, d(α − βd) by the "
                    "best of n, d = √KL (Gao et al. 2022). Means over runs with t intervals. Beyond the turn more KL "
                    "would lower the score; below it the range of single runs, where all turn.")


def _methods(page: Page, rows: Sequence[FrontierRow]) -> None:
    """The largest budget of one kind of policy, by all methods, in other colours than the budgets have."""
    largest = max(row.arm.label_budget or 0 for row in rows)
    of_largest = [row for row in rows if (row.arm.label_budget or 0) == largest]
    scores = [score for score in ("reward", "gold_score")
              if len({row.method for row in of_largest if row.score == score}) > 1]
    if not scores:
        return
    ideal = next((row for row in of_largest if row.effective_samples is not None), None)
    said = "" if ideal is None else (
        f" The optimum ρ·exp(r/β) has the highest reward at its KL; it is drawn while each query's reweighted samples "
        f"of ρ count for {LEAST_EFFECTIVE} or more, here {ideal.effective_samples:.0f} at its end.")
    arm = of_largest[0].arm
    page.figure({figure_name("methods", arm.arm, score): _against_kl(
                     {_METHODS[row.method]: row for row in of_largest if row.score == score}, score, COLOURS[3:])
                 for score in scores},
                f"{key_name(arm)} beside the best of n samples of the starting policy, chosen by the same reward, with "
                f"its exact KL.{said}")


def _against_kl(lines: Mapping[str, FrontierRow], score: str, colours: Sequence[str] = COLOURS) -> Plot:
    return bands([BandLine(name, _drawn(row.band)) for name, row in lines.items()],
                 x_axis="√KL, KL in nats an episode", y_axis=_SCORES[score], percent=score == "win_rate",
                 level=0.5 if score == "win_rate" else None, colours=colours)


def _drawn(band: Band) -> list[tuple[float, float, float, float]]:
    """Where most runs are: the mean would jump where one of a few ends."""
    points = zip(band.x, band.mean, band.low, band.high, band.n_runs, strict=True)
    return [(x, mean, low, high) for x, mean, low, high, n_runs in points
            if n_runs >= _MOST_RUNS * max(band.n_runs)]


def _coefficient(value: float, low: float | None, high: float | None) -> tuple[str, str]:
    return number(value), "" if low is None or high is None else f"{number(low)} to {number(high)}"


def _turn(row: FrontierRow, fit: GainFit) -> tuple[str, str]:
    if fit.turns_at is None:
        return "never", ""
    furthest, turn = row.band.x[-1] ** 2, fit.turns_at**2
    if turn > 4 * furthest:
        return f"far beyond {furthest:.1f} nats", ""
    single = fit.turns_low is not None and fit.turns_high is not None and fit.turns_high**2 <= 4 * furthest
    return f"{turn:.1f} nats", f"{(fit.turns_low or 0) ** 2:.1f} to {(fit.turns_high or 0) ** 2:.1f}" if single else ""


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
            f"{thousands(resting)} of {len(rows)} runs were at rest: within 5% of it (but for sampling) or β steady.")

