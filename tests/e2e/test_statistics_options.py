"""Options of analyze, textstats and power that are wrong: one line that names the option, before anything is lost."""

import pytest

from harness import analyze, power, textstats
from tests.e2e.test_statistics_commands import rows_of_three_raters, write_csv, write_texts

TEXTS = [{"response": "A cat sat.", "source": "A cat sat on the mat.", "reference": "A cat."}]


@pytest.mark.parametrize("mapped", ["qid=query_id", "budget=label_budget"])
def test_analyze_knows_a_column_that_the_file_has_not(tmp_path, capsys, mapped) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    assert analyze.main([str(path), "--columns", mapped]) == 2
    theirs = mapped.partition("=")[0]
    assert capsys.readouterr().err == (f"{path}: --columns: no column '{theirs}'. The file has item_id, rater_id, "
                                       "left_arm, right_arm, choice\n")


def test_textstats_knows_a_key_that_the_file_has_not(tmp_path, capsys) -> None:
    path = write_texts(tmp_path / "t.jsonl", TEXTS)
    assert textstats.main([str(path), "--columns", "artcle=source"]) == 2
    assert capsys.readouterr().err == (f"{path}: --columns: no column 'artcle'. The file has response, source, "
                                       "reference\n")
    assert textstats.main([str(path), "--columns", "answer=response"]) == 2
    assert f"{path}:1: response: no key 'answer'." in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_said_before_the_work(tmp_path, capsys, monkeypatch) -> None:
    def work(*_: object, **__: object) -> None:
        raise AssertionError("worked before looking at --html")

    monkeypatch.setattr("harness.statistics.power.power_curve", work)
    monkeypatch.setattr("harness.statistics.ratings_file.read_ratings", work)
    monkeypatch.setattr("harness.text.texts_file.read_texts", work)
    missing = tmp_path / "nowhere" / "page.html"
    for command, file in ((analyze, ["r.csv"]), (textstats, ["t.jsonl"]), (power, [])):
        assert command.main([*file, "--html", str(missing)]) == 2
        assert capsys.readouterr().err == f"{missing}: --html: cannot be written (No such file or directory)\n"
        assert command.main([*file, "--html", str(tmp_path)]) == 2
        assert "cannot be written (Is a directory)" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "option", "value", "problem"), [
    (power, "--ties", "1", "1 is not from 0 to below 1"),
    (power, "--ties", "-0.1", "-0.1 is not from 0 to below 1"),
    (power, "--item-sd", "11", "11 is not from 0 to 10 (on the logit scale)"),
    (power, "--rater-sd", "nan", "nan is not from 0 to 10 (on the logit scale)"),
    (power, "--looks", "2.5", "'2.5' is not a whole number"),
    (power, "--judgments", "1e9", "'1e9' is not a whole number"),
    (power, "--win-rate", "55%", "'55%' is not a number"),
    (textstats, "--examples", "-1", "-1 is not 0 or more"),
    (analyze, "--resamples", "many", "'many' is not a whole number")])
def test_a_wrong_number_is_said_under_its_options_name(capsys, command, option, value, problem) -> None:
    file = [] if command is power else ["file"]
    with pytest.raises(SystemExit) as stopped:
        command.main([*file, option, value])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: argument {option}: {problem}\n")


def test_ties_that_leave_no_room_for_the_win_rate_name_the_option(capsys) -> None:
    assert power.main(["--win-rate", "0.55", "--ties", "0.99"]) == 2
    assert capsys.readouterr().err == ("--ties: a win rate of 0.55 cannot be with 99% ties. Fewer ties, or a win rate "
                                       "nearer to 0.5\n")
