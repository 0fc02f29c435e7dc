"""The results of `analysis.analyse` for people: tables on a terminal, a page to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from harness.reporting.page import Page, interval, number, p_equals, p_value, percent, why
from harness.reporting.plots import CurvePoint, Estimate, dose_response_plot, forest
from harness.statistics.sensitivity import RATERS_INDEPENDENT

Json = dict[str, Any]


class Table(NamedTuple):
    """Formatted rows; the first column is words. reasons: why something in it is undefined."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    reasons: tuple[str, ...] = ()


_LONGEST_PLOT = 40


def tables(result: Json) -> list[Table]:
    """Every table, in the order of reading; empty ones left out."""
    found = [_looking_early(result), _win_rates(result), _equivalence(result), _position(result), _strengths(result),
             *(_controlled(model) for model in result["bradley_terry_controlled"]), _agreement(result),
             _quality(result), _fragility(result), _dose_response(result),
             _breakdown(result, "by_label_budget", "label_budget"), _breakdown(result, "by_seed", "seed"),
             _breakdown(result, "by_rater", "rater"), _sensitivity(result), _left_out(result)]
    return [table for table in found if table.rows]


def answer(result: Json) -> str:
    """One sentence for each comparison that the data decide, or that none is decided; and which are equivalent."""
    decided = []
    p_values = [row["p_value_holm"] for row in result["looking_early"] or result["comparisons"]]
    for row, p_holm in zip(result["comparisons"], p_values, strict=True):
        if p_holm is not None and p_holm < 1 - row["confidence"]:
            a_won = row["win_rate"] > 0.5
            better, worse = (row["arm_a"], row["arm_b"]) if a_won else (row["arm_b"], row["arm_a"])
            rate = row["win_rate"] if a_won else 1 - row["win_rate"]
            decided.append(f"{better} beats {worse} ({percent(rate)}, {p_equals(p_holm)})")
    if result["looking_early"]:
        return _early_answer(decided)
    equal = [f"{row['arm_a']} and {row['arm_b']}" for row in result["comparisons"]
             if row["equivalence"]["verdict"] == "equivalent"]
    margin = f"{100 * result['settings']['margin']:g} points"
    also = f" Equivalent within {margin}, not adjusted: {_few(equal)}" if equal else ""
    if not decided:
        return f"No comparison is decided after Holm's adjustment. That is not evidence of no difference.{also}"
    return _few(decided) + also


def _early_answer(decided: Sequence[str]) -> str:
    if decided:
        return f"Decided already, however often one looks: {_few(decided)}"
    return "No comparison is decided yet. More judgments may decide it, at the same error rate."


def _few(named: Sequence[str]) -> str:
    shown = "; ".join(named[:5])
    return f"{shown}; and {len(named) - 5} more." if len(named) > 5 else f"{shown}."


def html(result: Json, *, source: str) -> str:
    """The page. source: the file's name."""
    page = Page(f"Win rates of {source}")
    page.paragraph(answer(result), kind="answer")
    page.items(result["warnings"])
    shown = [row for row in result["comparisons"] if row["win_rate"] is not None][:_LONGEST_PLOT]
    page.figure(forest([Estimate(f"{row['arm_a']} over {row['arm_b']}", row["win_rate"], row["ci_low"],
                                 row["ci_high"]) for row in shown]),
                "Win rates with their intervals; the dashed line is no difference")
    points = result["dose_response"].get("points")
    if points:
        page.figure(dose_response_plot({"": [_curve_point(point) for point in points]}),
                    "Win rate over the baseline by label budget; open points are single seeds, the solid line joins "
                    "the points, the dotted one is the isotonic fit. Saturation: "
                    + result["dose_response"]["saturating"]["statement"])
    for table in tables(result):
        page.heading(table.title)
        page.table(table.columns, table.rows)
        for reason in table.reasons:
            page.paragraph(reason, kind="quiet")
    page.heading("Methods")
    page.paragraph(methods(result))
    return page.render()


def methods(result: Json) -> str:
    """The methods paragraph, with every setting."""
    settings = result["settings"]
    method = next((row["method"] for row in result["comparisons"] if row["ci_low"] is not None), "none")
    vote = "each item's majority vote" if settings["majority"] else "all judgments"
    return (
        f"Win rates are means of 1 (win), ½ (tie) and 0 (loss), averaged within an item, then over items, "
        f"from {vote}. Intervals at {percent(settings['confidence'], 0)}: {method}, degrees of "
        f"freedom one less than the fewer clusters; two-way bootstrap, {settings['resamples']} resamples, "
        f"seed {settings['seed']}. p values are two-sided, adjusted by Holm over all comparisons. "
        f"Equivalence: two one-sided tests with a margin of {100 * settings['margin']:g} points, not adjusted. "
        f"Bradley-Terry with an intercept for the left side, a tie half a win for both; Davidson's model for "
        f"ties; clustered errors. Agreement: Krippendorff's nominal alpha with a bootstrap interval over "
        f"items, Gwet's AC1. Sides: exact binomial test, Holm over raters."
    )


