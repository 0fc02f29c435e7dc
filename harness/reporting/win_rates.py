"""What the judgments say: the answer, the dose-response, the win rates, and whether more labels helped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from harness.reporting.page import Cell, Page, interval, p_equals, p_value, percent, signed, thousands
from harness.reporting.plots import CurvePoint, dose_response_plot
from harness.reporting.report_data import ReportMaterial, arm_name, by_arm, key_name

Row = Mapping[str, Any]


def answer(page: Page, material: ReportMaterial) -> None:
    """How many labels were enough, whether training beat the baselines, and whether all went as planned."""
    results, study = material.results, material.study
    page.paragraph(f"{study['task']['kind']} · {material.seeds} · commit {results['commit'][:10]}"
                   f"{' with uncommitted changes' if results['dirty'] else ''}", kind="quiet")
    page.badges([*(["simulated labels"] if results["simulated_labels"] else []),
                 *(["simulated judge" if not results["people"] else "a simulated judge beside people"]
                   if results["simulated_judge"] else []),
                 *(["people are awaited"] if results["awaited"] else [])])
    judges = material.by_judge(results["equivalence"])
    first, *others = [
        *(said if len(judges) == 1 else f"By {judge}: {said}" for judge, judged in judges.items()
          for rows in by_arm(judged) for said in enough_labels(rows)),
        *_against_baselines(material)]
    left_out = [f"Left out, because its training failed: {key_name(row['arm'], with_seed=True)} ({row['why']})."
                for row in results["left_out"]]
    page.answer(first, [*left_out, *others, as_planned(results["analysis_plan"])])
    page.contents()


def enough_labels(rows: Sequence[Row]) -> list[str]:
    """The sentence on one kind of policy: the smallest budget that was enough; and what its seeds say of that.

    Budgets are asked from the largest down, each only where all above it were enough, so that one error rate covers
    the whole chain.
    """
    downwards = sorted(rows, key=lambda row: -row["budget_b"])
    chain = list(takewhile(lambda row: row["was_enough"], downwards))
    told = chain[-1] if chain else downwards[0]
    sentences = [sentence(told)]
    if told["was_enough"] and told["seed_ci_high"] is not None and told["seed_ci_high"] >= 0.5 + told["margin"]:
        sentences.append(
            f"That is about these training runs: over the {len(told['by_seed'])} seeds the interval is "
            f"{interval(told['seed_ci_low'], told['seed_ci_high'])}, so another run may gain more than the margin.")
    return sentences


def sentence(row: Row) -> str:
    """Whether the smaller budget was enough, was not, or neither is shown; of which policy, where it is not the plain
    one.
    """
    said = _enough_or_not(row, large=f"{row['budget_a']:,}", small=f"{row['budget_b']:,}")
    return said if row["arm_a"] == "rl" else f"{arm_name(row['arm_a'])}: {said[0].lower()}{said[1:]}"


def _enough_or_not(row: Row, *, large: str, small: str) -> str:
    points, p = f"{100 * row['margin']:g} points", row["p_non_inferior"]
    if p is None:
        return f"Whether {small} labels were enough is undefined: {row['why_undefined']}."
    if row["was_enough"]:
        return f"{small} labels were enough: {large} is not better by more than {points}, {p_equals(p)}."
    if row["verdict"] == "better by more than the margin":
        return f"{small} labels were not enough: {large} is better by more than {points}."
    return f"Not shown that {small} labels were enough: {large} may be better by more than {points}, {p_equals(p)}."


def as_planned(plan: Row) -> str:
    """'as planned', or what differs from the plan that was frozen before the first judgment."""
    frozen = f"the analysis plan that was frozen before the first judgment ({plan['digest'][:12]})"
    if not plan["differences"]:
        return f"Analysed as planned, by {frozen}."
    return f"Not as planned. What differs from {frozen}: {'; '.join(plan['differences'])}."


def _against_baselines(material: ReportMaterial) -> list[str]:
    """One sentence for each judge and kind of policy: its largest budget against every baseline."""
    alpha = 1 - material.results["analysis_plan"]["planned"]["confidence"]
    sentences = []
    for judge, judged in material.by_judge(material.results["win_rates"]).items():
        for rows in by_arm(judged, "arm"):
            largest = max(row["label_budget"] for row in rows)
            said = [verdict(row, alpha) for row in rows
                    if row["label_budget"] == largest and row["win_rate"] is not None]
            if said:
                labels = f"With {thousands(largest)} labels" if largest else "Without labels (an upper bound)"
                sentences.append(f"{labels} {arm_name(rows[0]['arm'])} is, by {judge}, {'; '.join(said)}.")
    return sentences


def verdict(row: Row, alpha: float) -> str:
    """Whether the arm is preferred to the baseline, with what says so."""
    p = row["p_value_gatekept"] if row["confirmatory"] else row["p_value_explored"]
    found = "not told apart from"
    if p is not None and p < alpha:
        found = "preferred to" if row["win_rate"] > 0.5 else "worse than"
    note = "" if row["confirmatory"] else ", exploratory"
    alone = row["p_value"]
    if row["confirmatory"] and p is not None and alone is not None and alone < alpha <= p:
        # Else the interval beside it would seem to contradict the verdict.
        note = f" after the tests planned before it, {p_equals(alone)} alone"
    return (f"{found} {arm_name(row['baseline'])} ({percent(row['win_rate'])}, "
            f"{interval(row['ci_low'], row['ci_high'])}, {p_equals(p)}{note})")


def dose_response(page: Page, material: ReportMaterial) -> None:
    """The plot with every seed's point, one panel a baseline, and what the curve is."""
    results = material.results
    points = [row for row in results["win_rates"] if row["win_rate"] is not None]
    if not any(row["label_budget"] for row in points):
        return
    page.heading("Win rate against labels")
    seen = [0.5, *(seed["win_rate"] for row in points for seed in row["by_seed"]),
            *(row[end] for row in points for end in ("ci_low", "win_rate", "ci_high"))]
    values = [value for value in seen if value is not None]
    limits = (max(min(values) - 0.03, -0.02), min(max(values) + 0.03, 1.02))
    judges = material.by_judge(points)
    panels = []
    for baseline in dict.fromkeys(row["baseline"] for row in points):
        series = {arm_name(rows[0]["arm"]) if len(judges) == 1 else f"{arm_name(rows[0]['arm'])}, {judge}":
                  [_point(row, material) for row in rows if row["baseline"] == baseline and row["label_budget"]]
                  for judge, judged in judges.items() for rows in by_arm(judged, "arm")}
        levels = {arm_name(row["arm"]): row["win_rate"] for row in points
                  if row["baseline"] == baseline and not row["label_budget"]}
        panels.append(dose_response_plot(series, title=f"against {arm_name(baseline)}", limits=limits, levels=levels))
    page.figure(panels, f"Win rate against the number of labels, by {' and by '.join(judges)}. Filled: all seeds "
                        f"together, with {material.confidence} intervals; hollow: single training seeds; dotted: "
                        f"isotonic fit.")
    _curves(page, material)


