"""The command power, as a person or a script calls it.

harness.statistics.power_records is what it says, and harness.reporting.power prints it.
"""

from html import unescape

import pytest

from harness import power
from tests.e2e.command_files import json_of


def test_power_prints_formula_and_simulation(capsys) -> None:
    found = json_of(power, capsys, "--win-rate", 0.6, "--raters", 60, "--simulations", 60)
    assert found["formula"]["different"] == 194
    values = [point["different"] for point in found["simulation"]]
    assert values[-1] > values[0]
    assert found["needed"]["different"]["n_items"] > 0
    assert found["needed"]["equivalent"]["why_undefined"] == "needs --margin"
    margin = json_of(power, capsys, "--win-rate", 0.5, "--margin", 0.05, "--power", 0.9, "--simulations", 5)
    assert margin["formula"]["equivalent"] == 1082
    assert power.main(["--win-rate", "0.9", "--ties", "0.5"]) == 2


def test_power_counts_ties_and_does_not_promise_what_is_false(capsys) -> None:
    # A tie tells nothing: with 20% of them the decisive votes win 62.5%, and are 0.8 of the items.
    tied = json_of(power, capsys, "--win-rate", 0.6, "--ties", 0.2, "--simulations", 5)["formula"]["different"]
    decisive = ((1.959964 * 0.5 + 0.841621 * (0.625 * 0.375) ** 0.5) / 0.125) ** 2
    assert tied == pytest.approx(decisive / 0.8, rel=0.02)
    false = json_of(power, capsys, "--win-rate", 0.6, "--margin", 0.05, "--simulations", 5)["needed"]
    assert "the claim is false" in false["equivalent"]["why_undefined"]
    assert "the claim is false" in false["not_better"]["why_undefined"]
    easy = ["--win-rate", "0.8", "--raters", "100", "--judgments", "3000", "--simulations", "5"]
    assert json_of(power, capsys, *easy)["needed"]["different"] == {
        "n_items": 250, "or_fewer": True, "why_undefined": None}
    assert power.main(easy) == 0
    assert "250 or fewer items" in capsys.readouterr().out


def test_power_prints_the_boundaries_of_planned_looks(tmp_path, capsys) -> None:
    # Jennison and Turnbull, table 2.3: C(5, .05) = 2.040.
    found = json_of(power, capsys, "--looks", 5, "--simulations", 20)["looks"]
    assert [look["share"] for look in found] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [look["z"] for look in found] == pytest.approx([4.562, 3.226, 2.634, 2.281, 2.040], abs=2e-3)
    with pytest.raises(SystemExit) as stopped:
        power.main(["--looks", "0"])
    assert stopped.value.code == 2


def test_power_has_its_answer_on_the_page_and_names_its_claims(tmp_path, capsys) -> None:
    arguments = ["--win-rate", "0.5", "--margin", "0.1", "--simulations", "40", "--html", str(tmp_path / "p.html")]
    assert power.main(arguments) == 0
    shown, page = capsys.readouterr().out, (tmp_path / "p.html").read_text()
    for line in ("By formula, not better: 155 items of one vote", "'not better': by less than 10 points"):
        assert line in shown
        assert line in unescape(page)
    assert power.main(["--raters", "2"]) == 2
    said = capsys.readouterr().err
    assert "error: --raters-per-item: 3 raters an item, but there are 2. Give --raters-per-item 2 or less" in said


def test_ties_that_leave_no_room_for_the_win_rate_name_the_option(capsys) -> None:
    assert power.main(["--win-rate", "0.55", "--ties", "0.99"]) == 2
    assert capsys.readouterr().err == (
        "error: --ties: a win rate of 0.55 cannot be with 99% ties. Fewer ties, or a win rate nearer to 0.5\n")
