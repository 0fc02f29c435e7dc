"""What analyze, textstats and power have in common: their options, how they start, and how they are stopped."""

import subprocess
import sys

import pytest

from harness import analyze, power, textstats
from tests.e2e.command_files import rows_of_three_raters, write_csv, write_texts

TEXTS = [{"response": "A cat sat.", "source": "A cat sat on the mat.", "reference": "A cat."}]


@pytest.mark.parametrize("mapped", ["qid=query_id", "budget=label_budget"])
def test_analyze_knows_a_column_that_the_file_has_not(tmp_path, capsys, mapped) -> None:
    path = write_csv(tmp_path / "r.csv", rows_of_three_raters())
    assert analyze.main([str(path), "--columns", mapped]) == 2
    theirs = mapped.partition("=")[0]
    assert capsys.readouterr().err == (f"error: {path}: --columns: no column '{theirs}'. The file has item_id, "
                                       "rater_id, left_arm, right_arm, choice\n")


def test_textstats_knows_a_key_that_the_file_has_not(tmp_path, capsys) -> None:
    path = write_texts(tmp_path / "t.jsonl", TEXTS)
    assert textstats.main([str(path), "--columns", "artcle=source"]) == 2
    assert capsys.readouterr().err == (f"error: {path}: --columns: no column 'artcle'. The file has response, source, "
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
        assert capsys.readouterr().err == f"error: {missing}: --html: cannot be written (No such file or directory)\n"
        assert command.main([*file, "--html", str(tmp_path)]) == 2
        assert "cannot be written (Is a directory)" in capsys.readouterr().err


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
    assert capsys.readouterr().err.startswith(
        f"error: {arguments[-2] if arguments[-1] != '.1' else '--alpha'}")


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
    assert capsys.readouterr().err == (
        f"error: {option}: {problem}. `{command.__name__.replace('.', ' ')} --help` says what there is.\n")


def test_commands_start_without_torch_and_at_once() -> None:
    code = ("import sys, harness.analyze, harness.textstats, harness.power, harness.statistics.analysis, "
            "harness.text.arms; assert not {'torch', 'transformers', 'matplotlib'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)


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
