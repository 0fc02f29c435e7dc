"""The section on whether the answer depends on the method: other models, few votes, all arms on one scale."""

from __future__ import annotations

from collections.abc import Sequence

from harness.records import arm_of
from harness.reporting.page import Cell, Page, interval, number, percent, signed
from harness.reporting.report_data import ReportData, arm_name, by_arm, contrast_name, key_name, pair_name
from harness.results.rate_records import FragilityRow, SensitivityRow
from harness.statistics.paired_models import ArmStrength
from harness.statistics.sensitivity import RATERS_INDEPENDENT, Sensitivity


def sensitivity(page: Page, data: ReportData) -> None:
    """The same figures by other models, how few votes carry them, and all arms on one scale."""
    results = data.results
    if not results.sensitivity:
        return
    page.heading("Sensitivity to the method")
    _of_people(page, data)
    page.paragraph(f"Win rates by the simulated judge with {data.confidence} intervals. The planned figure is the "
                   f"first; the others show whether it hangs on how it is computed. The bootstrap, GEE and "
                   f"Bradley-Terry are about these policies only.", kind="quiet above")
    for arm_rows in by_arm(results.sensitivity):
        page.table(*_models(arm_rows))
    confirmed = {row.contrast for row in results.win_rates if row.confirmatory}
    page.table(("", "judgments", "share", "of"),
               [_turned(row) for row in results.fragility if row.contrast in confirmed],
               caption="The fewest judgments of the simulated judge that, dropped, would turn what is shown "
                       "of these policies in a confirmatory comparison.")
    _strengths(page, data)


def _of_people(page: Page, data: ReportData) -> None:
    """People's win rates by the other models, with and without the excluded raters."""
    for study in data.results.people:
        rows = [(pair_name(row.contrast), row.answer.model, row.answer.estimand,
                 _win_rate(row.answer) if row.answer.estimand.startswith("win rate") else _log_odds(row.answer))
                for row in study.sensitivity]
        page.table(("", "model", "estimand", "estimate"), rows, words=3,
                   caption=f"By {data.judge(study)}: the same by other models. {RATERS_INDEPENDENT} "
                           f"The mixed model and the conditional logit take decisive judgments.")


def _models(rows: Sequence[SensitivityRow]) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """One kind of policy: a row for each way to compute it, a column for each baseline."""
    baselines = list(dict.fromkeys(row.contrast.opponent for row in rows))
    by_cell = {(row.answer.model, row.contrast.opponent): row.answer for row in rows}
    columns = (key_name(rows[0].contrast.arm), *(f"over {key_name(baseline)}" for baseline in baselines))
    return columns, [(model, *(_win_rate(by_cell.get((model, baseline))) for baseline in baselines))
                     for model in dict.fromkeys(row.answer.model for row in rows)]


def _turned(row: FragilityRow) -> tuple[Cell, ...]:
    name, found = contrast_name(row.contrast), row.fragility
    if found.votes is None:
        return name, ("none do", found.why_undefined or ""), "–", str(found.n_judgments)
    return name, str(found.votes), percent(found.share), str(found.n_judgments)


def _win_rate(found: Sensitivity | None) -> tuple[str, str]:
    if found is None:
        return "–", ""
    if found.estimate is None:
        return "undefined", found.why_undefined or ""
    return percent(found.estimate), interval(found.ci_low, found.ci_high) if found.ci_low is not None else (
        found.why_undefined or "no interval")


def _log_odds(found: Sensitivity) -> tuple[str, str]:
    if found.estimate is None:
        return "undefined", found.why_undefined or ""
    return signed(found.estimate), f"{signed(found.ci_low)} to {signed(found.ci_high)}"


def _strengths(page: Page, data: ReportData) -> None:
    strengths = data.results.strengths
    davidson = {row.arm: row for row in strengths.davidson}
    page.table(("", "Bradley-Terry", "Davidson"),
               [(key_name(arm_of(row.arm)), _strength(row), _strength(davidson[row.arm]))
                for row in sorted(strengths.bradley_terry, key=_by_strength)],
               caption=f"All arms on one scale: log strengths over {arm_name(strengths.baseline)} with standard "
                       f"errors clustered by query; a tie is half a win for both, or (Davidson) an outcome of its own, "
                       f"ν = {number(strengths.nu, 2)}"
                       + (f" ({strengths.nu_why_undefined})." if strengths.nu is None else "."))
    page.items(strengths.notes)


def _by_strength(row: ArmStrength) -> float:
    return float("inf") if row.log_strength is None else -row.log_strength


def _strength(row: ArmStrength) -> tuple[str, str]:
    if row.log_strength is None:
        return "undefined", row.why_undefined or ""
    if row.standard_error == 0:
        return "0", "by definition"
    if row.standard_error is None:
        return signed(row.log_strength), row.why_undefined or ""
    return signed(row.log_strength), f"± {number(row.standard_error, 2)}"