def _win_rates(result: Json) -> Table:
    rows = [(f"{row['arm_a']} over {row['arm_b']}", percent(row["win_rate"]),
             interval(row["ci_low"], row["ci_high"]), p_value(row["p_value"]),
             p_value(row["p_value_holm"]), percent(row["win_rate_without_ties"]),
             percent(row["win_rate_majority"]), f"{row['wins']} / {row['ties']} / {row['losses']}",
             str(row["n_items"]), str(row["n_raters"])) for row in result["comparisons"]]
    return Table("Win rates", ("", "win rate", "interval", "p", "p (Holm)", "without ties", "majority",
                               "win / tie / loss", "items", "raters"), rows, why(_named(result["comparisons"])))


def _looking_early(result: Json) -> Table:
    rows = [(_pair(row), f"{row['e_value']:.3g}", str(row["n_outcomes"]),
             "not yet" if row["rejected_at"] is None else f"after {row['rejected_at']}",
             p_value(row["p_value"]), p_value(row["p_value_holm"])) for row in result["looking_early"]]
    return Table("Looking early: evidence against one half, valid at every look",
                 ("", "e-value", "items", "decided", "p at any time", "p (Holm)"), rows,
                 ("Every other p value and interval here holds for one look, after the last judgment.",))


def _equivalence(result: Json) -> Table:
    margin = f"{100 * result['settings']['margin']:g} points"
    rows = [(f"{row['arm_a']} and {row['arm_b']}", row["equivalence"]["verdict"],
             p_value(row["equivalence"]["p_non_inferior"]), p_value(row["equivalence"]["p_b_non_inferior"]),
             p_value(row["equivalence"]["p_equivalent"])) for row in result["comparisons"]]
    reasons = why((_pair(row), row["equivalence"]["why_undefined"]) for row in result["comparisons"])
    return Table(f"Equivalence within {margin} (p values not adjusted)",
                 ("", "the first is", "p first not worse", "p second not worse", "p equivalent"), rows, reasons)


def _position(result: Json) -> Table:
    position = result["position"]
    rows = [("all decisive judgments", percent(position["left_rate"]), "", p_value(position["p_value"]))]
    rows += [(row["arm"], percent(row["win_rate_left"]), percent(row["win_rate_right"]), "")
             for row in position["by_arm"]]
    rows += [(f"rater {row['rater']}", percent(row["left_rate"]), "", p_value(row["p_value_holm"]))
             for row in position["by_rater"] if (row["p_value_holm"] or 1.0) < 0.05]
    return Table("Sides", ("", "left", "right", "p"), rows, why([("the test of sides", position["why_undefined"])]))


def _strengths(result: Json) -> Table:
    ties = {row["arm"]: row for row in result["davidson"]["strengths"]}
    by_strength = sorted(result["bradley_terry"],
                         key=lambda row: 99.0 if row["log_strength"] is None else -row["log_strength"])
    rows = [(row["arm"], number(row["log_strength"]), number(row["se"]),
             number(ties[row["arm"]]["log_strength"]), number(ties[row["arm"]]["se"])) for row in by_strength]
    side, in_davidson = result["bradley_terry_side"], result["davidson"]["side"]
    rows.append(("(standing on the left)", number(side["estimate"]), number(side["standard_error"]),
                 number(in_davidson["estimate"]), number(in_davidson["standard_error"])))
    rows.append(("(ties: ν)", "", "", number(result["davidson"]["nu"]), ""))
    undefined = [(f"{row['arm']} ({model})", row["why_undefined"])
                 for model, found in (("Bradley-Terry", result["bradley_terry"]),
                                      ("Davidson", result["davidson"]["strengths"])) for row in found]
    undefined += [("standing on the left (Bradley-Terry)", side["why_undefined"]),
                  ("standing on the left (Davidson)", in_davidson["why_undefined"]),
                  ("ties", result["davidson"]["why_undefined"])]
    return Table("Strengths", ("", "Bradley-Terry", "error", "Davidson", "error"), rows, why(undefined))


