"""Finds finished executions from which the rating app can make studies for people.

An execution exports its arms' responses as `samples.jsonl` beside its report; one record a response, with the
fields of `records.Sample` and the query's text and source. What people said of them comes back by the same command:
`judged_elsewhere` finds it, and the report is made anew with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.artifacts.outcome import check_listed, is_sealed, sealed
from harness.digests import fingerprint
from harness.disk_full import full_disk
from harness.engine.run_times import RunTimes
from harness.errors import DamagedFile, InputError
from harness.folders import ROOT, check_file_place, check_place
from harness.json_records import MalformedError, from_json, to_json, write_json
from harness.ratings.database import URL_VARIABLE, Database, StoreUnavailable, database_url
from harness.ratings.pairing import ArmSample
from harness.ratings.protocol import StudyKind, StudyProtocol
from harness.ratings.store import open_store
from harness.records import ArmKey, arm_of
from harness.reporting.figure_files import FIGURES_FOLDER
from harness.results.file import RESULTS_FILE, read_results
from harness.results.training_records import RunRow
from harness.statistics.plan import EqualKL
from harness.study.plan import Plan
from harness.study.slices import PeopleSlice

if TYPE_CHECKING:
    from harness.engine.tracking import Tracking

REPORTS = ROOT / "reports"
REPORT_FILE = "report.html"
SAMPLES_FILE = "samples.jsonl"
EXECUTION_FILE = "execution.json"
_ONCE_MORE = "Run the study's command once more"
_SECONDS = 20.0
"""A page waits for MLflow no longer; then its owner presses again."""


@dataclass(frozen=True)
class FinishedStudy:
    """A finished execution: its study's name, where its responses are, and where MLflow keeps it.

    execution: the parent run, in the store at tracking_uri, which is kept without its password; None is the embedded
    one. responses: arm -> fingerprint of its texts. compare_at: where its plan compares trained policies, None for the
    end of training. runs: how each PPO run ended. files: sizes and digests of what was exported, of those that are
    known.
    """

    name: str
    samples: Path
    execution: str | None = None
    tracking_uri: str | None = None
    responses: Mapping[ArmKey, str] = field(default_factory=dict)
    compare_at: EqualKL | None = None
    runs: tuple[RunRow, ...] = ()
    files: Mapping[str, Any] = field(default_factory=dict)

    def fingerprints(self, arms: Iterable[ArmKey]) -> tuple[str, ...]:
        """The fingerprints of these arms' texts; of those that are known."""
        return tuple(sorted(self.responses[arm] for arm in arms if arm in self.responses))


def finished_studies(root: Path = REPORTS) -> tuple[list[FinishedStudy], list[InputError]]:
    """Every execution below the folder that exported its responses, by name; and why others cannot be read."""
    found, unreadable = [], []
    for path in sorted(root.glob(f"*/{SAMPLES_FILE}")):
        try:
            run, files = _read(path.parent / EXECUTION_FILE)
            _check(path.parent, files, RESULTS_FILE)
            results = read_results(path.parent) if (path.parent / RESULTS_FILE).is_file() else None
            found.append(FinishedStudy(
                path.parent.name, path, run.execution, run.tracking_uri, files=files,
                responses={arm_of(name): texts for name, texts in results.responses.items()} if results else {},
                compare_at=results.analysis_plan.planned.compare_at if results else None,
                runs=results.runs if results else ()))
        except InputError as error:
            unreadable.append(error)
    return found, unreadable


def log_seal(study: FinishedStudy, protocol: StudyProtocol, seal: str) -> None:
    """Put the seal of a study that is about to be published into the MLflow run its responses came from.

    Raises InputError where MLflow cannot be reached: then nothing must be published.
    """
    if study.execution is None:
        return
    content = {"study": protocol.name, "seal": seal, "analysis_plan": protocol.plan.digest(),
               "protocol": protocol.as_json()}
    _store_of(study.execution, study.tracking_uri, root=study.samples.parents[2]).log_seal(
        study.execution, json.dumps(content, indent=1), f"seals/{protocol.name}-{seal[:8]}.json")


def _store_of(execution: str, recorded: str | None, *, root: Path) -> Tracking:
    """The store that has an execution: the one beside its report, since a folder may be moved or copied with both, or
    the recorded one. root: the folder of both.
    """
    from harness.engine.patience import Patience
    from harness.engine.sqlite_store import file_of
    from harness.engine.tracking import Tracking, refusals
    from harness.engine.tracking_uri import check_reachable, default_uri, store_exists, with_password

    own = default_uri(root)
    uri = own if recorded is None else with_password(recorded)
    patience = Patience(recorded or own, seconds=_SECONDS)
    if file_of(uri) not in (None, file_of(own)) and store_exists(own):  # harness 0.2 recorded where the own one lay
        store = Tracking(own, root=root, patience=patience)
        with refusals(own):
            if store.has_run(execution):
                return store
    check_reachable(uri)
    return Tracking(uri, root=root, patience=patience)


