"""Training runs in a ratings file: a column `run`, or `seed`, makes intervals hold for another run too.

harness.statistics.pair_rates computes what is seen here.
"""

import json

import numpy as np
import pytest

from harness import analyze
from harness.statistics.run_simulation import RunDesign, simulate_runs
from harness.statistics.runs import rate_over_runs
from tests.e2e.command_files import HEADER, json_of, write_csv

JUDGED = simulate_runs(RunDesign(win_rate=0.6, n_runs=5, n_queries=40, n_raters=9, raters_per_item=3, run_sd=0.4),
                       np.random.default_rng(1))
ROWS = [[f"{run}-{query}", f"r{rater}", "rl", "base", "left" if won else "right", query, f"run {run}"]
        for won, run, query, rater in zip(JUDGED.outcomes, JUDGED.runs, JUDGED.queries, JUDGED.raters, strict=True)]


def _file(folder, name="run", rows=ROWS):
    return write_csv(folder / f"{name}.csv", rows, [*HEADER, "query_id", name])


def test_the_interval_is_the_one_over_runs_queries_and_raters(tmp_path, capsys) -> None:
    (row,) = json_of(analyze, capsys, _file(tmp_path), "--baseline", "base")["comparisons"]
    expected = rate_over_runs(JUDGED.outcomes, queries=JUDGED.queries, runs=JUDGED.runs, raters=JUDGED.raters)
    assert (row["scope"], row["n_runs"]) == ("procedure", 5)
    for key in ("win_rate", "ci_low", "ci_high", "p_value", "standard_error", "degrees_of_freedom"):
        assert row[key] == pytest.approx(getattr(expected, key)), key
    alone = json_of(analyze, capsys, write_csv(tmp_path / "alone.csv", [each[:6] for each in ROWS],
                                               [*HEADER, "query_id"]), "--baseline", "base")["comparisons"][0]
    these = row["these_runs"]
    assert [these[key] for key in ("ci_low", "ci_high", "p_value")] == pytest.approx(
        [alone[key] for key in ("ci_low", "ci_high", "p_value")])
    assert these["equivalence"] == pytest.approx(alone["equivalence"])
    assert row["ci_low"] < these["ci_low"] < these["ci_high"] < row["ci_high"]
    assert row["equivalence"]["p_a_not_worse"] > these["equivalence"]["p_a_not_worse"]
    assert row["bootstrap"] == alone["bootstrap"]
    assert (alone["scope"], alone["n_runs"]) == ("these policies", 0)


def test_a_seed_is_a_run_and_another_name_can_be_given(tmp_path, capsys) -> None:
    named = json_of(analyze, capsys, _file(tmp_path))
    for path, options in ((_file(tmp_path, "seed"), ()), (_file(tmp_path, "training"), ("--columns", "training=run"))):
        assert json_of(analyze, capsys, path, *options)["comparisons"] == named["comparisons"]
    assert {row["run"] for row in named["by_run"]} == {f"run {run}" for run in range(5)}
    # Where a file has both, `run` is the cluster and `seed` a breakdown.
    both = write_csv(tmp_path / "both.csv", [[*row, place % 2] for place, row in enumerate(ROWS)],
                     [*HEADER, "query_id", "run", "seed"])
    found = json_of(analyze, capsys, both)
    assert found["comparisons"][0]["n_runs"] == 5
    assert len(found["by_seed"]) == 2


def test_an_item_that_several_runs_answered_is_one_query_where_the_file_names_none(tmp_path, capsys) -> None:
    rows = [[row[5], *row[1:5], row[6]] for row in ROWS]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "run"]))["comparisons"]
    assert found == json_of(analyze, capsys, _file(tmp_path))["comparisons"]


