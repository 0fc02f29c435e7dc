"""Lists what MLflow keeps of executions and stages, deleted runs too, and marks stages whose files were removed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from harness.engine.stage_files import StageFiles
from harness.engine.store_errors import NOT_FOUND, http_status

CLEANED_TAG = "cleaned"
"""On the run of a stage whose files `harness clean` removed: when, and how much it was. Such a stage is computed anew.
"""
DAMAGED_TAG = "damaged"
"""On the run of a stage whose files are not as they were written: which, and how. Such a stage is computed anew, too.
"""
_PAGE = 1000
_ALL = 3
"""MLflow's `ViewType.ALL`: runs and experiments, be they deleted or not."""


class RunClient(Protocol):
    """What MLflow's client does with runs."""

    def search_experiments(self, view_type: int) -> Any: ...

    def search_runs(self, experiment_ids: list[str], filter_string: str, run_view_type: int, max_results: int,
                    order_by: list[str] | None, page_token: str | None) -> Any: ...

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str: ...

    def set_tag(self, run_id: str, key: str, value: str) -> None: ...

    def delete_logged_model(self, model_id: str) -> None: ...


@dataclass(frozen=True)
class StoredRun:
    """A run of an execution or a stage.

    folder: of its files, None where a server keeps them. began: seconds since 1970. active: nobody deleted it.
    """

    run_id: str
    experiment: str
    status: str
    began: float
    active: bool
    folder: Path | None
    tags: Mapping[str, str]

    @property
    def execution(self) -> str:
        """The execution that a stage's run belongs to. In older stores it is the run right above."""
        return self.tags.get("execution") or self.tags.get("mlflow.parentRunId", "")

    @property
    def kind(self) -> str:
        return self.tags.get("kind", "")

    @property
    def fingerprint(self) -> str:
        return self.tags.get("fingerprint", "")


class StoredRuns:
    """The runs of a store. files: where it keeps what they wrote."""

    def __init__(self, client: RunClient, files: StageFiles) -> None:
        self._client, self._files = client, files

    def of_level(self, level: Literal["execution", "stage"], *, running: bool = False) -> list[StoredRun]:
        """All runs of a level. running: only those that are not over."""
        experiments = [found.experiment_id for found in self._client.search_experiments(view_type=_ALL)]
        only = " and attributes.status = 'RUNNING'" if running else ""
        found: list[StoredRun] = []
        token = None
        while True:
            page = self._client.search_runs(experiments, f"tags.level = '{level}'{only}", _ALL, _PAGE, None, token)
            found += map(self._stored, page)
            token = page.token
            if not token:
                return found

    def text(self, run: StoredRun, name: str) -> str | None:
        """A file that a run wrote; None where it has not."""
        if run.folder is not None:
            file = run.folder / name
            return file.read_text(encoding="utf-8") if file.is_file() else None
        with tempfile.TemporaryDirectory() as folder:
            try:
                path = self._client.download_artifacts(run.run_id, name, folder)
            except Exception as error:  # each kind of artifact store has its own
                if http_status(error) == NOT_FOUND:
                    return None
                raise
            return Path(path).read_text(encoding="utf-8")

    def mark_cleaned(self, run: StoredRun, what: str) -> None:
        """Say in MLflow that a stage's files are gone. A deleted run takes no tag, and nobody looks for it."""
        if run.active:
            self._client.set_tag(run.run_id, CLEANED_TAG, what)

    def delete_model(self, model_id: str) -> None:
        """The model whose files are gone; somebody may have deleted it before."""
        try:
            self._client.delete_logged_model(model_id)
        except Exception as error:  # each kind of store has its own
            if http_status(error) != NOT_FOUND:
                raise

    def _stored(self, run: Any) -> StoredRun:
        info, tags = run.info, dict(run.data.tags)
        return StoredRun(info.run_id, info.experiment_id, info.status, info.start_time / 1000,
                         info.lifecycle_stage == "active",
                         self._files.local(info.artifact_uri), tags)
