"""The responses that an execution exported, read line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.artifacts.outcome import listed
from harness.engine.exported_runs import (
    EXECUTION_FILE,
    SAMPLES_FILE,
    FinishedStudy,
    finished_studies,
    load_samples,
    write_execution,
)
from harness.errors import InputError
from harness.ratings.pairing import pair_arms
from harness.records import ArmKey, Contrast


def samples_file(folder: Path, rows: list[dict]) -> Path:
    path = folder / "pilot" / "samples.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_a_bad_line_of_samples_is_named(tmp_path: Path) -> None:
    path = samples_file(tmp_path, [{"query_id": "q", "query_text": "t", "arm": "rl", "text": "x"}, {"arm": "rl"}])
    with pytest.raises(InputError, match=r"samples.jsonl:2: query_id: is missing"):
        load_samples(finished_studies(tmp_path)[0][0])
    path.unlink()
    with pytest.raises(InputError, match="not finished"):
        load_samples(FinishedStudy("pilot", path))


def test_samples_become_pairs_on_shared_valid_queries(tmp_path: Path) -> None:
    rows = [{"query_id": f"q{i}", "query_text": "t", "arm": arm, "label_budget": budget, "seed": budget and 1,
             "text": f"{arm} {i}", "valid": not (arm == "rl" and i == 0)}
            for arm, budget in (("rl", 500), ("zero_shot", None)) for i in range(5)]
    samples_file(tmp_path, rows)
    ((study,), _) = finished_studies(tmp_path)
    contrast = Contrast(ArmKey("rl", 500, 1), ArmKey("zero_shot"))
    made = pair_arms(load_samples(study), [contrast], per_comparison=10, seed=1)
    assert sorted(pair.query_id for pair in made) == ["q1", "q2", "q3", "q4"]
    assert {(pair.contrast, pair.text[:2]) for pair in made} == {(contrast, "rl")}


@pytest.mark.parametrize("name", [SAMPLES_FILE, EXECUTION_FILE])
def test_what_was_exported_and_is_another_by_one_bit_is_refused(tmp_path: Path, name: str) -> None:
    path = samples_file(tmp_path, [{"query_id": "q", "query_text": "t", "arm": "rl", "text": "x" * 50}])
    write_execution(path.parent, execution="a run", tracking_uri="sqlite:///mlflow.db",
                    files=listed(path.parent, [path]))
    ((study,), _) = finished_studies(tmp_path)
    assert (study.execution, len(load_samples(study))) == ("a run", 1)
    file = path.parent / name
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1:])
        found, unreadable = finished_studies(tmp_path)
        with pytest.raises(InputError, match=rf"{name}: .*(bytes|JSON|is not|once more)"):
            raise unreadable[0] if unreadable else load_samples(found[0]) and InputError("it is taken")
