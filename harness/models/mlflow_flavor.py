"""Writes the file MLmodel into a saved model's folder, so that `mlflow.transformers.load_model` takes it as it lies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.json_records import write_json

MLMODEL_FILE = "MLmodel"
def write_mlmodel(folder: Path, model: Any, tokenizer: Any, tokenizer_files: Iterable[str | Path]) -> None:
    """Describe a language model or a classifier of transformers and the tokenizer that were saved into the folder.

    MLflow looks for a tokenizer below `components/tokenizer`. Its files are linked there, so nothing lies on the disk
    twice; they are copied where the file system has no links. JSON is YAML, which MLflow reads.
    """
    kind = type(model).__name__
    task, pipeline = ("text-classification", "TextClassificationPipeline") if kind.endswith("Classification") else (
        "text-generation", "TextGenerationPipeline")
    components = folder / "components" / "tokenizer"
    components.mkdir(parents=True, exist_ok=True)
    for name in tokenizer_files:
        _link(Path(name), components / Path(name).name)
    write_json(folder / MLMODEL_FILE, {"flavors": {"transformers": {
        "task": task, "instance_type": pipeline, "pipeline_model_type": kind, "model_binary": ".",
        "components": ["tokenizer"], "tokenizer_type": type(tokenizer).__name__}}})


def _link(file: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)
