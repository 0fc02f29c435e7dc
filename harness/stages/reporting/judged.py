"""What the judgments say: the answer, the dose-response, the tables, and whether they hang on the method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from harness.pages.page import Cell, Page, interval, number, p_equals, p_value, percent, signed, thousands
from harness.pages.plots import CurvePoint, dose_response_plot
from harness.stages.reporting.material import ReportMaterial, arm_name, key_name

Row = Mapping[str, Any]


def answer(page: Page, material: ReportMaterial) -> None:
    """How many labels were enough, whether training beat the baselines, and whether all went as planned."""
    results, study = material.results, material.study
    page.paragraph(f"{study['task']['kind']} · {len(study['seeds'])} training seeds · commit {results['commit'][:10]}"
                   f"{' with uncommitted changes' if results['dirty'] else ''}", kind="quiet")
    page.badges([*(["simulated labels"] if results["simulated_labels"] else []),
                 *(["simulated judge"] if results["simulated_judge"] else [])])
    first, *others = [*(said for rows in _by_arm(results["equivalence"]) for said in enough_labels(rows)),
                      *_against_baselines(material)]
    page.answer(first, [*others, as_planned(results["analysis_plan"])])
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
    """Whether the smaller budget was enough; whose labels, where the policy has another name than the plain one."""
    said = str(row["sentence"])
    return said if row["arm_a"] == "rl" else f"{arm_name(row['arm_a'])}: {said[0].lower()}{said[1:]}"


def as_planned(plan: Row) -> str:
    """'as planned', or what differs from the plan that was frozen before the first judgment."""
    frozen = f"the analysis plan that was frozen before the first judgment ({plan['digest'][:12]})"
    if not plan["differences"]:
        return f"Analysed as planned, by {frozen}."
    return f"Not as planned. What differs from {frozen}: {'; '.join(plan['differences'])}."


def _against_baselines(material: ReportMaterial) -> list[str]:
    """One sentence for each kind of policy: its largest budget against every baseline."""
    sentences = []
    for rows in _by_arm(material.results["win_rates"], "arm"):
        largest = max(row["label_budget"] for row in rows)
        said = []
        for row in rows:
            if row["label_budget"] != largest or row["win_rate"] is None:
                continue
            p = row["p_value_gatekept"] if row["confirmatory"] else row["p_value_explored"]
            alpha = 1 - material.results["analysis_plan"]["planned"]["confidence"]
            verdict = "not told apart from"
            if p is not None and p < alpha:
                verdict = "preferred to" if row["win_rate"] > 0.5 else "worse than"
            note = "" if row["confirmatory"] else ", exploratory"
            said.append(f"{verdict} {arm_name(row['baseline'])} ({percent(row['win_rate'])}, "
                        f"{interval(row['ci_low'], row['ci_high'])}, {p_equals(p)}{note})")
        if said:
            sentences.append(f"With {thousands(largest)} labels {arm_name(rows[0]['arm'])} is, by {material.judge}, "
                             f"{'; '.join(said)}.")
    return sentences


def _by_arm(rows: Sequence[Row], key: str = "arm_a") -> list[list[Row]]:
    return [[row for row in rows if row[key] == arm] for arm in dict.fromkeys(row[key] for row in rows)]


def dose_response(page: Page, material: ReportMaterial) -> None:
    """The plot with every seed's point, one panel a baseline, and what the curve is."""
    results = material.results
    points = [row for row in results["win_rates"] if row["win_rate"] is not None]
    if not points:
        return
    page.heading("Win rate against labels")
    seen = [0.5, *(seed["win_rate"] for row in points for seed in row["by_seed"]),
            *(row[end] for row in points for end in ("ci_low", "win_rate", "ci_high"))]
    values = [value for value in seen if value is not None]
    limits = (max(min(values) - 0.03, -0.02), min(max(values) + 0.03, 1.02))
    panels = []
    for baseline in dict.fromkeys(row["baseline"] for row in points):
        series = {arm_name(arm): [_point(row, results["dose_response"]) for row in points
                                  if row["baseline"] == baseline and row["arm"] == arm]
                  for arm in dict.fromkeys(row["arm"] for row in points if row["baseline"] == baseline)}
        panels.append(dose_response_plot(series, title=f"against {arm_name(baseline)}", limits=limits))
    page.figure(panels, f"Win rate by {material.judge} against the number of labels. Filled: all seeds together, with "
                        f"{material.confidence} intervals; hollow: single training seeds; dotted: isotonic fit.")
    rows: list[tuple[str, Cell, Cell, Cell]] = []
    for name, fit in results["dose_response"].items():
        arm, _, baseline = name.partition(" vs ")
        rows.append((f"{arm_name(arm)} over {arm_name(baseline)}", _coefficient(fit["slope"]),
                     _coefficient(fit["curvature"]), _coefficient(fit["slope_over_runs"])))
    page.table(("", "slope", "curvature", "slope over runs"), rows,
               caption="Logit of the win rate for twice the labels. Curvature below zero: the gain levels off. "
                       "Over runs: each training run is one observation, so that seeds count as random.")
    said: dict[str, list[str]] = {}
    for (name, *_), fit in zip(rows, results["dose_response"].values(), strict=True):
        said.setdefault(fit["saturating"]["statement"], []).append(name)
    page.paragraph("Saturation: " + "; ".join(f"{statement} ({', '.join(names)})" for statement, names in said.items())
                   + ".")


