"""What the commands do where a figure cannot be had, a rule has nothing to look at, or the reader goes away."""

import json
import subprocess
import sys
from html import unescape

import pytest

from harness import analyze, power, textstats
from tests.e2e.test_statistics_commands import HEADER, json_of, rows_of_three_raters, write_csv, write_texts


def test_a_rule_without_anything_to_look_at_says_so(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    found = json_of(analyze, capsys, path, "--min-gold", "0.9", "--min-repeat", "0.9", "--min-seconds", "1")
    for missing in ("no gold items", "no repeats", "no times"):
        assert any(missing in warning for warning in found["warnings"])


def test_a_breakdown_of_too_many_rows_is_left_out_and_said(tmp_path, capsys, monkeypatch) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    assert len(json_of(analyze, capsys, path)["by_rater"]) == 9
    monkeypatch.setattr("harness.statistics.analysis.LARGEST_BREAKDOWN", 8)
    found = json_of(analyze, capsys, path)
    assert found["by_rater"] == []
    assert any("no win rates by rater" in warning for warning in found["warnings"])


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


@pytest.mark.parametrize(("content", "message"), [
    (b"item_id,rater_id,left_arm,right_arm,choice,choice\n1,x,a,b,left,tie\n", "r.csv:1: two columns called 'choice'"),
    ("item_id,rater_id,left_arm,right_arm,choice\n1,x,a,b,left\n".encode("utf-16"), "r.csv:1: the header is invalid"),
])
def test_a_header_that_cannot_be_trusted_is_one_message_even_with_skip_bad(tmp_path, capsys, content, message) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    assert analyze.main([str(tmp_path / "r.csv"), "--skip-bad"]) == 2
    assert message in capsys.readouterr().err


def test_a_text_of_nothing_visible_is_empty(tmp_path, capsys) -> None:
    path = write_texts(tmp_path / "t.jsonl", [{"source": "a b c", "response": " \n\u00a0\u200b\ufeff"}])
    assert textstats.main([str(path)]) == 2
    assert "t.jsonl:1: response: empty text" in capsys.readouterr().err


def test_power_has_its_answer_on_the_page_and_names_its_claims(tmp_path, capsys) -> None:
    arguments = ["--win-rate", "0.5", "--margin", "0.1", "--simulations", "40", "--html", str(tmp_path / "p.html")]
    assert power.main(arguments) == 0
    shown, page = capsys.readouterr().out, (tmp_path / "p.html").read_text()
    for line in ("By formula, not better: 155 items of one vote", "'not better': by less than 10 points"):
        assert line in shown
        assert line in unescape(page)
    assert power.main(["--raters", "2"]) == 2
    assert "--raters-per-item: 3 raters an item, but there are 2" in capsys.readouterr().err


def test_what_is_equivalent_is_in_the_answer(tmp_path, capsys) -> None:
    rows = [[f"i{item}", f"r{(item + shift) % 9}", "a", "b", ("left", "right")[(item + shift) % 2]]
            for item in range(300) for shift in range(2)]
    assert analyze.main([str(write_csv(tmp_path / "r.csv", rows)), "--margin", "0.2", "--resamples", "0"]) == 0
    assert "Equivalent within 20 points, not adjusted: a and b." in " ".join(capsys.readouterr().out.split())


def test_ctrl_c_is_one_line(capsys, monkeypatch, tmp_path) -> None:
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.statistics.ratings_file.read_ratings", interrupted)
    assert analyze.main([str(tmp_path / "r.csv")]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_reader_that_has_enough_is_no_error(tmp_path) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters(200))
    command = f"{sys.executable} -m harness.analyze {path} --resamples 0 --json | head -c 5"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b'{"com', b"")


def test_textstats_names_what_it_cannot_see(tmp_path, capsys) -> None:
    rows = [{"id": arm, "arm": arm, "source": "猫が座った。犬。", "reference": "犬。", "response": "猫が座った。"}
            for arm in "ab"]
    path = write_texts(tmp_path / "t.jsonl", rows)
    found = json_of(textstats, capsys, path)
    assert "4 texts or references have no letter a-z" in found["warnings"][0]
    assert found["differences"][0]["why_undefined"] == "no article in common"
    assert textstats.main([str(path)]) == 0
    shown = capsys.readouterr().out
    assert "a − b: no article in common" in shown
    assert "one article only: no interval" in shown


def test_nothing_but_gold_items_is_no_matter_of_the_rules(tmp_path, capsys) -> None:
    path = write_csv(tmp_path / "r.csv", [[*row, "left"] for row in rows_of_three_raters()], [*HEADER, "gold_choice"])
    assert analyze.main([str(path)]) == 2
    assert capsys.readouterr().err == (
        "every judgment is of a gold or a repeated item, which check raters and compare no arms\n")


@pytest.mark.parametrize("key", ["item_id", "left_arm"])
def test_a_list_or_an_object_is_no_name_in_ratings(tmp_path, capsys, key) -> None:
    row = dict(zip(HEADER, ["i", "r", "a", "b", "left"], strict=True))
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(row) + "\n" + json.dumps(row | {key: {"a": 1}}) + "\n")
    assert analyze.main([str(path)]) == 2
    assert f"{path}:2: {key}: neither a text nor a number" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["arm", "id"])
def test_a_list_or_an_object_is_no_name_in_texts(tmp_path, capsys, key) -> None:
    row = {"response": "a cat", "reference": "a cat", "id": "1"}
    path = write_texts(tmp_path / "t.jsonl", [row, row | {"id": "2", key: ["a"]}])
    assert textstats.main([str(path)]) == 2
    assert f"{path}:2: {key}: neither a text nor a number" in capsys.readouterr().err