def _curves(page: Page, material: ReportMaterial) -> None:
    """The fitted curves as a table, the judges below each other, people first."""
    rows: list[tuple[str, Cell, Cell, Cell]] = []
    saturation: dict[str, list[str]] = {}
    for study in (*material.results["people"], {}):
        for name, fit in (study or material.results)["dose_response"].items():
            arm, _, baseline = name.partition(" vs ")
            by = f", by {material.judge(study)}" if material.results["people"] else ""
            rows.append((f"{arm_name(arm)} over {arm_name(baseline)}{by}", _coefficient(fit["slope"]),
                         _coefficient(fit["curvature"]), _coefficient(fit["slope_over_runs"])))
            saturation.setdefault(fit["saturating"]["statement"], []).append(rows[-1][0])
    page.table(("", "slope", "curvature", "slope over runs"), rows,
               caption="Logit of the win rate for twice the labels. Curvature below zero: the gain levels off. "
                       "Over runs: each training run is one observation, so that seeds count as random.")
    page.paragraph("Saturation: " + "; ".join(f"{statement} ({', '.join(names)})"
                                              for statement, names in saturation.items()) + ".")


def _point(row: Row, material: ReportMaterial) -> CurvePoint:
    judged = next((study for study in material.results["people"] if study["study"] == row.get("study")),
                  material.results)
    fitted = judged["dose_response"].get(f"{row['arm']} vs {row['baseline']}", {"points": []})["points"]
    isotonic = next((point["isotonic"] for point in fitted if point["label_budget"] == row["label_budget"]), None)
    return CurvePoint(row["label_budget"], row["win_rate"], row["ci_low"], row["ci_high"],
                      tuple(point["win_rate"] for point in row["by_seed"]), isotonic)


def _coefficient(fit: Row) -> tuple[str, str]:
    if fit["estimate"] is None or fit["ci_low"] is None:
        return "undefined", fit["why_undefined"] or ""
    return (signed(fit["estimate"]),
            f"{signed(fit['ci_low'])} to {signed(fit['ci_high'])}, {p_equals(fit['p_value'])}")


