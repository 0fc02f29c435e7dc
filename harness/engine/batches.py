"""Writes the parameters, figures and tags of a run in as few calls as MLflow allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.imports import without_module

with without_module("pandas"):
    from mlflow.entities import Metric, Param, RunTag

_MOST_PARAMS, _MOST_METRICS = 100, 1000
_LONGEST_PARAM = 6000


def log_batch(client: Any, run_id: str, *, params: Mapping[str, object] | None = None,
              metrics: Mapping[str, float] | None = None, tags: Mapping[str, str] | None = None,
              model: str | None = None) -> None:
    """client: MLflow's. metrics: figures without steps. model: the id of the one that they are about."""
    rows = [Param(key, str(value)[:_LONGEST_PARAM]) for key, value in (params or {}).items()]
    figures = [Metric(key, float(value), timestamp=0, step=0, model_id=model) for key, value in (metrics or {}).items()]
    marks = [RunTag(key, value) for key, value in (tags or {}).items()]
    for start in range(0, max(len(rows), min(1, len(figures) + len(marks))), _MOST_PARAMS):
        client.log_batch(run_id, params=rows[start:start + _MOST_PARAMS], metrics=figures, tags=marks)
        figures, marks = [], []


def log_steps(client: Any, run_id: str, records: Iterable[Mapping[str, Any]]) -> None:
    """The records of a stage's metrics file."""
    rows = [Metric(key, float(value), record["time"], record["step"])
            for record in records for key, value in record["metrics"].items()]
    for start in range(0, len(rows), _MOST_METRICS):
        client.log_batch(run_id, metrics=rows[start:start + _MOST_METRICS])
