"""The models that stages train as models of MLflow, linked to their runs; they stay where the stage wrote them.

`mlflow.transformers.load_model("runs:/RUN/model")` loads one. In a store on this disk `models:/ID` does as well: the
place that MLflow has for a model's files is a link to the run's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.imports import without_module
from harness.models.mlflow_flavor import MLMODEL_FILE

with without_module("pandas"):
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus

_FOLDER = "model"
LINK = "artifacts"
"""The name of the link in a model's own folder."""
_IS_PENDING = f"status = '{LoggedModelStatus.PENDING.to_int()}'"
"""MLflow keeps a number, and its search (3.x) compares with that, not with its name."""
_CAME_TO_NOTHING = ("FAILED", "KILLED")
_NO_NAME = re.compile(r"[/:.%\"']+")
"""What MLflow refuses in a model's name."""

LocalPath = Callable[[str], Path | None]
"""The folder that an artifact URI names; None for one that a server keeps."""


def begin_model(client: Any, run: Any, work: Path, *, local: LocalPath) -> str | None:
    """Note the model of a stage that is about to be moved from `work` to its run's artifacts; None where it has none.

    run: MLflow's record of the stage's run, whose parameters become the model's.
    """
    if not (work / _FOLDER / MLMODEL_FILE).is_file():
        return None
    run_id = str(run.info.run_id)
    line = f'mlflow.transformers.load_model("runs:/{run_id}/{_FOLDER}")'
    model = client.create_logged_model(
        run.info.experiment_id, name=_NO_NAME.sub("-", run.info.run_name), source_run_id=run_id,
        params=dict(run.data.params),
        tags={"mlflow.note.content": f"`{line}`", "kind": run.data.tags["kind"]},
        model_type="reward model" if run.data.tags["kind"] == "reward_model" else "policy")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=0)])
    _link(local(model.artifact_location), local(run.info.artifact_uri))
    return str(model.model_id)


def models_of(client: Any, experiments: list[str], runs: Iterable[str]) -> dict[str, str]:
    """Run -> the id of the model that it made; of those that made one."""
    wanted = ", ".join(f"'{run}'" for run in runs)
    if not wanted:
        return {}
    found = client.search_logged_models(experiments, filter_string=f"source_run_id IN ({wanted})", max_results=1000)
    return {str(model.source_run_id): str(model.model_id) for model in found}


def settle_models(client: Any, experiment: str, *, local: LocalPath) -> None:
    """Call ready, or delete, the models that a kill left pending. Those of stages that still run stay as they are."""
    for model in client.search_logged_models([experiment], filter_string=_IS_PENDING, max_results=1000):
        status = client.get_run(model.source_run_id).info.status
        if status == "FINISHED":
            client.finalize_logged_model(model.model_id, "READY")
        elif status in _CAME_TO_NOTHING:
            client.delete_logged_model(model.model_id)
            place = local(model.artifact_location)
            if place is not None:
                remove_link(place.parent)


def remove_link(folder: Path) -> None:
    """Remove the folder of a model's link, where its files are no longer."""
    (folder / LINK).unlink(missing_ok=True)
    with suppress(OSError):  # somebody put more into it
        folder.rmdir()


def _link(place: Path | None, artifacts: Path | None) -> None:
    """Relative, so that it holds when the store is moved."""
    if place is None or artifacts is None:
        return
    with suppress(OSError):  # a file system without links: `runs:/` still loads
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.path.relpath(artifacts / _FOLDER, place.parent), target_is_directory=True)
