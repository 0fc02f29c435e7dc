"""A selection of the faults of `python -m tests.faults`, and that the runner itself calls right and wrong by name."""

import pytest

from tests.faults.__main__ import ATTEMPTS, FAULTS, missing_numbers, struck
from tests.faults.bench import ROOT, SMALL, Bench, frozen_code
from tests.faults.command import Ended, Missed, Study, Wrong
from tests.faults.fault import Fault
from tests.faults.ledger import Ledger, Trial
from tests.faults.page import page
from tests.faults.verdicts import MENDED, SAME, WEDGED, Verdict, complaint

BY_NAME = {fault.name: fault for fault in FAULTS}
SELECTION = [
    ("SIGKILL while MLflow's database is made", 0), ("SIGKILL of one worker", 0), ("Ctrl-C twice", 1), ("SIGTERM", 0),
    ("one flipped bit of weights", 0), ("one flipped bit of a checkpoint", 1), ("a checkpoint cut short", 0),
    ("one flipped bit", 13), ("a file cut short", 0), ("tracking server answers 403", 0),
    ("disk full", 4), ("mlruns moved", 0), ("artifacts on another disk", 1),
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
    assert struck(fault, bench, number).outcome in (SAME, MENDED)


def test_one_line_is_one_line_wherever_it_is_said():
    assert complaint(Ended(2, "", "error: no.\n")) == "error: no."
    assert complaint(Ended(1, "[1/2] FAILED ppo: no  (0:04, time left 0:01)\nFAILED ppo: no\n", "")) == "ppo: no"
    for ended in (Ended(1, "", ""), Ended(2, "FAILED ppo: no\n", "error: no.\n"),
                  Ended(1, "", "Traceback (most recent call last):\nValueError: no\n")):
        with pytest.raises(Wrong):
            complaint(ended)


def test_a_fault_that_came_too_late_strikes_again_and_is_never_called_survived(bench):
    late = [Missed(), Missed()]

    def strike(_, number):
        if late:
            raise late.pop()
        return Verdict(SAME, f"{number}")

    assert struck(Fault("late", 1, strike), bench, 7) == Verdict(SAME, "7")
    late += [Missed()] * ATTEMPTS
    with pytest.raises(Wrong, match="times the study ended before"):
        struck(Fault("late", 1, strike), bench, 7)


def trial(number, outcome, commit="abc", fault="Ctrl-C", times=1, day="2026-01-02"):
    return Trial(fault, number, outcome, "other bytes", times, day, commit, "a processor", 1.0)


def test_what_was_tried_is_kept_and_what_a_kill_cut_short_is_not(tmp_path):
    ledger = Ledger(tmp_path / "trials.jsonl")
    trials = [trial(number, SAME) for number in range(2)]
    for one in trials:
        ledger.add(one)
    with (tmp_path / "trials.jsonl").open("a") as file:
        file.write('{"fault": "Ctr')
    assert ledger.trials() == trials
    ledger.add(trial(2, SAME))
    assert ledger.trials() == [*trials, trial(2, SAME)]


def test_a_trial_that_was_made_again_counts_as_it_came_out_last(tmp_path):
    ledger = Ledger(tmp_path / "trials.jsonl")
    for one in (trial(0, WEDGED), trial(1, SAME), trial(0, MENDED, "abd")):
        ledger.add(one)
    assert sorted((one.number, one.outcome, one.commit) for one in ledger.trials()) == [
        (0, MENDED, "abd"), (1, SAME, "abc")]


@pytest.mark.parametrize(("commit", "again", "missing"), [
    ("abc", False, [3, 4]), ("abc", True, [3, 4]), ("abd", False, [1, 3, 4]), ("abd", True, [0, 1, 2, 3, 4]),
    ("abc+", False, [1, 3, 4]),
])
def test_what_was_wrong_is_tried_again_with_other_code_alone(commit, again, missing):
    trials = [trial(0, SAME), trial(1, WEDGED), trial(2, MENDED), trial(4, WEDGED, fault="Ctrl-C twice")]
    assert missing_numbers(BY_NAME["Ctrl-C"], trials, commit, again=again, times=5) == missing


def test_changed_code_that_was_never_committed_is_never_the_same_code():
    assert missing_numbers(BY_NAME["Ctrl-C"], [trial(0, WEDGED, "abc+")], "abc+", times=1) == [0]


def test_the_page_is_what_the_record_says():
    assert (ROOT / "docs" / "faults.md").read_text(encoding="utf-8") == page(
        FAULTS, Ledger(ROOT / "docs" / "faults.jsonl").trials(), {})


def test_the_page_counts_every_strike_and_names_what_went_wrong():
    fault = "SIGKILL later"
    trials = [trial(0, SAME, fault=fault, times=10),
              trial(1, WEDGED, "abd", fault=fault, times=10, day="2026-01-03")]
    text = page([BY_NAME[fault], BY_NAME["disk full"]], trials, {"disk full": "needs root"})
    assert "| SIGKILL later | 50 | 20 | 10 | 0 | 10 | abc (1), abd (1) |" in text
    assert "| disk full | 10 | not here: needs root |" in text
    assert "- SIGKILL later, trial 1, commit abd: other bytes" in text
    assert "2026-01-02 to 2026-01-03, on a processor." in text
