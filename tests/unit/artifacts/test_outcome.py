"""The last file of a finished stage: what was written is read, and so are files of older harnesses."""

import json

from harness.artifacts.outcome import OUTCOME_FILE, environments_of, read_outcome, write_outcome
from harness.records import Done, Environment

HERE = Environment(host="here", cpu="a processor", threads=2, torch="2.13", device="cpu", small_kernels="0123",
                   large_kernels="off (no compiler)", compiler="none")


def test_what_was_written_is_read(tmp_path):
    outcome = Done({"loss": 0.5}, {"pretrain": HERE})
    write_outcome(tmp_path, outcome)
    assert read_outcome(tmp_path) == outcome


def test_a_stage_without_the_file_is_not_done(tmp_path):
    assert read_outcome(tmp_path) is None
    assert environments_of([tmp_path]) == {}


def test_an_older_file_names_no_environments(tmp_path):
    (tmp_path / OUTCOME_FILE).write_text(json.dumps({"summary": {"loss": 0.5}}))
    assert read_outcome(tmp_path) == Done({"loss": 0.5})
