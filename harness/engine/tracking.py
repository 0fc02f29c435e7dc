"""Reads and writes MLflow, which keeps the runs of all studies.

Only the process of `harness run` writes to it, never a worker.

One experiment a study; one parent run an execution; under it one run for each arm and one for each stage.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from harness.artifacts.log import METRICS_FILE, read_metrics
from harness.artifacts.outcome import OUTCOME_FILE
from harness.engine.batches import log_batch, log_steps
from harness.engine.data_sets import data_sets, log_data_sets
from harness.engine.logged_models import begin_model, models_of, settle_models
from harness.engine.moving import move_folder
from harness.engine.opening import artifacts_below, look_into, open_store
from harness.engine.patience import Patience
from harness.engine.stage_files import StageFiles, local_path
from harness.engine.stage_usage import usage_metrics
from harness.engine.store_errors import NOT_FOUND, http_status, one_line, refusal
from harness.engine.stored_runs import CLEANED_TAG, DAMAGED_TAG, StoredRuns
from harness.errors import InputError
from harness.imports import without_module
from harness.passwords import without_password
from harness.records import ArtifactRef, Done
from harness.study.stage import Stage

with without_module("pandas"):
    from mlflow.entities import Run
    from mlflow.exceptions import MlflowException

NEWEST = 250
"""Reading a run takes a tenth of the time of looking for one."""


@contextmanager
def refusals(uri: str) -> Iterator[None]:
    """What the store at this URI, or the disk, does not allow inside is raised as StoreRefused."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # each kind of artifact store has its own
        refused = refusal(error, uri)
        if refused is None:
            raise
        raise refused from None


