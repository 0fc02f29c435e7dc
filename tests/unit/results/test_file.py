"""What was written is read again; another version and a broken file are one message that names the cure."""

import json

import pytest

from harness.errors import InputError
from harness.records import ArmKey, Contrast
from harness.results.file import (
    people_of_text,
    read_measured,
    read_outcomes,
    read_results,
    write_measured,
    write_outcomes,
    write_results,
)
from harness.results.records import LeftOut, Outcomes, PairOutcomes
from harness.results.text_records import CopyingDetails, Measured
from tests.result_records import arm_measures, equivalence_row, results_of, text_row, win_rate_row

RESULTS = results_of(
    win_rates=[win_rate_row(), win_rate_row("mock_reward", 0, "rl", study="pilot", judge="human")],
    equivalence=[equivalence_row(1000, 250, 0.52)], arms=[arm_measures("zero_shot"), arm_measures("rl", 250, 1)],
    texts=[text_row("rl", 250, rouge1=0.2)], left_out=(LeftOut(ArmKey("rl", 250, 2), "diverged"),),
    responses={"rl/250/1": "f" * 32})


def test_results_are_the_same_after_reading(tmp_path):
    write_results(tmp_path, RESULTS)
    assert read_results(tmp_path) == RESULTS


def test_arms_and_contrasts_keep_their_keys_in_the_file(tmp_path):
    write_results(tmp_path, RESULTS)
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert document["version"] == 3
    rate, equal, measures = document["win_rates"][1], document["equivalence"][0], document["arms"][1]
    assert (rate["arm"], rate["label_budget"], rate["baseline"]) == ("mock_reward", 0, "rl")
    assert [equal[key] for key in ("arm_a", "budget_a", "arm_b", "budget_b")] == ["rl", 1000, "rl", 250]
    assert [measures[key] for key in ("arm", "label_budget", "seed")] == ["rl", 250, 1]
    assert document["left_out"] == [{"arm": "rl/250/2", "why": "diverged"}]


@pytest.mark.parametrize(("content", "said"), [
    (b'{"study": "quick", "arms": []}', "these results are of harness 0.1, and this harness reads version 3"),
    (b'{"version": 2}', "these results are of version 2, and this harness reads version 3"),
    (b'{"version": 3}', "study: is missing"), (b"[]", "is not an object"), (b'{"arms": [', "not a JSON record"),
    (b"\xff", "not a JSON record")])
def test_another_version_and_a_broken_file_are_named_with_the_cure(tmp_path, content, said):
    (tmp_path / "results.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_results(tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "results.json") in str(caught.value)
    assert "Run the study's command once more" in str(caught.value)


@pytest.mark.parametrize("text", ["one", "{}", "[]", '{"plan": {}}'])
def test_what_is_no_report_of_people_is_named_by_its_study(text):
    with pytest.raises(InputError, match="pilot"):
        people_of_text(text, study="pilot")


def test_what_the_measure_and_judge_stages_wrote_is_read_again(tmp_path):
    measured = Measured(arm_measures("rl", 250, 1), CopyingDetails((0, 2), {"tokenizer": "regex"}))
    write_measured(tmp_path, measured)
    assert read_measured(tmp_path) == measured
    outcomes = Outcomes("simulated", "vader", ("q1", "q2"), (PairOutcomes(
        Contrast(ArmKey("rl", 250, 1), ArmKey("zero_shot")), (1.0, 0.5)),))
    write_outcomes(tmp_path, outcomes)
    assert read_outcomes(tmp_path) == outcomes
    document = json.loads((tmp_path / "outcomes.json").read_text(encoding="utf-8"))
    assert document["pairs"] == [{"arm": "rl/250/1", "baseline": "zero_shot", "outcomes": [1.0, 0.5]}]


@pytest.mark.parametrize(("text", "problem"), [
    ('{"version": "2"}', "version '2'"), ("[" * 100_000, "not a JSON record"), ("{", "not a JSON record")])
def test_what_is_no_results_is_one_line(text, problem, tmp_path):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(InputError, match=problem):
        read_results(tmp_path)
