"""A selection of the faults of `python -m tests.faults`, and that the runner itself calls right and wrong by name."""

import pytest

from tests.faults.__main__ import FAULTS
from tests.faults.bench import SMALL, Bench, frozen_code
from tests.faults.command import Ended, Study, Wrong
from tests.faults.ledger import Ledger, Trial
from tests.faults.page import page
from tests.faults.verdicts import MENDED, SAME, WEDGED, complaint

BY_NAME = {fault.name: fault for fault in FAULTS}
SELECTION = [
    ("SIGKILL while MLflow's database is made", 0), ("SIGKILL of one worker", 0), ("Ctrl-C twice", 1),
    ("one flipped bit of weights", 0), ("one flipped bit of a checkpoint", 1), ("a checkpoint cut short", 0),
    ("one flipped bit", 13), ("a file cut short", 0), ("tracking server answers 403", 0),
]
"""Names of faults and numbers of their trials. Two drivers and Ctrl-C once are in test_study_runs.py."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """The small study; its undisturbed results are made on first use."""
    folder = tmp_path_factory.mktemp("faults")
    # A copy: results.json names the commit, and somebody may commit while the tests run.
    return Bench(Study(frozen_code(folder), "quick", SMALL), folder, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), SELECTION)
def test_the_same_command_comes_to_the_same_bytes_after(bench, name, number):
    fault = BY_NAME[name]
    if lack := fault.lacks():
        pytest.skip(lack)
    assert fault.strike(bench, number).outcome in (SAME, MENDED)


def test_one_line_is_one_line_wherever_it_is_said():
    assert complaint(Ended(2, "", "error: no.\n")) == "error: no."
    assert complaint(Ended(1, "[1/2] FAILED ppo: no  (0:04, time left 0:01)\nFAILED ppo: no\n", "")) == "ppo: no"
    for ended in (Ended(1, "", ""), Ended(2, "FAILED ppo: no\n", "error: no.\n"),
                  Ended(1, "", "Traceback (most recent call last):\nValueError: no\n")):
        with pytest.raises(Wrong):
            complaint(ended)


def test_what_was_tried_is_kept_and_what_a_kill_cut_short_is_not(tmp_path):
    ledger = Ledger(tmp_path / "trials.jsonl")
    trials = [Trial("Ctrl-C", number, SAME, "", 1, "2026-01-02", "abc", 1.0) for number in range(2)]
    for trial in trials:
        ledger.add(trial)
    with (tmp_path / "trials.jsonl").open("a") as file:
        file.write('{"fault": "Ctr')
    assert ledger.trials() == trials
    ledger.add(trials[0])
    assert ledger.trials() == [*trials, trials[0]]


def test_the_page_counts_every_strike_and_names_what_went_wrong():
    trials = [Trial("SIGKILL later", 0, SAME, "", 10, "2026-01-02", "abc", 1.0),
              Trial("SIGKILL later", 1, WEDGED, "other bytes", 10, "2026-01-03", "abd", 1.0)]
    text = page([BY_NAME["SIGKILL later"], BY_NAME["disk full"]], trials, {"disk full": "needs root"})
    assert "| SIGKILL later | 50 | 20 | 10 | 0 | 10 |" in text
    assert "| disk full | 10 | not here: needs root |" in text
    assert "- SIGKILL later, trial 1, commit abd: other bytes" in text
    assert "2026-01-02 to 2026-01-03, commits abc, abd" in text