def test_two_runs_of_one_judgment_are_named_together(tmp_path, capsys) -> None:
    rng = np.random.default_rng(3)
    own, other, query = (codes.ravel() for codes in np.indices((4, 4, 30)))
    quality = 0.15 * rng.normal(size=4)
    outcomes = (rng.random(len(own)) < 0.5 + quality[own] - quality[other]).astype(float)
    names = [str(a) if a == b else " and ".join(map(str, sorted((a, b)))) for a, b in zip(own, other, strict=True)]
    rows = [[f"{a}-{b}-{q}", "r", "large", "small", "left" if won else "right", q, name]
            for won, a, b, q, name in zip(outcomes, own, other, query, names, strict=True)]
    (row,) = json_of(analyze, capsys, _file(tmp_path, rows=rows))["comparisons"]
    expected = rate_over_runs(outcomes, queries=query, runs=own, opponent_runs=other)
    assert (row["n_runs"], row["ci_low"]) == (4, pytest.approx(expected.ci_low))


def test_one_run_decides_nothing_about_another(tmp_path, capsys) -> None:
    rows = [[*row[:4], "left" if int(row[5]) % 10 else "right", row[5], "only"] for row in ROWS if row[6] == "run 0"]
    path = _file(tmp_path, rows=rows)
    found = json_of(analyze, capsys, path, "--baseline", "base")
    (row,) = found["comparisons"]
    assert (row["scope"], row["n_runs"]) == ("these policies", 1)
    assert (row["equivalence"]["verdict"], row["equivalence"]["p_equivalent"]) == ("not decided", None)
    assert "one training run" in row["equivalence"]["why_undefined"]
    assert row["these_runs"]["equivalence"]["verdict"] == "better by more than the margin"
    assert ("rl over base: one training run, so this is about these policies only; nothing is decided about another run"
            in found["warnings"])
    assert analyze.main([str(path), "--baseline", "base", "--resamples", "0"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "No comparison is decided" in shown
    assert "Not decided for another training run, as there is only one: rl over base." in shown
    assert "beats" not in shown


def test_judgments_that_name_no_run_are_counted_and_leave_the_interval_to_these_policies(tmp_path, capsys) -> None:
    rows = [row if place > 2 else [*row[:6], ""] for place, row in enumerate(ROWS)]
    found = json_of(analyze, capsys, _file(tmp_path, rows=rows))
    (row,) = found["comparisons"]
    assert (row["scope"], row["n_runs"]) == ("these policies", 0)
    assert any("3 of 600 judgments name no run" in warning for warning in found["warnings"])
    # Two baselines have no runs to name: nothing is missing there.
    others = [[f"b{place}", "r1", "base", "other", "left", place, ""] for place in range(9)]
    found = json_of(analyze, capsys, _file(tmp_path, rows=ROWS + others), "--baseline", "base")
    assert [row["scope"] for row in found["comparisons"]] == ["these policies", "procedure"]
    assert not any("name no run" in warning for warning in found["warnings"])


def test_a_run_that_is_no_name_is_one_message_or_is_left_out(tmp_path, capsys) -> None:
    path = tmp_path / "r.jsonl"
    lines = [dict(zip([*HEADER, "query_id", "run"], row, strict=True)) for row in ROWS[:3]]
    lines[1]["run"] = {"seed": 1}
    path.write_text("\n".join(json.dumps(line, default=int) for line in lines))
    assert analyze.main([str(path)]) == 2
    assert "r.jsonl:2: run: neither a text nor a number" in capsys.readouterr().err
    found = json_of(analyze, capsys, path, "--skip-bad")
    assert found["excluded"] == [{"reason": "run is not a text", "n": 1, "rater": None}]
    assert analyze.main([str(path), "--columns", "training=run"]) == 2
    assert "--columns: no column 'training'" in capsys.readouterr().err


def test_the_page_says_what_its_intervals_are_about(tmp_path, capsys) -> None:
    page = tmp_path / "page.html"
    json_of(analyze, capsys, _file(tmp_path), "--html", page)
    text = page.read_text()
    assert "<th class=" in text
    assert "these runs" in text
    assert "so that they hold for another training run" in text
