"""What the command analyze says of a figure that cannot be had, or of a rule that has nothing to look at."""

import pytest

from harness import analyze
from tests.e2e.command_files import HEADER, json_of, rows_of_three_raters, write_csv

# A record of settings or of nothing asked for; a unanimous record names its method instead of a standard error.
SILENT = {"settings", "rules", "bootstrap", "standard_error", "low", "high"}


def _unexplained(value, path: str = "") -> list[str]:
    """The undefined figures of a record that has no `why_undefined` for them."""
    if isinstance(value, list):
        return [found for index, part in enumerate(value) for found in _unexplained(part, f"{path}[{index}]")]
    if not isinstance(value, dict):
        return []
    found = [f"{path}.{key}" for key, part in value.items()
             if part is None and key not in SILENT | {"why_undefined"} and not value.get("why_undefined")]
    return found + [inner for key, part in value.items() if key not in SILENT
                    for inner in _unexplained(part, f"{path}.{key}")]


@pytest.mark.parametrize("choices", [["left"], ["tie"], ["left", "right"], ["left", "tie"]])
@pytest.mark.parametrize("n_items", [1, 4])
@pytest.mark.parametrize("n_raters", [1, 3])
def test_what_is_undefined_says_why(tmp_path, capsys, choices, n_items, n_raters) -> None:
    rows = [[f"i{item}", f"r{rater}", "a", "b", choices[(item + rater) % len(choices)]]
            for item in range(n_items) for rater in range(n_raters)]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "b", "--sensitivity")
    assert _unexplained(found) == []


@pytest.mark.parametrize(("choices", "query", "why"), [
    (["left", "right", "left", "left"] * 3, "q", "one query only"),
    (["tie"] * 12, "", "every item has the same average"),
])
def test_what_cannot_be_measured_is_undefined_and_never_zero(tmp_path, capsys, choices, query, why) -> None:
    rows = [[f"i{k}", f"r{k % 4}", *(("a", "b") if k % 2 else ("b", "a")), choice, query]
            for k, choice in enumerate(choices)]
    path = write_csv(tmp_path / "r.csv", rows, [*HEADER, "query_id"])
    found = json_of(analyze, capsys, path, "--sensitivity")
    comparison = found["comparisons"][0]
    assert comparison["why_undefined"].startswith(why)
    assert comparison["bootstrap"] is None or comparison["bootstrap"]["standard_error"] is None
    compared = [row for row in (*found["bradley_terry"], *found["davidson"]["strengths"]) if row["arm"] == "b"]
    assert all(row["standard_error"] is None and row["why_undefined"] for row in compared)
    gee = found["sensitivity"][0]
    assert gee["estimate"] is None
    assert "two clusters" in gee["why_undefined"]
    assert analyze.main([str(path)]) == 0
    assert why in " ".join(capsys.readouterr().out.split())


def test_sides_are_undefined_where_they_are_the_arms(tmp_path, capsys) -> None:
    rows = [[f"i{k}", f"r{k % 3}", "new", "old", "left" if k % 10 else "right"] for k in range(60)]
    path = write_csv(tmp_path / "r.csv", rows)
    position = json_of(analyze, capsys, path)["position"]
    assert position["p_value"] is None
    assert "one side only" in position["why_undefined"]
    assert {row["p_value_holm"] for row in position["by_rater"]} == {None}
    assert analyze.main([str(path)]) == 0
    shown = capsys.readouterr().out
    assert "rater r0" not in shown
    assert "one side only" in " ".join(shown.split())


def test_a_rule_without_anything_to_look_at_says_so(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    found = json_of(analyze, capsys, path, "--min-gold", "0.9", "--min-repeat", "0.9", "--min-seconds", "1")
    for missing in ("no gold items", "no repeats", "no times"):
        assert any(missing in warning for warning in found["warnings"])


def test_nothing_but_gold_items_is_no_matter_of_the_rules(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", [[*row, "left"] for row in rows_of_three_raters()], [*HEADER, "gold_choice"])
    assert analyze.main([str(path)]) == 2
    assert capsys.readouterr().err == (
        "error: every judgment is of a gold or a repeated item, which check raters and compare no arms\n")


def test_a_breakdown_of_too_many_rows_is_left_out_and_said(tmp_path, capsys, monkeypatch) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    assert len(json_of(analyze, capsys, path)["by_rater"]) == 9
    monkeypatch.setattr("harness.statistics.analysis.LARGEST_BREAKDOWN", 8)
    found = json_of(analyze, capsys, path)
    assert found["by_rater"] == []
    assert any("no win rates by rater" in warning for warning in found["warnings"])
