"""The command analyze while judgments still come in."""

import pytest

from harness import analyze
from tests.e2e.command_files import HEADER, json_of, write_csv


def test_looking_early_decides_by_evidence_that_holds_at_every_look(tmp_path, capsys) -> None:
    # 8 of 10 items won, then two more: 2^n / ((n + 1) C(n, wins)), by arrival and not by place in the file.
    wins = [1] * 10 + [0, 0]
    rows: list[list[object]] = [[f"i{at}", "r", "rl", "base", "left" if won else "right", 100 + at]
                                for at, won in enumerate(wins)]
    path = write_csv(tmp_path / "r.csv", rows[::-1], [*HEADER, "decided_at"])
    found = json_of(analyze, capsys, path, "--baseline", "base", "--looking-early")["looking_early"]
    assert found[0]["e_value"] == pytest.approx(2**12 / (13 * 66))
    assert found[0]["rejected_at"] == 8  # 2^7 / 8 is 16, 2^8 / 9 is 28: past 20
    assert found[0]["p_value"] == pytest.approx(11 / 2**10)
    assert analyze.main([str(path), "--looking-early", "--html", str(tmp_path / "early.html")]) == 0
    assert "Decided already, however often one looks: rl beats base" in " ".join(capsys.readouterr().out.split())
    assert "valid at every look" in (tmp_path / "early.html").read_text()
    assert json_of(analyze, capsys, path)["looking_early"] == []


def test_looking_early_counts_no_judgment_of_an_item_after_its_first(tmp_path, capsys) -> None:
    first: list[list[object]] = [[f"i{at}", "r1", "rl", "base", "left", 100 + at] for at in range(10)]
    later: list[list[object]] = [[f"i{at}", rater, "rl", "base", "right", 200 + at]
                                 for at in range(10) for rater in ("r2", "r3")]
    before = write_csv(tmp_path / "before.csv", first, [*HEADER, "decided_at"])
    after = write_csv(tmp_path / "after.csv", first + later, [*HEADER, "decided_at"])
    expected = json_of(analyze, capsys, before, "--looking-early")["looking_early"]
    assert json_of(analyze, capsys, after, "--looking-early")["looking_early"] == expected
    assert json_of(analyze, capsys, after, "--looking-early", "--majority")["looking_early"] == expected


def test_looking_early_says_decided_only_where_holm_does(tmp_path, capsys) -> None:
    # 8 of 8 are p = 9/256, .035 alone; of two pairs, .070.
    rows: list[list[object]] = [[f"i{at}", "r", "rl", "base", "left"] for at in range(8)]
    rows += [[f"i{at}", "r", "sft", "base", "left" if at % 2 else "right"] for at in range(8)]
    path = write_csv(tmp_path / "r.csv", rows)
    found = {row["arm_a"]: row for row in json_of(analyze, capsys, path, "--baseline", "base",
                                                  "--looking-early")["looking_early"]}
    assert found["rl"]["p_value"] == pytest.approx(9 / 256)
    assert found["rl"]["p_value_holm"] == pytest.approx(18 / 256)
    assert found["rl"]["rejected_at"] is None
    rows += [["i8", "r", "rl", "base", "left"], ["i9", "r", "rl", "base", "left"]]
    path = write_csv(tmp_path / "more.csv", rows)
    found = {row["arm_a"]: row for row in json_of(analyze, capsys, path, "--baseline", "base",
                                                  "--looking-early")["looking_early"]}
    assert found["rl"]["rejected_at"] == 9  # 2^9 / 10 is 51: past 40
