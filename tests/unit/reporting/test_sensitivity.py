"""The same figures by other models, and how few votes carry them."""

from harness.records import ArmKey, Contrast
from harness.reporting.sensitivity import sensitivity
from harness.results.rate_records import FragilityRow, SensitivityRow
from harness.statistics.fragility import Fragility
from harness.statistics.sensitivity import Sensitivity
from tests.result_records import results_of, win_rate_row
from tests.unit.reporting.report_pages import data_of, written

CONTRAST = Contrast(ArmKey("rl", 250), ArmKey("zero_shot"))


def _page(*answers: Sensitivity, fragile: Fragility | None = None) -> str:
    return written(sensitivity, data_of(results=results_of(
        win_rates=[win_rate_row()], sensitivity=tuple(SensitivityRow(CONTRAST, answer) for answer in answers),
        fragility=() if fragile is None else (FragilityRow(CONTRAST, fragile),))))


def test_each_model_is_a_row_with_its_interval_or_why_there_is_none() -> None:
    page = _page(Sensitivity("planned", "win rate", 0.62, 0.55, 0.69, None),
                 Sensitivity("GEE", "win rate", None, None, None, "needs two clusters"))
    assert "62.0%" in page
    assert "55.0 to 69.0%" in page
    assert "undefined<small>needs two clusters</small>" in page


def test_the_votes_that_would_turn_a_verdict_are_counted() -> None:
    planned = Sensitivity("planned", "win rate", 0.62, 0.55, 0.69, None)
    page = _page(planned, fragile=Fragility("A", 7, 20, 200, 0.035, None))
    row, = (row for row in page.split("<tr>") if "rl 250 over zero-shot" in row)
    assert all(cell in row for cell in (">7<", ">3.5%<", ">200<"))
    assert "none do<small>no votes</small>" in _page(planned, fragile=Fragility("A", None, None, 200, None, "no votes"))


def test_without_other_models_there_is_no_section() -> None:
    assert "Sensitivity" not in _page()