class Tracking:
    """One study's place in MLflow. root: the folder for work in progress, locks and local artifacts.

    uri: without the password, as it may be shown and kept.
    """

    def __init__(self, uri: str, *, root: Path, patience: Patience | None = None, writes: bool = True) -> None:
        """writes: False for a look that leaves nothing behind, also where nothing can be written."""
        patience = patience or Patience(without_password(uri))
        self.root, self._copy = root, None if writes else tempfile.TemporaryDirectory()
        with refusals(uri):
            self.uri, self._client, self._experiments, self._lock = open_store(uri, root, patience) \
                if self._copy is None else look_into(uri, root, patience, Path(self._copy.name))
        self._files = StageFiles(self._client, (root / "downloads").resolve())
        self._logged: dict[str, int] = {}

    def experiment(self, name: str) -> str:
        """The experiment's id; made on first use. Local stores keep artifacts below the root."""
        with self._lock:
            found = self._client.get_experiment_by_name(name)
            if found is not None:
                if found.lifecycle_stage != "active":
                    self._client.restore_experiment(found.experiment_id)
                experiment = str(found.experiment_id)
            else:
                local = self.uri.startswith("sqlite://")
                location = artifacts_below(self.root).as_uri() if local else None
                experiment = self._new_experiment(name, location)
        if experiment not in self._experiments:
            self._experiments.append(experiment)
        return experiment

    def describe(self, experiment: str, tags: Mapping[str, str]) -> None:
        """Set an experiment's tags, as far as they are others."""
        there = self._client.get_experiment(experiment).tags
        for key in tags:
            if there.get(key) != tags[key]:
                self._client.set_experiment_tag(experiment, key, tags[key])

    def _new_experiment(self, name: str, location: str | None) -> str:
        try:
            return str(self._client.create_experiment(name, artifact_location=location))
        except MlflowException:  # another machine was faster, or the answer to a first try was lost
            found = self._client.get_experiment_by_name(name)
            if found is None:
                raise
            return str(found.experiment_id)

    def finished(self, fingerprint: str) -> ArtifactRef | None:
        """The finished run of a stage with this fingerprint, in any experiment, if its files are still there."""
        return self._kept(fingerprint, self._originals(f" and tags.fingerprint = '{fingerprint}'", most=5))

    def finished_among(self, fingerprints: Iterable[str]) -> dict[str, ArtifactRef]:
        """The same for many stages. Most are among the newest runs, which are read at once, the others one by one."""
        newest: dict[str, list[Run]] = {}
        for run in self._originals(most=NEWEST):
            newest.setdefault(run.data.tags.get("fingerprint", ""), []).append(run)
        found = {fingerprint: self._kept(fingerprint, newest.get(fingerprint, [])) or self.finished(fingerprint)
                 for fingerprint in fingerprints}
        return {fingerprint: ref for fingerprint, ref in found.items() if ref is not None}

    def _originals(self, further: str = "", *, most: int) -> list[Run]:
        return list(self._client.search_runs(
            self._experiments, max_results=most, order_by=["attributes.end_time DESC"],
            filter_string=f"attributes.status = 'FINISHED' and tags.is_original = 'true'{further}"))

    def _kept(self, fingerprint: str, runs: Iterable[Run]) -> ArtifactRef | None:
        """The first of a stage's runs whose files are still there, and are not about to be cleaned away."""
        for run in runs:
            if CLEANED_TAG in run.data.tags:
                continue
            run_id, artifact_uri = run.info.run_id, run.info.artifact_uri
            if self._files.are_there(run_id, artifact_uri, fingerprint):
                return ArtifactRef(fingerprint, str(self._files.place(artifact_uri, fingerprint)), run_id)
        return None

    def fetch(self, ref: ArtifactRef) -> Path:
        """The folder of a finished stage's files, fetched and checked. Raises StoreRefused, and DamagedFile."""
        return self._files.fetch(ref)

    def stored_runs(self) -> StoredRuns:
        """All runs of this store and their files."""
        return StoredRuns(self._client, self._files)

    def give_up(self, ref: ArtifactRef, why: str) -> None:
        """From now on the run is not found as a finished stage."""
        assert ref.run_id is not None
        self.set_tags(ref.run_id, {"is_original": "false", DAMAGED_TAG: why})

    def begin_run(self, experiment: str, name: str, *, parent: str | None = None, tags: Mapping[str, str],
                  params: Mapping[str, object] | None = None) -> str:
        """Start a run; returns its id."""
        all_tags = {"mlflow.runName": name, **tags}
        if parent is not None:
            all_tags["mlflow.parentRunId"] = parent
        run_id = str(self._client.create_run(experiment, tags=all_tags).info.run_id)
        log_batch(self._client, run_id, params=params)
        return run_id

    def record_run(self, experiment: str, name: str, *, parent: str, tags: Mapping[str, str],
                   params: Mapping[str, object] | None = None, metrics: Mapping[str, float] | None = None,
                   model: str | None = None) -> None:
        """Write a run that is over already. Its figures go in one piece: each call costs as much as all of them."""
        run_id = self.begin_run(experiment, name, parent=parent, tags=tags)
        log_batch(self._client, run_id, params=params, metrics=metrics, model=model)
        self.end_run(run_id)

    def finish_stage(self, run_id: str, stage: Stage, work: Path, outcome: Done) -> ArtifactRef:
        """Log what is not logged yet, move the stage's folder to its place, and only then call the run finished.

        What the stage was computed with are parameters of its run: MLflow filters by them, and compares runs by them.
        """
        self.log_new_metrics(run_id, work)
        run = self._client.get_run(run_id)
        model = begin_model(self._client, run, work, local=self._files.local)
        log_data_sets(self._client, run_id, data_sets(stage, work, outcome))
        own = outcome.environments.get(stage.name)
        figures = {**{f"summary/{key}": value for key, value in outcome.summary.items()}, **usage_metrics(work)}
        log_batch(self._client, run_id, params=asdict(own) if own else {}, metrics=figures, model=model,
                  tags={"host": own.host} if own else {})
        for table in sorted(work.glob("*.table.json")):
            self._client.set_tag(run_id, "mlflow.loggedArtifacts", json.dumps([{"path": table.name, "type": "table"}]))
        artifact_uri = str(run.info.artifact_uri)
        target = self._files.place(artifact_uri, stage.fingerprint)
        if local_path(artifact_uri) is not None:
            move_folder(work, target)
            self.end_run(run_id)
        else:
            self._client.log_artifacts(run_id, str(work))
            self.end_run(run_id)
            move_folder(work, target)  # a download that need not be made; until here a next try needs it where it was
        if model is not None:
            self._client.finalize_logged_model(model, "READY")
        return ArtifactRef(fingerprint=stage.fingerprint, path=str(target), run_id=run_id)

    def models_of(self, run_ids: Iterable[str]) -> dict[str, str]:
        """By run the id of the model that a stage made."""
        return models_of(self._client, self._experiments, run_ids)

    def settle_models(self, experiment: str) -> None:
        """After a kill, once the runs that it left were ended: their models are ready, or deleted."""
        settle_models(self._client, experiment, local=self._files.local)

    def log_new_metrics(self, run_id: str, work: Path) -> None:
        """Forward the records of a stage's metrics file that this run has not got yet."""
        fresh = [record for record in read_metrics(work / METRICS_FILE)
                 if record["step"] > self._logged.get(run_id, -1)]
        log_steps(self._client, run_id, fresh)
        if fresh:
            self._logged[run_id] = fresh[-1]["step"]

    def log_metrics(self, run_id: str, values: Mapping[str, float], *, tags: Mapping[str, str] | None = None,
                    model: str | None = None) -> None:
        """Single figures of a run; only finite ones exist in MLflow's plots, so only those are given.

        model: the id of the one that they are about.
        """
        log_batch(self._client, run_id, metrics=values, tags=tags, model=model)

    def set_tags(self, run_id: str, tags: Mapping[str, str]) -> None:
        log_batch(self._client, run_id, tags=tags)

    def log_files(self, run_id: str, folder: Path, files: Iterable[Path]) -> None:
        """Files below the folder, as artifacts at the same places."""
        for file in files:
            inside = file.parent.relative_to(folder).as_posix()
            self._client.log_artifact(run_id, str(file), None if inside == "." else inside)

    def log_text(self, run_id: str, text: str, name: str) -> None:
        self._client.log_text(run_id, text, name)

    def log_seal(self, run_id: str, text: str, name: str) -> None:
        """The same from the owner's page. Raises InputError where MLflow takes no such file, or has lost the run."""
        try:
            self.log_text(run_id, text, name)
        except MlflowException as error:
            raise InputError(f"MLflow does not take {name}: {one_line(error)}") from None

    def end_run(self, run_id: str, status: str = "FINISHED") -> None:
        self._client.set_terminated(run_id, status=status)

    def end_orphans(self, experiment: str, parent: str) -> None:
        """Runs that still say RUNNING below one whose owner is known to be gone were killed; but a stage whose folder
        is in its place already lacked nothing but this word.
        """
        for run in self._client.search_runs(
                [experiment], filter_string=f"tags.mlflow.parentRunId = '{parent}' and attributes.status = 'RUNNING'"):
            self.end_orphans(experiment, run.info.run_id)
            place = local_path(run.info.artifact_uri)
            done = place is not None and (place / OUTCOME_FILE).is_file()
            self.end_run(run.info.run_id, "FINISHED" if done else "KILLED")

    def delete_doubles(self) -> None:
        """Delete runs that a slow server made twice."""
        self._client.delete_doubles()

    def has_run(self, run_id: str) -> bool:
        """Whether the store knows a run."""
        try:
            self._client.get_run(run_id)
        except MlflowException as error:
            if http_status(error) != NOT_FOUND:
                raise
            return False
        return True

    def running_executions(self, experiment: str) -> list[str]:
        """Ids of parent runs that still say RUNNING."""
        runs = self._client.search_runs(
            [experiment], filter_string="tags.level = 'execution' and attributes.status = 'RUNNING'")
        return [str(run.info.run_id) for run in runs]
