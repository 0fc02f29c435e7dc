"""Who judged: how far raters agree, how good each was, whether sides mattered, what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.reporting.page import Cell, Page, interval, number, p_equals, p_value, percent
from harness.reporting.report_data import ReportMaterial, key_name, pair_name

Row = Mapping[str, Any]


def judgments(page: Page, material: ReportMaterial) -> None:
    """Agreement and quality: the words of `results.json`, or for each study of people its tables."""
    page.heading("Agreement and quality of the judgments")
    results = material.results
    studies: Sequence[Row] = results["people"]
    for study in studies:
        _study(page, study)
    if not studies:
        for name in ("agreement", "quality"):
            page.paragraph(f"{name.capitalize()}: undefined ({results[name]['why_undefined']}).")


def _study(page: Page, study: Row) -> None:
    who = "simulated raters" if study["simulated_judge"] else "people"
    page.paragraph(f"{study['study']}: {study['n_judgments']:,} judgments by {study['n_raters']} {who}. Items, "
                   f"arm map and plan were sealed before the first ({study['seal'][:12]}).")
    page.table(("compared by people", "win rate", "without ties", "majority", "win / tie / loss", "p", "p (Holm)",
                "turned by"),
               [(pair_name(row),
                 (percent(row["win_rate"]), interval(row["ci_low"], row["ci_high"])),
                 percent(row["win_rate_without_ties"]), percent(row["win_rate_majority"]),
                 f"{row['wins']} / {row['ties']} / {row['losses']}", p_value(row["p_value"]),
                 p_value(row["p_value_holm"]), _votes(row["fragility"])) for row in study["comparisons"]],
               caption="Two-way clustered by item and rater. 'Turned by': the fewest votes that, dropped, would turn "
                       "the verdict.")
    _agreement(page, study)
    _raters(page, study)
    _copying(page, study)


def _votes(found: Row) -> str:
    return "–" if found["votes"] is None else f"{found['votes']} of {found['n_judgments']}"


def _agreement(page: Page, study: Row) -> None:
    found, position, repeats = study["agreement"], study["position"], study["repeats"]
    spread = ""
    if found.get("alpha_low") is not None:
        spread = f"{number(found['alpha_low'], 2)} to {number(found['alpha_high'], 2)}"
    rows: list[tuple[Cell, ...]] = [
        ("raw agreement", percent(found.get("raw"))),
        ("Krippendorff's alpha", (number(found.get("krippendorff_alpha"), 2), spread)),
        ("Gwet's AC1", number(found.get("ac1"), 2)),
        ("left side chosen", (percent(position.get("left_rate")), p_equals(position.get("p_value")))),
        ("repeats judged alike", f"{repeats['consistent']} of {repeats['n_pairs']}")]
    page.table(("agreement and sides", ""), rows)
    page.items(why for why in (found.get("why_undefined"), position.get("why_undefined"), repeats.get("why_undefined"))
               if why)


def _raters(page: Page, study: Row) -> None:
    page.table(("rater", "judged", "skipped", "left side", "gold", "repeats alike", "seconds"),
               [(row["rater"], str(row["n_judgments"]), str(row["skipped"]), percent(row["left_rate"], 0),
                 _share(row["gold_accuracy"], row["n_gold"]),
                 _share(row["repeat_consistency"], row["n_repeats"]), number(row["median_seconds"], 1))
                for row in study["quality"]])
    if study["excluded"]:
        page.items(f"left out by the frozen rules: {row['rater']} ({row['why']})" for row in study["excluded"])
        page.items(f"{pair_name(row)} with nobody left out: "
                   f"{percent(row['nobody_excluded']['win_rate'])} "
                   f"({interval(row['nobody_excluded']['ci_low'], row['nobody_excluded']['ci_high'])})"
                   for row in study["comparisons"])


def _share(value: float | None, n: int) -> str:
    return "–" if value is None else f"{percent(value, 0)} of {n}"


def _copying(page: Page, study: Row) -> None:
    rows = study["copying_by_preference"]
    if rows:
        said = {True: "yes", False: "no", None: "not asked"}
        page.table(("as the raters said", "copied", "accurate", "texts", "preferred"),
                   [(key_name(row["arm"], with_seed=True), said[row["copied"]], said[row["accurate"]], str(row["n"]),
                     percent(row["preferred"])) for row in rows], words=3)
