"""The command textstats, as a person or a script calls it.

harness.text.arm_records is what it says, and harness.reporting.text_measures prints it.
"""

import pytest

from harness import textstats
from tests.e2e.command_files import json_of, write_texts

CAT = "the cat sat on the mat . the dog ran away . one bird sang . nobody heard it ."


def test_textstats_measures_each_arm_beside_the_source_and_the_references(tmp_path, capsys) -> None:
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
    # The better of both references: three of six words, which are all of its three.
    assert arms["copy"]["rouge"]["rouge1"] == pytest.approx(2 / (6 / 3 + 3 / 3))
    # The three rows are alike.
    assert arms["copy"]["rouge"]["rouge1_ci_low"] is None
    assert "every article has the same value" in arms["copy"]["rouge"]["why_undefined"]["rouge1"]
    undefined = arms["change"]["copying"]["why_undefined"]
    assert {undefined[key].split(":")[0] for key in ("coverage", "lead_copied")} == {"every article has the same value"}
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


def test_textstats_reads_truth_from_csv(tmp_path, capsys) -> None:
    path = tmp_path / "t.csv"
    path.write_text("response,source,has_preamble\nthe cat,the cat sat .,yes\na dog,a dog ran .,False\nx,x y,\n")
    found = json_of(textstats, capsys, path)["arms"][0]["first_three_words"]
    assert (found["with_preamble"], found["without_preamble"]) != (None, None)
    path.write_text("response,source,has_preamble\nthe cat,the cat sat .,maybe\n")
    assert textstats.main([str(path)]) == 2
    assert "t.csv:2: has_preamble: neither true nor false" in capsys.readouterr().err


def test_a_text_of_nothing_visible_is_empty(tmp_path, capsys) -> None:
    path = write_texts(tmp_path / "t.jsonl", [{"source": "a b c", "response": " \n\u00a0\u200b\ufeff"}])
    assert textstats.main([str(path)]) == 2
    assert "t.jsonl:1: response: empty text" in capsys.readouterr().err


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


@pytest.mark.parametrize("key", ["arm", "id"])
def test_a_list_or_an_object_is_no_name_in_texts(tmp_path, capsys, key) -> None:
    row = {"response": "a cat", "reference": "a cat", "id": "1"}
    path = write_texts(tmp_path / "t.jsonl", [row, row | {"id": "2", key: ["a"]}])
    assert textstats.main([str(path)]) == 2
    assert f"{path}:2: {key}: neither a text nor a number" in capsys.readouterr().err
