"""The frame of the commands: what is printed where, and the exit code."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.command import run_command
from harness.errors import InputError

ROOT = Path(__file__).resolve().parents[3]


def ended(run, *argv, page=False):
    """The exit code of a command whose work is `run`, and which shows its result as `shown: RESULT`."""
    parser = argparse.ArgumentParser(prog="harness test")
    parser.add_argument("--json", action="store_true")
    if page:
        parser.add_argument("--html", type=Path)
    return run_command(parser, argv, run=run, show=lambda result: print(f"shown: {result}"))


def test_the_result_is_shown_for_people_or_printed_for_machines(capsys):
    assert ended(lambda arguments: {"figure": 0.5}) == 0
    assert capsys.readouterr().out == "shown: {'figure': 0.5}\n"
    assert ended(lambda arguments: {"figure": 0.5}, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"figure": 0.5}


def test_a_number_that_json_does_not_have_is_no_output():
    with pytest.raises(ValueError, match="JSON"):
        ended(lambda arguments: {"figure": float("nan")}, "--json")


def test_a_mistake_of_the_user_is_one_line_and_code_2(capsys):
    def wrong(arguments):
        raise InputError("it is empty", file="ratings.csv", line=3, cure="Write a row.")

    assert ended(wrong) == 2
    assert capsys.readouterr() == ("", "error: ratings.csv:3: it is empty. Write a row.\n")


def test_ctrl_c_is_code_130(capsys):
    def stopped(arguments):
        raise KeyboardInterrupt

    assert ended(stopped) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_page_that_cannot_be_written_is_refused_before_the_work(tmp_path, capsys):
    done = []
    assert ended(done.append, "--html", str(tmp_path / "nowhere" / "page.html"), page=True) == 2
    assert not done
    assert "--html: cannot be written" in capsys.readouterr().err


def test_a_reader_who_has_enough_is_no_error():
    """As `| head` is."""
    code = ("import argparse; from harness.cli.command import run_command\n"
            "parser = argparse.ArgumentParser(); parser.add_argument('--json', action='store_true')\n"
            "raise SystemExit(run_command(parser, ['--json'], run=lambda a: {'long': 'x' * 10_000_000}, show=print))")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0