def _point(row: Row, fits: Row) -> CurvePoint:
    fitted = fits.get(f"{row['arm']} vs {row['baseline']}", {"points": []})["points"]
    isotonic = next((point["isotonic"] for point in fitted if point["label_budget"] == row["label_budget"]), None)
    return CurvePoint(row["label_budget"], row["win_rate"], row["ci_low"], row["ci_high"],
                      tuple(point["win_rate"] for point in row["by_seed"]), isotonic)


def _coefficient(fit: Row) -> tuple[str, str]:
    if fit["estimate"] is None or fit["ci_low"] is None:
        return "undefined", fit["why_undefined"] or ""
    return (signed(fit["estimate"]),
            f"{signed(fit['ci_low'])} to {signed(fit['ci_high'])}, {p_equals(fit['p_value'])}")


def win_rates(page: Page, material: ReportMaterial) -> None:
    """The confirmatory tests in the order of gatekeeping, then what is explored."""
    rows = material.results["win_rates"]
    if not rows:
        return
    page.heading("Win rates")
    gates = material.results["analysis_plan"]["planned"]["gatekeeping"]
    order = {name: place for place, name in enumerate(gates)}
    planned = sorted((row for row in rows if row["confirmatory"]),
                     key=lambda row: (material.policies.index(row["arm"]), -row["label_budget"],
                                      order[row["baseline"]]))
    if planned:
        page.table(_COLUMNS, [_win_rate_row(row, "p_value_gatekept") for row in planned], words=2, caption=(
            f"Confirmatory, in the order of testing: the largest budget against "
            f"{', then '.join(map(arm_name, gates))}, then the other budgets with Holm's adjustment; a closed gate "
            f"closes all behind it. Each kind of policy has its own order."))
    explored = [row for row in rows if not row["confirmatory"]]
    if explored:
        page.table(_COLUMNS, [_win_rate_row(row, "p_value_explored") for row in explored], words=2,
                   caption="Exploratory, outside the plan's order; p adjusted by Benjamini and Hochberg.")
    notes = dict.fromkeys(note for row in rows for note in row["notes"])
    whys = dict.fromkeys(f"{arm_name(row['arm'], row['label_budget'])} against {arm_name(row['baseline'])} is "
                         f"undefined: {row['why_undefined']}" for row in rows if row["why_undefined"])
    page.items([*notes, *whys])
    page.paragraph("Below each win rate stands its interval; below the seeds their standard deviation beyond what "
                   "sampling alone would give.", kind="quiet")


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
    page.table(
        ("larger over smaller", "win rate", "seeds", "over seeds", "p not better", "p equivalent", "the larger is"),
        [(f"{arm_name(row['arm_a'], row['budget_a'])} over {thousands(row['budget_b'])}",
          (percent(row["win_rate"]), interval(row["ci_low"], row["ci_high"])), _seeds(row),
          interval(row["seed_ci_low"], row["seed_ci_high"]), p_value(row["p_non_inferior"]),
          p_value(row["p_equivalent"]), row["verdict"]) for row in rows],
        caption=f"'Not better': the larger budget's win rate over the smaller is below one half plus {margin} "
                f"(one-sided); 'equivalent': within {margin} on both sides (TOST). A difference that is not "
                f"significant is no evidence of none.")
    page.items(sentence(row) for row in rows)
    page.paragraph("'Over seeds' is an interval for a new training run as well: t over the training seeds, which is "
                   "wide with few. The p values are about these runs on new queries.", kind="quiet")


