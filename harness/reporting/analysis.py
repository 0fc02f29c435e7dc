"""What is said of a ratings file: one sentence, tables for the terminal, and a page to keep."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reporting.budget_plots import CurvePoint, dose_response_plot
from harness.reporting.page import (
    Cell,
    Page,
    count_of,
    interval,
    number,
    p_equals,
    p_value,
    percent,
    rate_cell,
    why,
)
from harness.reporting.plots import Estimate, forest
from harness.reporting.tables import Table
from harness.statistics.analysis_records import Analysis, Comparison, ControlledModel, NoCurve, OfPair, PartRate
from harness.statistics.dose_response import DosePoint, DoseResponse
from harness.statistics.fragility import Fragility
from harness.statistics.sensitivity import RATERS_INDEPENDENT, Sensitivity

_LONGEST_PLOT = 40


def tables(result: Analysis) -> list[Table]:
    """Every table, in the order of reading; empty ones left out."""
    found = [_looking_early(result), _win_rates(result), _equivalence(result), _position(result), _strengths(result),
             *map(_controlled, result.bradley_terry_controlled), _agreement(result), _quality(result),
             _fragility(result), _dose_response(result),
             _breakdown("label budget", [(str(row.label_budget), row) for row in result.by_label_budget]),
             _breakdown("run", [(str(row.run), row) for row in result.by_run]),
             _breakdown("seed", [(str(row.seed), row) for row in result.by_seed]),
             _breakdown("rater", [(str(row.rater), row) for row in result.by_rater]), _sensitivity(result),
             _left_out(result)]
    return [table for table in found if table.rows]


def answer(result: Analysis) -> str:
    """One sentence for each comparison that the data decide, or that none is decided; and which are equivalent."""
    p_values = [row.p_value_holm for row in result.looking_early or result.comparisons]
    decided = [_decided(row, p_holm) for row, p_holm in zip(result.comparisons, p_values, strict=True)
               if p_holm is not None and p_holm < 1 - row.rate.confidence
               and (result.looking_early or not row.is_of_one_run)]
    if result.looking_early:
        return _early_answer(decided)
    equal = [f"{row.arm_a} and {row.arm_b}" for row in result.comparisons if row.equivalence.verdict == "equivalent"]
    margin = f"{100 * result.settings.margin:g} points"
    also = f" Equivalent within {margin}, not adjusted: {_few(equal)}" if equal else ""
    open_still = [str(row) for row in result.comparisons if row.is_of_one_run]
    also += f" Not decided for another training run, as there is only one: {_few(open_still)}" if open_still else ""
    if not decided:
        return f"No comparison is decided after Holm's adjustment. That is not evidence of no difference.{also}"
    return _few(decided) + also


def _decided(row: Comparison, p_holm: float) -> str:
    rate = row.rate.win_rate
    assert rate is not None
    better, worse, rate = (row.arm_a, row.arm_b, rate) if rate > 0.5 else (row.arm_b, row.arm_a, 1 - rate)
    return f"{better} beats {worse} ({percent(rate)}, {p_equals(p_holm)})"


def _early_answer(decided: Sequence[str]) -> str:
    if decided:
        return f"Decided already, however often one looks: {_few(decided)}"
    return "No comparison is decided yet. More judgments may decide it, at the same error rate."


def _few(named: Sequence[str]) -> str:
    shown = "; ".join(named[:5])
    return f"{shown}; and {len(named) - 5} more." if len(named) > 5 else f"{shown}."


def html(result: Analysis, *, source: str) -> str:
    """The page. source: the file's name."""
    page = Page(f"Win rates of {source}")
    page.paragraph(answer(result), kind="answer")
    page.items(result.warnings)
    shown = [Estimate(str(row), row.rate.win_rate, row.rate.ci_low, row.rate.ci_high) for row in result.comparisons
             if row.rate.win_rate is not None][:_LONGEST_PLOT]
    page.figure({"win-rates": forest(shown)}, "Win rates with their intervals; the dashed line is no difference")
    curve = result.dose_response
    if isinstance(curve, DoseResponse) and curve.points:
        page.figure({"dose-response": dose_response_plot({"": [_curve_point(point) for point in curve.points]})},
                    "Win rate over the baseline by label budget; open points are single seeds, the solid line joins "
                    f"the points, the dotted one is the isotonic fit. Saturation: {curve.saturating.statement}")
    for table in tables(result):
        page.heading(table.title)
        page.table(table.columns, table.rows)
        for reason in table.reasons:
            page.paragraph(reason, kind="quiet")
    page.heading("Methods")
    page.paragraph(methods(result))
    return page.render()