def win_rates(page: Page, material: ReportMaterial) -> None:
    """For each judge the confirmatory tests in the order of gatekeeping, then what is explored."""
    rows = material.results["win_rates"]
    if not rows:
        return
    page.heading("Win rates")
    judges = material.by_judge(rows)
    for judge, judged in judges.items():
        by = f"By {judge}. " if len(judges) > 1 else ""
        _confirmed(page, material, [row for row in judged if row["confirmatory"]], by)
        explored = [row for row in judged if not row["confirmatory"]]
        if explored:
            page.table(_COLUMNS, [_win_rate_row(row, "p_value_explored") for row in explored], words=2,
                       caption=f"{by}Exploratory, outside the plan's order; p adjusted by Benjamini and Hochberg.")
    notes = dict.fromkeys(note for row in rows for note in row["notes"])
    whys = dict.fromkeys(f"{arm_name(row['arm'], row['label_budget'])} against {arm_name(row['baseline'])} is "
                         f"undefined: {row['why_undefined']}" for row in rows if row["why_undefined"])
    page.items([*notes, *whys])
    page.paragraph("Below each win rate stands its interval; below the seeds their standard deviation beyond what "
                   "sampling alone would give.", kind="quiet")


def _confirmed(page: Page, material: ReportMaterial, rows: Sequence[Row], by: str) -> None:
    if not rows:
        return
    gates = material.results["analysis_plan"]["planned"]["gatekeeping"]
    if rows[0].get("study") is not None:
        # A study made in the app has an order of its own.
        gates = [*gates, *dict.fromkeys(row["baseline"] for row in rows if row["baseline"] not in gates)]
    order = sorted(rows, key=lambda row: (material.policies.index(row["arm"]), -row["label_budget"],
                                          gates.index(row["baseline"])))
    asked = [gate for gate in gates if any(row["baseline"] == gate for row in rows)]
    page.table(_COLUMNS, [_win_rate_row(row, "p_value_gatekept") for row in order], words=2, caption=(
        f"{by}Confirmatory, in the order of testing: the largest budget against "
        f"{', then '.join(map(arm_name, asked))}, then the other budgets with Holm's adjustment; a closed gate closes "
        f"all behind it. Each kind of policy has its own order."))


_COLUMNS = ("policy", "against", "win rate", "without ties", "win / tie / loss", "seeds", "p", "p adjusted")


def _win_rate_row(row: Row, adjusted: str) -> tuple[Any, ...]:
    return (arm_name(row["arm"], row["label_budget"]), arm_name(row["baseline"]),
            (percent(row["win_rate"]), interval(row["ci_low"], row["ci_high"])),
            percent(row["win_rate_without_ties"]), f"{row['wins']} / {row['ties']} / {row['losses']}", _seeds(row),
            p_value(row["p_value"]), p_value(row[adjusted]))


def _seeds(row: Row) -> tuple[str, str]:
    rates = " ".join(f"{100 * point['win_rate']:.0f}" for point in row["by_seed"])
    return rates, "" if row["seed_sd"] is None else f"SD {100 * row['seed_sd']:.1f}"


def more_labels(page: Page, material: ReportMaterial) -> None:
    """The largest budget against each smaller one: claims of 'not better by more than the margin'."""
    rows = material.results["equivalence"]
    if not rows:
        return
    page.heading("Did more labels help?")
    margin = f"{100 * rows[0]['margin']:g} points"
    judges = material.by_judge(rows)
    by = {judge: f", by {judge}" if len(judges) > 1 else "" for judge in judges}
    page.table(
        ("larger over smaller", "win rate", "seeds", "over seeds", "p not better", "p equivalent", "the larger is"),
        [(f"{arm_name(row['arm_a'], row['budget_a'])} over {thousands(row['budget_b'])}{by[judge]}",
          (percent(row["win_rate"]), interval(row["ci_low"], row["ci_high"])), _seeds(row),
          interval(row["seed_ci_low"], row["seed_ci_high"]), p_value(row["p_non_inferior"]),
          p_value(row["p_equivalent"]), row["verdict"]) for judge, judged in judges.items() for row in judged],
        caption=f"'Not better': the larger budget's win rate over the smaller is below one half plus {margin} "
                f"(one-sided); 'equivalent': within {margin} on both sides (TOST). A difference that is not "
                f"significant is no evidence of none.")
    page.items(f"{sentence(row)[:-1]}{by[judge]}." for judge, judged in judges.items() for row in judged)
    page.paragraph("'Over seeds' is an interval for a new training run as well: t over the training seeds, which is "
                   "wide with few. The p values are about these runs on new queries.", kind="quiet")