def sensitivity(page: Page, material: ReportMaterial) -> None:
    """The same figures by other models, how few votes carry them, and all arms on one scale."""
    results = material.results
    rows = results["sensitivity"]
    if not rows:
        return
    page.heading("Sensitivity to the method")
    page.paragraph(f"Win rates with {material.confidence} intervals. The planned figure is the first; the others show "
                   f"whether it hangs on how it is computed.", kind="quiet above")
    for arm_rows in _by_arm(rows, "arm"):
        page.table(*_models(arm_rows))
    confirmed = {(row["arm"], row["label_budget"], row["baseline"]) for row in results["win_rates"]
                 if row["confirmatory"]}
    page.table(("", "judgments", "share", "of"), [_turned(row) for row in results["fragility"] if (
        row["arm"], row["label_budget"], row["baseline"]) in confirmed],
        caption="The fewest judgments that, dropped, would turn the verdict of a confirmatory comparison.")
    strengths = results["strengths"]
    davidson = {row["arm"]: row for row in strengths["davidson"]}
    page.table(("", "Bradley-Terry", "Davidson"),
               [(key_name(row["arm"]), _strength(row), _strength(davidson[row["arm"]]))
                for row in sorted(strengths["bradley_terry"], key=_by_strength)],
               caption=f"All arms on one scale: log strengths over {key_name(strengths['baseline'])} with standard "
                       f"errors clustered by query; a tie is half a win for both, or (Davidson) an outcome of its own, "
                       f"ν = {number(strengths['nu'], 2)}.")
    page.items(strengths["notes"])


def _models(rows: Sequence[Row]) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """One kind of policy: a row for each way to compute it, a column for each baseline."""
    baselines = list(dict.fromkeys(row["baseline"] for row in rows))
    by_cell = {(row["model"], row["baseline"]): row for row in rows}
    columns = (arm_name(rows[0]["arm"], rows[0]["label_budget"]),
               *(f"over {arm_name(baseline)}" for baseline in baselines))
    return columns, [(model, *(_model_cell(by_cell.get((model, baseline))) for baseline in baselines))
                     for model in dict.fromkeys(row["model"] for row in rows)]


def _turned(row: Row) -> tuple[Cell, ...]:
    name = f"{arm_name(row['arm'], row['label_budget'])} over {arm_name(row['baseline'])}"
    if row["votes"] is None:
        return name, ("none do", row["why_undefined"] or ""), "–", str(row["n_judgments"])
    return name, str(row["votes"]), percent(row["share"]), str(row["n_judgments"])


def _model_cell(row: Row | None) -> tuple[str, str]:
    if row is None:
        return "–", ""
    if row["win_rate"] is None:
        return "undefined", row["why_undefined"]
    return percent(row["win_rate"]), interval(row["ci_low"], row["ci_high"]) if row["ci_low"] is not None else (
        row["why_undefined"] or "no interval")


def _by_strength(row: Row) -> float:
    return float("inf") if row["log_strength"] is None else -float(row["log_strength"])


def _strength(row: Row) -> tuple[str, str]:
    if row["log_strength"] is None:
        return "undefined", row["why_undefined"] or ""
    if row["standard_error"] == 0:
        return "0", "by definition"
    return signed(row["log_strength"]), f"± {number(row['standard_error'], 2)}"
