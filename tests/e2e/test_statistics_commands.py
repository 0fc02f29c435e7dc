"""The commands analyze, textstats and power, as a person or a script calls them."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness import analyze, power, textstats
from tests.shared_data import shared_file
from tests.unit.statistics.baseball import baseball

HEADER = ["item_id", "rater_id", "left_arm", "right_arm", "choice"]
KEYS = {"arm_a", "arm_b", "win_rate", "ci_low", "ci_high", "win_rate_without_ties", "win_rate_majority",
        "wins", "ties", "losses", "n_items", "n_judgments", "n_raters", "p_value", "p_value_holm",
        "equivalence"}


def write_csv(path: Path, rows: list[list[object]], header: list[str] | None = None) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header or HEADER, *rows])
    return path


def rows_of_three_raters(n: int = 30, seed: int = 0) -> list[list[object]]:
    rng = np.random.default_rng(seed)
    rows: list[list[object]] = []
    for item in range(n):
        for rater in rng.choice(9, 3, replace=False):
            left, right = ("rl", "base") if rng.random() < 0.5 else ("base", "rl")
            choice = rng.choice([left, right, "tie"], p=[0.6, 0.3, 0.1] if left == "rl" else [0.3, 0.6, 0.1])
            side = {left: "left", right: "right"}.get(choice, "tie")
            rows.append([f"i{item}", f"r{rater}", left, right, side])
    return rows


def json_of(command, capsys, *arguments: object) -> dict:
    assert command.main([str(argument) for argument in arguments] + ["--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_analyze_prints_the_documented_record(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "base")
    comparison = found["comparisons"][0]
    assert set(comparison) >= KEYS
    assert (comparison["arm_a"], comparison["arm_b"]) == ("rl", "base")
    won = sum(row[2 if row[4] == "left" else 3] == "rl" for row in rows if row[4] != "tie")
    assert comparison["wins"] == won
    assert comparison["wins"] + comparison["ties"] + comparison["losses"] == len(rows)
    assert {"left_rate", "p_value", "by_arm"} <= set(found["position"])
    assert {row["arm"] for row in found["bradley_terry"]} == {"rl", "base"}
    assert {"strengths", "nu"} <= set(found["davidson"])
    assert {"raw", "krippendorff_alpha", "ac1", "why_undefined"} <= set(found["agreement"])
    assert {"margin", "p_non_inferior", "p_equivalent"} <= set(comparison["equivalence"])
    assert isinstance(found["fragility"], list)
    assert (found["excluded"], isinstance(found["warnings"], list)) == ([], True)


def test_files_that_name_the_winner_and_other_columns_give_the_same(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    named = [[*row[:4], {"left": row[2], "right": row[3]}.get(row[4], "tie")] for row in rows]
    first = json_of(analyze, capsys, write_csv(tmp_path / "a.csv", rows))
    header = ["pair", "worker", "x", "y", "winner"]
    second = json_of(analyze, capsys, write_csv(tmp_path / "b.csv", named, header), "--columns",
                   "pair=item_id,worker=rater_id,x=left_arm,y=right_arm,winner=choice")
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows]
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    third = json_of(analyze, capsys, tmp_path / "c.jsonl")
    assert first == second == third


def test_swapping_every_side_changes_no_comparison(tmp_path, capsys) -> None:
    rows = rows_of_three_raters()
    other = {"left": "right", "right": "left", "tie": "tie"}
    turned = [[row[0], row[1], row[3], row[2], other[row[4]]] for row in rows]
    here = json_of(analyze, capsys, write_csv(tmp_path / "a.csv", rows))
    there = json_of(analyze, capsys, write_csv(tmp_path / "b.csv", turned))
    assert here["comparisons"] == there["comparisons"]
    assert here["agreement"] == there["agreement"]
    assert here["position"]["left_rate"] == pytest.approx(1 - there["position"]["left_rate"])


def test_the_latest_judgment_counts_and_skips_are_counted(tmp_path, capsys) -> None:
    rows = [["1", "x", "a", "b", "left", 5], ["1", "x", "a", "b", "right", 9], ["1", "x", "a", "b", "tie", 1],
            ["2", "x", "b", "a", "left", 3], ["3", "y", "a", "b", "skip", 3], ["2", "y", "a", "b", "left", 3]]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "decided_at"]))
    comparison = found["comparisons"][0]
    assert (comparison["wins"], comparison["ties"], comparison["losses"]) == (1, 0, 2)
    assert {row["reason"]: row["n"] for row in found["excluded"]} == {
        "skipped by the rater": 1, "replaced by a later judgment": 2}
    assert any("2 judgments were replaced" in warning for warning in found["warnings"])


def test_majority_vote_counts_each_item_once(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    votes, majority = json_of(analyze, capsys, path), json_of(analyze, capsys, path, "--majority")
    row = majority["comparisons"][0]
    assert row["n_judgments"] == row["n_items"] == 30
    assert row["win_rate"] == pytest.approx(votes["comparisons"][0]["win_rate_majority"])


def test_raters_are_excluded_by_gold_and_both_results_are_shown(tmp_path, capsys) -> None:
    rows = [[*row, ""] for row in rows_of_three_raters()]
    for rater in range(9):
        choice = "right" if rater == 0 else "left"
        rows += [[f"g{k}", f"r{rater}", "rl", "base", choice, "left"] for k in range(4)]
    path = write_csv(tmp_path / "r.csv", rows, [*HEADER, "gold_choice"])
    found = json_of(analyze, capsys, path, "--min-gold", "0.6")
    of_r0 = sum(row[1] == "r0" and not row[5] for row in rows)
    assert {"reason": "gold accuracy 0 is below 0.6", "rater": "r0", "n": of_r0} in found["excluded"]
    assert found["comparisons"][0]["n_judgments"] == 90 - of_r0
    assert found["comparisons_without_exclusion"][0]["n_judgments"] == 90


def test_baseball_by_command(tmp_path, capsys) -> None:
    home, away, won = baseball()
    rows = [[str(k), "umpire", x, y, "left" if w else "right"]
            for k, (x, y, w) in enumerate(zip(home, away, won, strict=True))]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows), "--baseline", "BAL", "--resamples", "0")
    strengths = {row["arm"]: row["log_strength"] for row in found["bradley_terry"]}
    # With a home effect in the model (left is home): Agresti's second table.
    assert strengths["MIL"] == pytest.approx(1.6196, abs=5e-5)
    assert found["bradley_terry_side"]["estimate"] == pytest.approx(0.3023, abs=5e-5)


def test_budgets_against_a_baseline_give_a_curve_and_a_page(tmp_path, capsys) -> None:
    rng = np.random.default_rng(0)
    rows = []
    for budget, chance in ((100, 0.55), (400, 0.6), (1600, 0.65)):
        for run in range(120):
            seed, query, choice = 1 + run % 2, run // 2, "left" if rng.random() < chance else "right"
            rows.append([f"{query}-{budget}-{seed}", f"r{query % 9}", "rl", "base", choice, budget, seed])
    page = tmp_path / "page.html"
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "label_budget", "seed"]),
                  "--baseline", "base", "--html", page)
    assert [point["label_budget"] for point in found["dose_response"]["points"]] == [100, 400, 1600]
    assert len(found["dose_response"]["points"][0]["seeds"]) == 2
    assert [row["label_budget"] for row in found["by_label_budget"]] == [100, 400, 1600]
    text = page.read_text()
    assert "<svg" in text
    assert "not identified" in text
    assert "curvature: negative where it levels off" in text
    assert "src=" not in text
    assert "http" not in text.replace("http://www.w3.org", "")


GOOD = ["1", "x", "a", "b", "left"]


@pytest.mark.parametrize(("rows", "message"), [
    ([GOOD, ["2", "x", "a", "b", "middle"]], r"r.csv:3: choice: unknown choice 'middle'"),
    ([GOOD, ["2", "x", "a", "a", "left"]], r"r.csv:3: right_arm: both sides are the arm 'a'"),
    ([GOOD, GOOD], r"r.csv:3: the same row again"),
    ([GOOD, ["2", "", "a", "b", "left"]], r"r.csv:3: rater_id: empty"),
    ([GOOD, ["2", "x", "a", "b"]], r"r.csv:3: 4 fields, but the header has 5"),
])
def test_a_bad_row_is_one_message_with_its_line_or_is_left_out(tmp_path, capsys, rows, message) -> None:
    path = write_csv(tmp_path / "r.csv", rows)
    assert analyze.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    found = json_of(analyze, capsys, path, "--skip-bad")
    assert found["comparisons"][0]["n_judgments"] == 1
    assert found["excluded"][0]["n"] == 1


@pytest.mark.parametrize(("cells", "message"), [
    ({"decided_at": "yesterday"}, "decided_at: not a time: 'yesterday'"),
    ({"decided_at": "nan"}, "decided_at: not a time"),
    ({"shown_at": "2024-01-02", "decided_at": "2024-01-01"}, "decided_at: decided before it was shown"),
    ({"label_budget": "inf"}, "label_budget: not a whole number of labels"),
    ({"label_budget": 2.5}, "label_budget: not a whole number of labels"),
    ({"label_budget": -1}, "label_budget: not a whole number of labels"),
    ({"left_length": "inf"}, "left_length: not a finite number"),
])
def test_a_bad_optional_cell_is_one_message_or_is_left_out(tmp_path, capsys, cells, message) -> None:
    rows = [{"decided_at": "2024-01-03"}, cells]
    lines = [json.dumps(dict(zip(HEADER, GOOD, strict=True)) | row | {"seed": None}) for row in rows]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(lines))
    assert analyze.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert f"r.jsonl:2: {message}" in error
    assert error.count("\n") == 1
    found = json_of(analyze, capsys, path, "--skip-bad")
    assert (found["comparisons"][0]["n_judgments"], found["excluded"][0]["n"]) == (1, 1)


def test_repeats_are_looked_up_by_item_and_pair_of_arms(tmp_path, capsys) -> None:
    # An id that stands for a query comes again for other arms; the repeat is of A against B.
    rows = [["i1", "r", "A", "B", "A", ""], ["i1", "r", "A", "C", "C", ""], ["i2", "r", "A", "B", "B", ""],
            ["x1", "r", "B", "A", "A", " i1 "], ["x2", "r", "B", "A", "A", "i9"]]
    found = json_of(analyze, capsys, write_csv(tmp_path / "r.csv", rows, [*HEADER, "repeat_of"]))
    assert (found["quality"][0]["repeat_consistency"], found["quality"][0]["n_repeats"]) == (1.0, 1)
    assert (found["swapped_repeats"]["n_pairs"], found["swapped_repeats"]["consistent"]) == (1, 1)
    assert "repeat_of names no item of the file in 1 row" in found["warnings"]


def test_an_arm_may_not_be_called_like_a_choice(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", [GOOD, ["2", "x", "Tie", "b", "left"]])
    assert analyze.main([str(path), "--skip-bad"]) == 2
    assert "r.csv:3: left_arm: an arm called 'Tie'" in capsys.readouterr().err


@pytest.mark.parametrize("broken", ['["i3', '["' + "1" * 5000 + '"]', '{"item_id": ' + "1" * 5000 + "}", "[" * 100_000,
                                    '{"item_id": "\\ud800"}'])
def test_json_that_python_cannot_read_is_one_message_or_is_left_out(tmp_path, capsys, broken) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(dict(zip(HEADER, GOOD, strict=True))) + "\n" + broken)
    assert analyze.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert "r.jsonl:2: " in error
    assert error.count("\n") == 1
    assert json_of(analyze, capsys, path, "--skip-bad")["excluded"][0]["n"] == 1


def test_an_unclosed_quote_swallows_no_rows_in_silence(tmp_path, capsys) -> None:
    path = tmp_path / "r.csv"
    for rest in ("3,x,a,b,left\n", '3,"x",a,b,left\n'):
        path.write_text("item_id,rater_id,left_arm,right_arm,choice\n1,x,a,b,left\n2,\"x,a,b,left\n" + rest)
        assert analyze.main([str(path), "--skip-bad"]) == 2
        assert "r.csv:3: invalid CSV" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "arguments"), [
    (analyze, ["r.csv", "--confidence", "0.5"]), (analyze, ["r.csv", "--resamples", "1"]),
    (analyze, ["r.csv", "--resamples", "-1"]), (analyze, ["r.csv", "--resamples", "1000000000000"]),
    (analyze, ["r.csv", "--min-seconds", "nan"]),
    (textstats, ["t.jsonl", "--resamples", "0"]), (power, ["--alpha", "0.5", "--margin", ".1"]),
    (power, ["--item-sd", "-1"]), (power, ["--rater-sd", "nan"]),
])
def test_an_argument_out_of_range_is_named(capsys, command, arguments) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert f"argument {arguments[-2] if arguments[-1] != '.1' else '--alpha'}" in capsys.readouterr().err


@pytest.mark.parametrize(("content", "suffix", "message"), [
    (b"item_id,left_arm,right_arm,choice\n1,a,b,left\n", ".csv", "no column 'rater_id'"),
    (b'{"item_id": 1}\n{broken\n', ".jsonl", "rater_id"),
    (b'{"item_id": 1, "rater_id": 2, "left_arm": "a", "right_arm": "b", "choice": "left"}\n{broken\n',
     ".jsonl", "r.jsonl:2: invalid JSON"),
    (b"item_id,rater_id,left_arm,right_arm,choice\n1,x,a,b,left\n2,\xff,a,b,left\n", ".csv",
     "r.csv:3: invalid UTF-8"),
    (b"", ".csv", "no judgments"),
    (b"x", ".txt", "not a CSV or JSONL file"),
])
def test_a_bad_file_is_one_message(tmp_path, capsys, content, suffix, message) -> None:
    path = tmp_path / f"r{suffix}"
    path.write_bytes(content)
    assert analyze.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.shared
def test_real_crowd_judgments(capsys) -> None:
    mapping = "id=item_id,prompt=query_id,worker=rater_id,left=left_arm,right=right_arm,winner=choice"
    path = shared_file("judgments", "llmfao.csv")
    found = json_of(analyze, capsys, path, "--columns", mapping, "--resamples", "50")
    assert sum(row["n_judgments"] for row in found["comparisons"]) == 8931
    ranked = sorted(found["bradley_terry"], key=lambda row: row["log_strength"])
    assert "GPT 4" in [row["arm"] for row in ranked[-5:]]
    # This crowd prefers the left side.
    assert found["position"]["p_value"] < 1e-4


def write_texts(path: Path, rows: list[dict]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


CAT = "the cat sat on the mat . the dog ran away . one bird sang . nobody heard it ."


def test_textstats_prints_the_documented_record(tmp_path, capsys) -> None:
    responses = {"copy": "the cat sat on the mat .", "change": "the dog sat on a mat ."}
    references = ["the cat sat .", "a dog ran ."]
    rows = [{"id": str(k), "arm": arm, "source": CAT, "reference": references, "response": response}
            for k in range(3) for arm, response in responses.items()]
    path = write_texts(tmp_path / "t.jsonl", rows)
    found = json_of(textstats, capsys, path, "--tokenizer", "whitespace", "--html", tmp_path / "t.html")
    arms = {row["arm"]: row for row in found["arms"]}
    assert list(arms) == ["copy", "change", "reference", "lead-3", "random_sentences"]
    assert (arms["copy"]["n"], arms["copy"]["copying"]["density"]) == (3, 7)
    assert arms["change"]["copying"]["novel_unigrams"] == pytest.approx(1 / 7)
    assert arms["lead-3"]["copying"]["lead_copied"] == 1
    # The three rows are alike.
    assert arms["copy"]["rouge"]["rouge1_ci_low"] is None
    assert "every article has the same value" in arms["copy"]["rouge"]["why_undefined"]["rouge1"]
    assert arms["change"]["copying"]["why_undefined"].keys() >= {"coverage", "lead_copied"}
    assert arms["reference"]["rouge"] is None
    difference = found["differences"][0]
    assert difference["copying"]["density"] == pytest.approx(7 - 12 / 7)
    assert "white-space" in found["settings"]["copying"]["tokenizer"]
    assert "<mark>the cat sat on the mat .</mark>" in (tmp_path / "t.html").read_text()


@pytest.mark.parametrize(("row", "message"), [
    ({"response": " ", "source": CAT}, "t.jsonl:2: response: empty text"),
    ({"response": CAT, "source": "the cat ."}, "t.jsonl:2: source: the source is shorter than the response"),
    ({"response": "x"}, "t.jsonl:2: neither source nor reference"),
    ({"source": CAT}, "t.jsonl:2: response: missing"),
    ({"response": "x", "reference": 3}, "t.jsonl:2: reference: neither a text nor a list"),
    ({"response": "x", "reference": "y", "id": "1"}, "t.jsonl:2: id: a second row"),
])
def test_a_bad_text_is_one_message_with_its_line_or_is_left_out(tmp_path, capsys, row, message) -> None:
    path = write_texts(tmp_path / "t.jsonl", [{"response": "x", "reference": "x y", "id": "1"}, row])
    assert textstats.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    found = json_of(textstats, capsys, path, "--skip-bad")
    assert (found["arms"][0]["n"], found["excluded"][0]["n"]) == (1, 1)


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
    assert all(row["se"] is None and row["why_undefined"] for row in compared)
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


def test_textstats_reads_truth_from_csv(tmp_path, capsys) -> None:
    path = tmp_path / "t.csv"
    path.write_text("response,source,has_preamble\nthe cat,the cat sat .,yes\na dog,a dog ran .,False\nx,x y,\n")
    found = json_of(textstats, capsys, path)["arms"][0]["first_three_words"]
    assert (found["with_preamble"], found["without_preamble"]) != (None, None)
    path.write_text("response,source,has_preamble\nthe cat,the cat sat .,maybe\n")
    assert textstats.main([str(path)]) == 2
    assert "t.csv:2: has_preamble: neither true nor false" in capsys.readouterr().err


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
    assert "the claim is false" in false["non_inferior"]["why_undefined"]
    easy = ["--win-rate", "0.8", "--raters", "100", "--judgments", "3000", "--simulations", "5"]
    assert json_of(power, capsys, *easy)["needed"]["different"] == {
        "n_items": 250, "or_fewer": True, "why_undefined": None}
    assert power.main(easy) == 0
    assert "250 or fewer items" in capsys.readouterr().out


def test_commands_start_without_torch_and_at_once() -> None:
    code = ("import sys, harness.analyze, harness.textstats, harness.power, harness.statistics.analysis, "
            "harness.text.arms; assert not {'torch', 'transformers', 'matplotlib'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)


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


def test_power_prints_the_boundaries_of_planned_looks(tmp_path, capsys) -> None:
    # Jennison and Turnbull, table 2.3: C(5, .05) = 2.040.
    found = json_of(power, capsys, "--looks", 5, "--simulations", 20)["looks"]
    assert [look["share"] for look in found] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [look["z"] for look in found] == pytest.approx([4.562, 3.226, 2.634, 2.281, 2.040], abs=2e-3)
    with pytest.raises(SystemExit) as stopped:
        power.main(["--looks", "0"])
    assert stopped.value.code == 2
