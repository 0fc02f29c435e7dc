"""The one place where results are written and read: results.json, people's results, measure.json and outcomes.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from harness.digests import canonical_json
from harness.errors import InputError, look_for, readable_inputs
from harness.json_records import MalformedError, from_json, to_json, write_json
from harness.results.former import reproduced_by, upgraded
from harness.results.people_records import PeopleResults
from harness.results.records import VERSION, Outcomes, Results
from harness.results.text_records import Measured

T = TypeVar("T")

RESULTS_FILE = "results.json"
PEOPLE_FILE = "people.json"
MEASURE_FILE = "measure.json"
OUTCOMES_FILE = "outcomes.json"


def write_results(folder: Path, results: Results) -> None:
    """results.json of a study."""
    write_json(folder / RESULTS_FILE, to_json(results))


def read_results(folder: Path) -> Results:
    """What `write_results` wrote. Raises InputError for another version or a broken file."""
    path = folder / RESULTS_FILE
    document = _document(path)
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(document, dict) and version != VERSION:
        of = "harness 0.1" if version is None else f"version {version!r}"
        raise InputError(f"these results are of {of}, and this harness reads version {VERSION}", file=str(path),
                         key="version", cure="Run the study's command once more: it makes them anew")
    return _record(Results, document, str(path))


def write_people(folder: Path, results: PeopleResults) -> None:
    """people.json: the results of one evaluation, for the report."""
    write_json(folder / PEOPLE_FILE, to_json(results))


def read_people(folder: Path) -> PeopleResults:
    """What `write_people` wrote, in this version or the former one. Raises InputError for a broken file."""
    path = folder / PEOPLE_FILE
    return _people(_document(path), str(path))


def people_text(results: PeopleResults) -> str:
    """The canonical JSON that is filed in the rating store: the same results give the same bytes."""
    return canonical_json(to_json(results))


def people_of_text(text: str, *, study: str) -> PeopleResults:
    """The results that were filed in the rating store for this study, in this version or the former one.

    Raises InputError where that is not what was filed.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError(f"the filed report is not JSON: {error}", file=study) from None
    return _people(document, study)


def reproduces(filed: str, text: str) -> bool:
    """Whether the text of `people_text` is what was filed, but for the last bits of its numbers; or says all that a
    report of a former version says.
    """
    if filed == text:
        return True
    try:
        return reproduced_by(json.loads(filed), json.loads(text))
    except ValueError:
        return False


def write_measured(folder: Path, measured: Measured) -> None:
    """measure.json of one arm."""
    write_json(folder / MEASURE_FILE, to_json(measured))


def read_measured(folder: Path) -> Measured:
    """What `write_measured` wrote."""
    path = folder / MEASURE_FILE
    return _record(Measured, _document(path), str(path))


def write_outcomes(folder: Path, outcomes: Outcomes) -> None:
    """outcomes.json of the simulated judge."""
    write_json(folder / OUTCOMES_FILE, to_json(outcomes))


def read_outcomes(folder: Path) -> Outcomes:
    """What `write_outcomes` wrote."""
    path = folder / OUTCOMES_FILE
    return _record(Outcomes, _document(path), str(path))


def _people(document: Any, file: str) -> PeopleResults:
    try:
        return _record(PeopleResults, upgraded(document), file)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"these are not people's results: {error!r}", file=file) from None


def _document(path: Path) -> Any:
    look_for(path)
    try:
        with readable_inputs():
            return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a JSON record: {error}", file=str(path),
                         cure="Run the study's command once more") from None


def _record(kind: type[T], document: Any, file: str) -> T:
    cure = "Run the study's command once more"
    try:
        return from_json(kind, document)
    except MalformedError as error:
        raise InputError(error.problem, file=file, key=error.key, cure=cure) from None
    except ValueError as error:  # what a record itself refuses, such as a confidence of 2
        raise InputError(str(error), file=file, cure=cure) from None
