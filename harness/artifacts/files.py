"""The files that stages hand to each other: where a model lies, samples, measures, tables for MLflow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from harness.json_records import write_json
from harness.records import ArmKey, Sample

_BASE_FILE = "base_model.json"
_SAMPLES_FILE = "samples.jsonl"
_MEASURES_FILE = "measures.npz"


def model_path(folder: Path) -> str:
    """The model of a stage: its own `model` folder, or the hub name or folder that a base-model stage noted."""
    note = folder / _BASE_FILE
    if note.is_file():
        return str(json.loads(note.read_text(encoding="utf-8"))["name"])
    return str(folder / "model")


def note_base_model(folder: Path, name: str) -> None:
    """A base model from outside is used where it lies; nothing is copied. name: as the study file has it, so that a
    project which is moved with its base model finds it.
    """
    write_json(folder / _BASE_FILE, {"name": name})


def write_samples(folder: Path, samples: Sequence[Sample]) -> None:
    with (folder / _SAMPLES_FILE).open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(json.dumps(sample_row(sample), ensure_ascii=False) + "\n")


def read_samples(folder: Path) -> list[Sample]:
    """What `write_samples` wrote, in its order."""
    with (folder / _SAMPLES_FILE).open(encoding="utf-8") as file:
        return [_sample(json.loads(line)) for line in file]


def sample_row(sample: Sample) -> dict[str, Any]:
    """A sample as files hold it, with the arm's parts under `arm`, `label_budget` and `seed`."""
    parts = asdict(sample)
    return {"query_id": parts.pop("query_id"), **parts.pop("arm"), **parts}


def _sample(row: dict[str, Any]) -> Sample:
    arm = ArmKey(row.pop("arm"), row.pop("label_budget"), row.pop("seed"))
    return Sample(arm=arm, **{**row, "tokens": tuple(row["tokens"])})


def write_measures(folder: Path, values: Mapping[str, np.ndarray]) -> None:
    """The figures of an arm's single texts, {name: (n,)} in the order of the test queries."""
    np.savez_compressed(folder / _MEASURES_FILE, **values)  # type: ignore[arg-type]


def read_measures(folder: Path) -> dict[str, np.ndarray]:
    """What `write_measures` wrote."""
    with np.load(folder / _MEASURES_FILE) as arrays:
        return {name: arrays[name] for name in arrays.files}


def write_table(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """A table in the form that the MLflow UI shows (`mlflow.log_table`); the name must end in .table.json."""
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    write_json(path, {"columns": list(columns), "data": rows})


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
