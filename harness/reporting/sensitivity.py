"""Whether the answer hangs on the method: other models, how few votes carry it, and all arms on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.reporting.page import Cell, Page, interval, number, percent, signed
from harness.reporting.report_data import ReportMaterial, arm_name, by_arm, key_name, pair_name
from harness.statistics.sensitivity import RATERS_INDEPENDENT

Row = Mapping[str, Any]


def sensitivity(page: Page, material: ReportMaterial) -> None:
    """The same figures by other models, how few votes carry them, and all arms on one scale."""
    results = material.results
    rows = results["sensitivity"]
    if not rows:
        return
    page.heading("Sensitivity to the method")
    _of_people(page, material)
    page.paragraph(f"Win rates by the simulated judge with {material.confidence} intervals. The planned figure is the "
                   f"first; the others show whether it hangs on how it is computed.", kind="quiet above")
    for arm_rows in by_arm(rows, "arm"):
        page.table(*_models(arm_rows))
    confirmed = {(row["arm"], row["label_budget"], row["baseline"]) for row in results["win_rates"]
                 if row["confirmatory"]}
    page.table(("", "judgments", "share", "of"), [_turned(row) for row in results["fragility"] if (
        row["arm"], row["label_budget"], row["baseline"]) in confirmed],
        caption="The fewest judgments of the simulated judge that, dropped, would turn the verdict of a confirmatory "
                "comparison.")
    strengths = results["strengths"]
    davidson = {row["arm"]: row for row in strengths["davidson"]}
    page.table(("", "Bradley-Terry", "Davidson"),
               [(key_name(row["arm"]), _strength(row), _strength(davidson[row["arm"]]))
                for row in sorted(strengths["bradley_terry"], key=_by_strength)],
               caption=f"All arms on one scale: log strengths over {key_name(strengths['baseline'])} with standard "
                       f"errors clustered by query; a tie is half a win for both, or (Davidson) an outcome of its own, "
                       f"ν = {number(strengths['nu'], 2)}"
                       + (f" ({strengths['nu_why_undefined']})." if strengths["nu"] is None else "."))
    page.items(strengths["notes"])


def _of_people(page: Page, material: ReportMaterial) -> None:
    """People's win rates by the other models, with and without the excluded raters."""
    for study in material.results["people"]:
        rows = [(pair_name(row), row["model"], row["estimand"],
                 _model_cell({**row, "win_rate": row["estimate"]}) if row["estimand"].startswith("win rate") else
                 _log_odds(row)) for row in study["sensitivity"]]
        page.table(("", "model", "estimand", "estimate"), rows, words=3,
                   caption=f"By {material.judge(study)}: the same by other models. {RATERS_INDEPENDENT} "
                           f"The mixed model and the conditional logit take decisive judgments.")


def _log_odds(row: Row) -> tuple[str, str]:
    if row["estimate"] is None:
        return "undefined", row["why_undefined"]
    return signed(row["estimate"]), f"{signed(row['ci_low'])} to {signed(row['ci_high'])}"


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
    if row["standard_error"] is None:
        return signed(row["log_strength"]), row["why_undefined"] or ""
    return signed(row["log_strength"]), f"± {number(row['standard_error'], 2)}"
