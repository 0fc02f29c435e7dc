"""Ratings that the command analyze cannot read: one message that names file, line and column."""

import json

import pytest

from harness import analyze
from tests.e2e.command_files import HEADER, json_of, write_csv

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


@pytest.mark.parametrize(("content", "suffix", "message"), [
    (b"item_id,left_arm,right_arm,choice\n1,a,b,left\n", ".csv", "no column 'rater_id'"),
    (b'{"item_id": 1}\n{broken\n', ".jsonl", "rater_id"),
    (b'{"item_id": 1, "rater_id": 2, "left_arm": "a", "right_arm": "b", "choice": "left"}\n{broken\n',
     ".jsonl", "r.jsonl:2: invalid JSON"),
    (b"item_id,rater_id,left_arm,right_arm,choice\n1,x,a,b,left\n2,\xff,a,b,left\n", ".csv",
     "r.csv:3: invalid UTF-8"),
    (b"", ".csv", "no judgments in it. Write a row for each choice: item_id, rater_id, left_arm, right_arm, choice"),
    (b"x", ".txt", "not a CSV or JSONL file"),
])
def test_a_bad_file_is_one_message(tmp_path, capsys, content, suffix, message) -> None:
    path = tmp_path / f"r{suffix}"
    path.write_bytes(content)
    assert analyze.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(("content", "message"), [
    (b"item_id,rater_id,left_arm,right_arm,choice,choice\n1,x,a,b,left,tie\n", "r.csv:1: two columns called 'choice'"),
    ("item_id,rater_id,left_arm,right_arm,choice\n1,x,a,b,left\n".encode("utf-16"), "r.csv:1: the header is invalid"),
])
def test_a_header_that_cannot_be_trusted_is_one_message_even_with_skip_bad(tmp_path, capsys, content, message) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    assert analyze.main([str(tmp_path / "r.csv"), "--skip-bad"]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("key", ["item_id", "left_arm"])
def test_a_list_or_an_object_is_no_name_in_ratings(tmp_path, capsys, key) -> None:
    row = dict(zip(HEADER, ["i", "r", "a", "b", "left"], strict=True))
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(row) + "\n" + json.dumps(row | {key: {"a": 1}}) + "\n")
    assert analyze.main([str(path)]) == 2
    assert f"{path}:2: {key}: neither a text nor a number" in capsys.readouterr().err
