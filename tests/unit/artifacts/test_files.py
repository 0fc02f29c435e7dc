"""What stages hand to each other comes back from the file as it was written."""

import json

import numpy as np
import pytest

from harness.artifacts.files import (
    model_path,
    note_base_model,
    read_measures,
    read_samples,
    write_json,
    write_measures,
    write_samples,
    write_table,
)
from harness.records import ArmKey, Sample

SAMPLES = [Sample(query_id="q0", arm=ArmKey("rl", 1000, 2), text="A text — with a dash.", tokens=(1, 2), valid=True,
                  kl_to_reference=0.25),
           Sample(query_id="q1", arm=ArmKey("lead"), text="", tokens=(), valid=False)]


def test_samples_come_back_with_their_arm(tmp_path):
    write_samples(tmp_path, SAMPLES)
    assert read_samples(tmp_path) == SAMPLES
    rows = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows == [
        {"query_id": "q0", "arm": "rl", "label_budget": 1000, "seed": 2, "text": "A text — with a dash.",
         "tokens": [1, 2], "valid": True, "kl_to_reference": 0.25},
        {"query_id": "q1", "arm": "lead", "label_budget": None, "seed": None, "text": "", "tokens": [],
         "valid": False, "kl_to_reference": None}]


def test_measures_come_back_to_the_bit(tmp_path):
    values = {"rouge1": np.array([0.1, np.nan, 1 / 3]), "words": np.array([3.0, 0.0, 12.0])}
    write_measures(tmp_path, values)
    found = read_measures(tmp_path)
    assert found.keys() == values.keys()
    assert all(np.array_equal(found[name], values[name], equal_nan=True) for name in values)


@pytest.mark.parametrize("name", ["models/mine", "/data/mine", "gpt2"])
def test_a_base_model_from_outside_is_used_where_the_study_file_says(tmp_path, monkeypatch, name):
    assert model_path(tmp_path) == str(tmp_path / "model")
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    note_base_model(tmp_path, name)
    assert model_path(tmp_path) == name


def test_a_table_has_a_row_for_each_value_and_json_has_no_nan(tmp_path):
    write_table(tmp_path / "t.table.json", {"query": ["a", "b"], "score": [1.0, None]})
    assert json.loads((tmp_path / "t.table.json").read_text()) == {
        "columns": ["query", "score"], "data": [["a", 1.0], ["b", None]]}
    with pytest.raises(ValueError, match="Out of range float"):
        write_json(tmp_path / "x.json", {"score": float("nan")})
    assert not (tmp_path / "x.json").exists()
