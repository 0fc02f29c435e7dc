"""The data sets that a stage read or made, as MLflow lists them: by name, digest and number of rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.imports import without_module
from harness.records import Done
from harness.study.parts import LabelsSpec
from harness.study.slices import LabelsSlice, QueriesSlice
from harness.study.stage import Stage
from harness.tasks.hub import HubDataset
from harness.tasks.sources import SPLITS, StoryworldSource
from harness.tasks.spec import TextSourceSpec

with without_module("pandas"):
    from mlflow.entities import Dataset, DatasetInput, InputTag

_DIGEST = 32
"""Characters of a SHA-256; MLflow takes 36."""


@dataclass(frozen=True)
class DataSet:
    """source_type, source: MLflow's word for where it comes from, and what is known of it, as JSON. context: what for.
    """

    name: str
    digest: str
    rows: int
    source_type: str
    source: str
    context: str


def log_data_sets(client: Any, run_id: str, found: Iterable[DataSet]) -> None:
    """Make them inputs of a run. client: MLflow's."""
    inputs = [DatasetInput(Dataset(each.name, each.digest, each.source_type, each.source,
                                   profile=json.dumps({"num_rows": each.rows})),
                           [InputTag("mlflow.data.context", each.context)]) for each in found]
    if inputs:
        client.log_inputs(run_id, inputs)


def data_sets(stage: Stage, folder: Path, outcome: Done) -> list[DataSet]:
    """Of the queries each split, and the labels of a piece; of other stages none. folder: the finished stage's."""
    settings = stage.settings
    figures = outcome.summary
    if isinstance(settings, QueriesSlice):
        name, kind, source = _text_source(settings.task.source)
        return [DataSet(f"{name} {split}", _digest(folder / f"{split}.arrow"), int(figures[f"{split}_queries"]), kind,
                        source, split) for split in SPLITS if f"{split}_queries" in figures]
    if isinstance(settings, LabelsSlice) and "labels" in figures:
        kind, source = _label_source(settings.labels)
        return [DataSet(f"{settings.labels.source} {stage.name}", _digest(folder / "labels.npy"),
                        int(figures["labels"]), kind, source, "labels")]
    return []


def _text_source(source: TextSourceSpec) -> tuple[str, str, str]:
    """Its name, MLflow's word for its kind, and what is known of it."""
    if isinstance(source, StoryworldSource):
        return f"storyworld {source.genre}", "code", json.dumps({"tags": {"genre": source.genre, "seed": source.seed}})
    if isinstance(source, HubDataset):
        return source.name, "hf", json.dumps({"path": source.name, "config_name": source.config})
    return Path(source.path).name, "local", json.dumps({"uri": source.path})


def _label_source(labels: LabelsSpec) -> tuple[str, str]:
    if labels.source == "imported":
        return "local", json.dumps({"uri": labels.path})
    who = labels.labeler.scorer if labels.source == "simulated" else "people"
    return "code", json.dumps({"tags": {"labeler": who}})


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGEST]