def methods(result: Analysis) -> str:
    """The methods paragraph, with every setting."""
    settings = result.settings
    method = next((row.rate.method for row in result.comparisons if row.rate.ci_low is not None), "none")
    freedom = "degrees of freedom one less than the fewer clusters"
    if any(row.scope == "procedure" for row in result.comparisons):
        freedom = ("Satterthwaite's degrees of freedom, so that they hold for another training run; about these "
                   "policies only, degrees of freedom one less than the fewer clusters")
    vote = "each item's majority vote" if settings.majority else "all judgments"
    return (
        f"Win rates are means of 1 (win), ½ (tie) and 0 (loss), averaged within an item, then over items, "
        f"from {vote}. Intervals at {percent(settings.confidence, 0)}: {method}, {freedom}; "
        f"two-way bootstrap, {settings.resamples} resamples, "
        f"seed {settings.seed}. p values are two-sided, adjusted by Holm over all comparisons. "
        f"Equivalence: two one-sided tests with a margin of {100 * settings.margin:g} points, not adjusted. "
        f"Bradley-Terry with an intercept for the left side, a tie half a win for both; Davidson's model for "
        f"ties; clustered errors. Agreement: Krippendorff's nominal alpha with a bootstrap interval over "
        f"items, Gwet's AC1. Sides: exact binomial test, Holm over raters."
    )


def _win_rates(result: Analysis) -> Table:
    has_runs = any(row.n_runs for row in result.comparisons)
    rows = [(str(row), *rate_cell(row.rate), *(_of_runs(row) if has_runs else ()), p_value(row.rate.p_value),
             p_value(row.p_value_holm), percent(row.rate.win_rate_without_ties), percent(row.rate.win_rate_majority),
             count_of(row.rate), str(row.rate.n_items), str(row.rate.n_raters)) for row in result.comparisons]
    columns = ("", "win rate", "interval", *(("these runs", "runs") if has_runs else ()), "p", "p (Holm)",
               "without ties", "majority", "win / tie / loss", "items", "raters")
    return Table("Win rates", columns, rows,
                 why((str(row), row.rate.why_undefined) for row in result.comparisons))


def _of_runs(row: Comparison) -> tuple[str, str]:
    """The interval about these policies only, and how many runs there are."""
    return interval(row.these_runs.ci_low, row.these_runs.ci_high), str(row.n_runs) if row.n_runs else "not named"


def _looking_early(result: Analysis) -> Table:
    rows = [(str(row), f"{row.e_value:.3g}", str(row.n_outcomes),
             "not yet" if row.rejected_at is None else f"after {row.rejected_at}",
             p_value(row.p_value), p_value(row.p_value_holm)) for row in result.looking_early]
    return Table("Looking early: evidence against one half, valid at every look",
                 ("", "e-value", "items", "decided", "p at any time", "p (Holm)"), rows,
                 ("Every other p value and interval here holds for one look, after the last judgment.",))


def _equivalence(result: Analysis) -> Table:
    margin = f"{100 * result.settings.margin:g} points"
    rows = [(f"{row.arm_a} and {row.arm_b}", row.equivalence.verdict, p_value(row.equivalence.p_a_not_worse),
             p_value(row.equivalence.p_a_not_better), p_value(row.equivalence.p_equivalent))
            for row in result.comparisons]
    # That the first is not better is that the second is not worse.
    return Table(f"Equivalence within {margin} (p values not adjusted)",
                 ("", "the first is", "p first not worse", "p second not worse", "p equivalent"), rows,
                 why((str(row), row.equivalence.why_undefined) for row in result.comparisons))


def _position(result: Analysis) -> Table:
    position = result.position
    rows = [("all decisive judgments", percent(position.left_rate), "", p_value(position.p_value))]
    rows += [(row.arm, percent(row.win_rate_left), percent(row.win_rate_right), "") for row in position.by_arm]
    rows += [(f"rater {row.rater}", percent(row.left_rate), "", p_value(row.p_value_holm))
             for row in position.by_rater if (row.p_value_holm or 1.0) < 0.05]
    return Table("Sides", ("", "left", "right", "p"), rows, why([("the test of sides", position.why_undefined)]))


def _strengths(result: Analysis) -> Table:
    ties = {row.arm: row for row in result.davidson.strengths}
    by_strength = sorted(result.bradley_terry, key=lambda row: 99.0 if row.log_strength is None else -row.log_strength)
    rows = [(row.arm, number(row.log_strength), number(row.standard_error), number(ties[row.arm].log_strength),
             number(ties[row.arm].standard_error)) for row in by_strength]
    side, in_davidson = result.bradley_terry_side, result.davidson.side
    rows.append(("(standing on the left)", number(side.estimate), number(side.standard_error),
                 number(in_davidson.estimate), number(in_davidson.standard_error)))
    rows.append(("(ties: ν)", "", "", number(result.davidson.nu), ""))
    undefined = [(f"{row.arm} ({model})", row.why_undefined)
                 for model, found in (("Bradley-Terry", result.bradley_terry), ("Davidson", result.davidson.strengths))
                 for row in found]
    undefined += [("standing on the left (Bradley-Terry)", side.why_undefined),
                  ("standing on the left (Davidson)", in_davidson.why_undefined),
                  ("ties", result.davidson.why_undefined)]
    return Table("Strengths", ("", "Bradley-Terry", "error", "Davidson", "error"), rows, why(undefined))