def judged_elsewhere(plan: Plan) -> list[PeopleSlice]:
    """Unblinded evaluations of this plan's responses that the owner made in the app, by name.

    Raises InputError where there is a rating store and it cannot be read: people's words never go missing silently.
    """
    database = Database(database_url(None))
    planned = {stage.settings.name for stage in plan.stages if isinstance(stage.settings, PeopleSlice)}
    known = set(plan.responses.values())
    try:
        if not database.is_made():
            return []
        store = open_store()
        return [PeopleSlice(name=study.name, report=fingerprint(store.report(study.id)))
                for study in sorted(store.studies(StudyKind.EVALUATION), key=lambda study: study.name)
                if study.state == "unblinded" and not study.simulated and study.name not in planned
                and study.protocol.responses and known.issuperset(study.protocol.responses)]
    except StoreUnavailable as error:
        raise full_disk(error, database.path or ".") or InputError(
            f"the rating store cannot be read: {error}", key=URL_VARIABLE) from None


def load_samples(study: FinishedStudy) -> list[ArmSample]:
    """The responses of all arms. Raises InputError that names the line."""
    if not study.samples.is_file():
        raise InputError("the execution is not finished: it has exported no responses", file=str(study.samples),
                         cure="Let `harness run` finish first")
    _check(study.samples.parent, study.files, SAMPLES_FILE)
    samples = []
    with study.samples.open(encoding="utf-8") as file:
        try:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    samples.append(_sample(line, str(study.samples), number))
        except UnicodeDecodeError as error:
            raise InputError(f"it is not text in UTF-8: {error}", file=str(study.samples)) from None
    if not samples:
        raise InputError("the file is empty", file=str(study.samples))
    return samples


@dataclass(frozen=True)
class _Row:
    """A record of samples.jsonl, as far as raters need it."""

    query_id: str
    query_text: str
    arm: str
    text: str
    source: str | None = None
    label_budget: int | None = None
    seed: int | None = None
    valid: bool = True


def _sample(line: str, file: str, number: int) -> ArmSample:
    try:
        document = json.loads(line)
        # Half a surrogate pair ("\ud800") parses, but neither the store nor a page takes it.
        json.dumps(document, ensure_ascii=False).encode()
        row = from_json(_Row, document)
    except MalformedError as error:
        raise InputError(error.problem, file=file, line=number, key=error.key or None,
                         cure="A record needs query_id, query_text, arm and text") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a JSON record: {error}", file=file, line=number) from None
    return ArmSample(query_id=row.query_id, query_text=row.query_text, source=row.source,
                     arm=ArmKey(row.arm, row.label_budget, row.seed), text=row.text, valid=row.valid)


@dataclass(frozen=True)
class _Execution:
    """What execution.json says: the parent run, and the store it is in where that is not the embedded one; how long
    further training runs would take, where that is known.
    """

    execution: str | None = None
    tracking_uri: str | None = None
    run_times: RunTimes | None = None


def check_output(folder: Path, *, key: str | None) -> None:
    """Raise InputError where a report cannot go there: a file is in a folder's place, or a folder in a file's. key: the
    argument that names it.
    """
    figures = folder / FIGURES_FOLDER
    check_place(figures, key=key)
    for file in (*map(folder.joinpath, (REPORT_FILE, RESULTS_FILE, SAMPLES_FILE, EXECUTION_FILE)), *figures.glob("*")):
        check_file_place(file, key=key)


def write_execution(folder: Path, *, execution: str, tracking_uri: str, files: Mapping[str, Any],
                    run_times: RunTimes | None = None) -> None:
    """execution.json. files: sizes and digests of what was exported beside it, as `outcome.listed` gives them."""
    write_json(folder / EXECUTION_FILE, sealed({
        "execution": execution, "tracking_uri": _uri_to_keep(tracking_uri), "run_times": to_json(run_times),
        "files": files}))


def exported_times(folder: Path) -> RunTimes | None:
    """How long further runs of an exported study would take; None where that is not known. Raises InputError where
    execution.json is damaged.
    """
    return _read(folder / EXECUTION_FILE)[0].run_times


def _uri_to_keep(uri: str) -> str | None:
    """None for the embedded store, and for another below `mlruns/` an address that holds wherever that is moved to."""
    from harness.engine.sqlite_store import file_of, uri_of
    from harness.engine.tracking_uri import default_uri

    file, root = file_of(uri), ROOT.resolve()
    if file is None or not file.is_relative_to(root):
        return uri
    return None if uri_of(file) == default_uri(ROOT) else uri_of(ROOT / file.relative_to(root))


def exported_files(folder: Path) -> tuple[str, ...]:
    """What the last report left in its folder, relative to it; nothing where that is not known."""
    try:
        return tuple(_read(folder / EXECUTION_FILE)[1])
    except InputError:
        return ()


def _read(path: Path) -> tuple[_Execution, Mapping[str, Any]]:
    """What `write_execution` wrote, or what harness 0.2 did, and the digests of the files beside it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        run = from_json(_Execution, document)
    except MalformedError as error:
        raise InputError(error.problem, file=str(path), key=error.key or None, cure=_ONCE_MORE) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a JSON record: {error}", file=str(path), cure=_ONCE_MORE) from None
    if document.keys() - {"execution", "tracking_uri"} and not is_sealed(document):
        raise InputError("its bytes are not those that were written", file=str(path), cure=_ONCE_MORE)
    return run, document.get("files", {})


def _check(folder: Path, files: Mapping[str, Any], name: str) -> None:
    """Raise InputError where an exported file is not as it was written, as far as that is known."""
    try:
        check_listed(folder, {name: files[name]} if name in files else {})
    except DamagedFile as error:
        raise InputError(error.problem, file=error.file, cure=_ONCE_MORE) from None