def _controlled(model: Json) -> Table:
    rows = [(f"{row['arm_a']} over {row['arm_b']}", percent(row["win_rate"])) for row in model["win_rates"]]
    return Table(f"Win rates, {model['model']}", ("", "win rate"), rows,
                 why((row["arm"], row["why_undefined"]) for row in model["strengths"]))


def _agreement(result: Json) -> Table:
    found = result["agreement"]
    rows = [("raw", percent(found["raw"]), ""),
            ("Krippendorff's alpha", number(found["krippendorff_alpha"]),
             "" if found["alpha_low"] is None
             else f"{number(found['alpha_low'], 2)} to {number(found['alpha_high'], 2)}"),
            ("Gwet's AC1", number(found["ac1"]), "")]
    return Table(f"Agreement on {found['n_items']} items", ("", "", "interval"), rows,
                 why([("agreement", found["why_undefined"])]))


def _quality(result: Json) -> Table:
    rows = [(row["rater"], str(row["n_judgments"]), percent(row["tie_rate"], 0), percent(row["agreement"], 0),
             percent(row["gold_accuracy"], 0), percent(row["repeat_consistency"], 0),
             number(row["median_seconds"], 1)) for row in result["quality"]]
    return Table("Raters", ("", "judgments", "ties", "agree", "gold", "repeats", "seconds"), rows,
                 why((row["rater"], row["why_undefined"]) for row in result["quality"]))


def _fragility(result: Json) -> Table:
    better = {"A": "arm_a", "B": "arm_b"}
    rows = [(_pair(row), f"{row[better[row['verdict']]]} is better" if row["verdict"] in better else row["verdict"],
             str(row["votes"]) if row["votes"] is not None
             else "undefined" if row["verdict"] == "undefined" else "none does", percent(row["share"]))
            for row in result["fragility"]]
    return Table("Fewest dropped votes that turn the verdict", ("", "verdict", "votes", "share"), rows,
                 why(_named(result["fragility"])))


def _dose_response(result: Json) -> Table:
    curve = result["dose_response"]
    named = [(name, curve[key]) for name, key in (
        ("slope: logit for twice the labels", "slope"), ("curvature: negative where it levels off", "curvature"),
        ("slope over the runs", "slope_over_runs")) if key in curve]
    rows = [(name, number(found["estimate"]),
             "undefined" if found["ci_low"] is None else f"{number(found['ci_low'])} to {number(found['ci_high'])}",
             p_value(found["p_value"])) for name, found in named]
    reasons = why((name, found["why_undefined"]) for name, found in named)
    if rows:
        reasons += (f"Saturation: {curve['saturating']['statement']}",)
    return Table("Dose-response", ("", "estimate", "interval", "p"), rows, reasons)


def _breakdown(result: Json, key: str, by: str) -> Table:
    rows = [(f"{row[by]}: {row['arm_a']} over {row['arm_b']}", percent(row["win_rate"]),
             interval(row["ci_low"], row["ci_high"]), str(row["n_judgments"])) for row in result[key]]
    reasons = why((f"{row[by]}: {_pair(row)}", row["why_undefined"]) for row in result[key])
    return Table(f"Win rates by {by.replace('_', ' ')}", ("", "win rate", "interval", "judgments"), rows, reasons)


def _sensitivity(result: Json) -> Table:
    rows = [(f"{row['arm_a']} over {row['arm_b']}: {row['model']}", row["estimand"], number(row["estimate"]),
             row["why_undefined"] or f"{number(row['ci_low'])} to {number(row['ci_high'])}")
            for row in result["sensitivity"]]
    return Table("Sensitivity to the model", ("", "estimand", "estimate", "interval"), rows, (RATERS_INDEPENDENT,))


def _left_out(result: Json) -> Table:
    rows: list[tuple[str, ...]] = [(" ".join(filter(None, (f"rater {row['rater']}:" if "rater" in row else "",
                                                           row["reason"]))), str(row["n"]))
                                   for row in result["excluded"]]
    return Table("Left out", ("", "judgments"), rows)


def _pair(row: Json) -> str:
    return f"{row['arm_a']} over {row['arm_b']}"


def _named(rows: Iterable[Json]) -> list[tuple[str, str | None]]:
    return [(_pair(row), row["why_undefined"]) for row in rows]


def _curve_point(point: Json) -> CurvePoint:
    rate = point["rate"]
    seeds: Sequence[Json] = point["seeds"]
    return CurvePoint(point["label_budget"], rate["win_rate"], rate["ci_low"], rate["ci_high"],
                      tuple(seed["win_rate"] for seed in seeds), point["isotonic"])