def _controlled(model: ControlledModel) -> Table:
    return Table(f"Win rates, {model.model}", ("", "win rate"),
                 [(str(row), percent(row.win_rate)) for row in model.win_rates],
                 why((row.arm, row.why_undefined) for row in model.strengths))


def _agreement(result: Analysis) -> Table:
    found = result.agreement
    rows = [("raw", percent(found.raw), ""),
            ("Krippendorff's alpha", number(found.krippendorff_alpha),
             "" if found.alpha_low is None else f"{number(found.alpha_low, 2)} to {number(found.alpha_high, 2)}"),
            ("Gwet's AC1", number(found.ac1), "")]
    return Table(f"Agreement on {found.n_items} items", ("", "", "interval"), rows,
                 why([("agreement", found.why_undefined)]))


def _quality(result: Analysis) -> Table:
    rows = [(row.rater, str(row.n_judgments), percent(row.tie_rate, 0), percent(row.agreement, 0),
             percent(row.gold_accuracy, 0), percent(row.repeat_consistency, 0), number(row.median_seconds, 1))
            for row in (each.quality for each in result.quality)]
    return Table("Raters", ("", "judgments", "ties", "agree", "gold", "repeats", "seconds"), rows,
                 why((row.quality.rater, row.why_undefined) for row in result.quality))


def _fragility(result: Analysis) -> Table:
    rows = [(str(row), _verdict(row, row.fragility), _votes(row.fragility), percent(row.fragility.share))
            for row in result.fragility]
    return Table("Fewest dropped votes that turn the verdict", ("", "verdict", "votes", "share"), rows,
                 why((str(row), row.fragility.why_undefined) for row in result.fragility))


def _verdict(pair: OfPair, found: Fragility) -> str:
    better = {"A": pair.arm_a, "B": pair.arm_b}.get(found.verdict)
    return found.verdict if better is None else f"{better} is better"


def _votes(found: Fragility) -> str:
    if found.votes is not None:
        return str(found.votes)
    return "undefined" if found.verdict == "undefined" else "none does"


def _dose_response(result: Analysis) -> Table:
    curve = result.dose_response
    columns = ("", "estimate", "interval", "p")
    if isinstance(curve, NoCurve):
        return Table("Dose-response", columns, ())
    named = (("slope: logit for twice the labels", curve.slope),
             ("curvature: negative where it levels off", curve.curvature),
             ("slope over the runs", curve.slope_over_runs))
    rows = [(name, number(found.estimate),
             "undefined" if found.ci_low is None else f"{number(found.ci_low)} to {number(found.ci_high)}",
             p_value(found.p_value)) for name, found in named]
    reasons = why((name, found.why_undefined) for name, found in named)
    return Table("Dose-response", columns, rows,
                 (*reasons, *curve.notes, f"Saturation: {curve.saturating.statement}"))


def _breakdown(by: str, parts: Sequence[tuple[str, PartRate]]) -> Table:
    rows = [(f"{part}: {row}", *rate_cell(row.rate), str(row.rate.n_judgments)) for part, row in parts]
    return Table(f"Win rates by {by}", ("", "win rate", "interval", "judgments"), rows,
                 why((f"{part}: {row}", row.rate.why_undefined) for part, row in parts))


def _sensitivity(result: Analysis) -> Table:
    rows = [(f"{row}: {row.answer.model}", row.answer.estimand, number(row.answer.estimate), _interval(row.answer))
            for row in result.sensitivity]
    return Table("Sensitivity to the model", ("", "estimand", "estimate", "interval"), rows, (RATERS_INDEPENDENT,))


def _interval(found: Sensitivity) -> str:
    return found.why_undefined or f"{number(found.ci_low)} to {number(found.ci_high)}"


def _left_out(result: Analysis) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (row.reason if row.rater is None else f"rater {row.rater}: {row.reason}", str(row.n))
        for row in result.excluded]
    return Table("Left out", ("", "judgments"), rows)


def _curve_point(point: DosePoint) -> CurvePoint:
    rate = point.rate
    assert rate.win_rate is not None
    return CurvePoint(point.label_budget, rate.win_rate, rate.ci_low, rate.ci_high,
                      tuple(seed.win_rate for seed in point.seeds), point.isotonic)
