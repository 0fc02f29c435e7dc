"""The section on who judged: agreement, quality of raters, sides, and what was left out."""

from __future__ import annotations

from harness.reporting.page import Cell, Page, count_of, interval, number, p_equals, p_value, percent, rate_cell
from harness.reporting.report_data import ReportData, key_name, pair_name
from harness.results.people_records import PeopleResults
from harness.statistics.fragility import Fragility


def judgments(page: Page, data: ReportData) -> None:
    """Agreement and quality: why there are none, or for each study of people its tables."""
    page.heading("Agreement and quality of the judgments")
    results = data.results
    for study in results.people:
        _study(page, study)
    if not results.people:
        page.paragraph(f"Agreement: undefined ({results.agreement.why_undefined}).")
        page.paragraph(f"Quality: undefined ({results.quality.why_undefined}).")


def _study(page: Page, study: PeopleResults) -> None:
    who = "simulated raters" if study.simulated_judge else "people"
    page.paragraph(f"{study.study}: {study.n_judgments:,} judgments by {study.n_raters} {who}. Items, arm map and plan "
                   f"were sealed before the first ({study.seal[:12]}).")
    apart = len({row.contrast.without_seeds for row in study.comparisons}) < len(study.comparisons)
    if apart:  # Of each there are few judgments; all together they are among the win rates above.
        page.html(f"<details><summary>Each of {len(study.comparisons)} pairs of runs apart</summary>")
    page.table(("compared by people", "win rate", "without ties", "majority", "win / tie / loss", "p", "p (Holm)",
                "turned by"),
               [(pair_name(row.contrast), rate_cell(row.rate), percent(row.rate.win_rate_without_ties),
                 percent(row.rate.win_rate_majority), count_of(row.rate), p_value(row.rate.p_value),
                 p_value(row.p_value_holm), _votes(row.fragility)) for row in study.comparisons],
               caption="Two-way clustered by item and rater. 'Turned by': the fewest votes that, dropped, would turn "
                       "the verdict.")
    if apart:
        page.html("</details>")
    _agreement(page, study)
    _raters(page, study)
    _copying(page, study)


def _votes(found: Fragility) -> str:
    return "–" if found.votes is None else f"{found.votes} of {found.n_judgments}"


def _agreement(page: Page, study: PeopleResults) -> None:
    found, position, repeats = study.agreement, study.position, study.repeats
    spread = ""
    if found.alpha_low is not None:
        spread = f"{number(found.alpha_low, 2)} to {number(found.alpha_high, 2)}"
    rows: list[tuple[Cell, ...]] = [
        ("raw agreement", percent(found.raw)),
        ("Krippendorff's alpha", (number(found.krippendorff_alpha, 2), spread)),
        ("Gwet's AC1", number(found.ac1, 2)),
        ("left side chosen", (percent(position.left_rate), p_equals(position.p_value))),
        ("repeats judged alike", f"{repeats.consistent} of {repeats.n_pairs}")]
    page.table(("agreement and sides", ""), rows)
    page.items(why for why in (found.why_undefined, position.why_undefined, repeats.why_undefined)
               if why)


def _raters(page: Page, study: PeopleResults) -> None:
    page.table(("rater", "judged", "skipped", "left side", "gold", "repeats alike", "seconds"),
               [(row.quality.rater, str(row.quality.n_judgments), str(row.skipped), percent(row.left_rate, 0),
                 _share(row.quality.gold_accuracy, row.quality.n_gold),
                 _share(row.quality.repeat_consistency, row.quality.n_repeats),
                 number(row.quality.median_seconds, 1)) for row in study.quality])
    if study.excluded:
        page.items(f"left out by the frozen rules: {row.rater} ({row.why})" for row in study.excluded)
        page.items(f"{pair_name(row.contrast)} with nobody left out: {percent(row.nobody_excluded.win_rate)} "
                   f"({interval(row.nobody_excluded.ci_low, row.nobody_excluded.ci_high)})"
                   for row in study.comparisons)


def _share(value: float | None, n: int) -> str:
    return "–" if value is None else f"{percent(value, 0)} of {n}"


def _copying(page: Page, study: PeopleResults) -> None:
    said = {True: "yes", False: "no", None: "not asked"}
    if study.copying_by_preference:
        page.table(("as the raters said", "copied", "accurate", "texts", "preferred"),
                   [(key_name(row.arm, with_seed=True), said[row.copied], said[row.accurate], str(row.n),
                     percent(row.preferred)) for row in study.copying_by_preference], words=3)
