"""The files that stages hand to each other: where a model lies, label tables, tables for MLflow."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.records import PAD, Sample

_BASE_FILE = "base_model.json"
_SAMPLES_FILE = "samples.jsonl"
_LABELS_FILE = "labels.npz"
_MEASURES_FILE = "measures.npz"


def model_path(folder: Path) -> str:
    """The model of a stage: its own `model` folder, or the hub name or folder that a base-model stage noted."""
    note = folder / _BASE_FILE
    if note.is_file():
        return str(json.loads(note.read_text(encoding="utf-8"))["name"])
    return str(folder / "model")


def note_base_model(folder: Path, name: str) -> None:
    """A base model from outside is used where it lies; nothing is copied."""
    resolved = str(Path(name).resolve()) if Path(name).exists() else name
    write_json(folder / _BASE_FILE, {"name": resolved})


@dataclass(frozen=True)
class LabelTable:
    """n labels. queries: (n, time) int32, padded on the left. candidates: (n, k, R) int32, truncated. best: (n,).

    scores: (n, k), the simulated labeler's own scores, NaN where people or a file chose. rows: (n,) which train
    query, −1 for labels that came with queries of their own.
    """

    queries: np.ndarray
    candidates: np.ndarray
    best: np.ndarray
    scores: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.best)

    def save(self, folder: Path) -> None:
        temporary = folder / f"part-{_LABELS_FILE}"
        np.savez(temporary, **{name: getattr(self, name) for name in self.__dataclass_fields__})
        os.replace(temporary, folder / _LABELS_FILE)

    @staticmethod
    def load(folder: Path) -> LabelTable:
        with np.load(folder / _LABELS_FILE) as arrays:
            return LabelTable(**{name: arrays[name] for name in arrays.files})

    @staticmethod
    def join(tables: Sequence[LabelTable], count: int) -> LabelTable:
        """The first `count` labels of tables that follow each other."""
        width = max(table.queries.shape[1] for table in tables)
        queries = np.concatenate([pad_left(table.queries, width) for table in tables])[:count]
        rest = {name: np.concatenate([getattr(table, name) for table in tables])[:count]
                for name in ("candidates", "best", "scores", "rows")}
        return LabelTable(queries=queries, **rest)


def pad_left(tokens: np.ndarray, width: int) -> np.ndarray:
    """(n, time) -> (n, width), PAD in front."""
    return np.pad(tokens, ((0, 0), (width - tokens.shape[1], 0)), constant_values=PAD)


def query_rows(queries: Sequence[Sequence[int]]) -> np.ndarray:
    """(n, time) int32 as a label table keeps them, PAD in front: to the longest, where a batch may be wider."""
    width = max(map(len, queries), default=0)
    rows = [[*[PAD] * (width - len(query)), *query] for query in queries]
    return np.array(rows, dtype=np.int32).reshape(len(queries), width)


def write_samples(folder: Path, samples: Sequence[Sample]) -> None:
    with (folder / _SAMPLES_FILE).open("w", encoding="utf-8") as file:
        for sample in samples:
            file.write(json.dumps(asdict(sample), ensure_ascii=False) + "\n")


def read_samples(folder: Path) -> list[Sample]:
    with (folder / _SAMPLES_FILE).open(encoding="utf-8") as file:
        return [Sample(**{**row, "tokens": tuple(row["tokens"])}) for row in map(json.loads, file)]


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


def write_json(path: Path, document: object) -> None:
    """Complete or absent; NaN and infinity are refused, because they are not JSON."""
    temporary = path.with_name(f"part-{path.name}")
    temporary.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")
    os.replace(temporary, path)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
