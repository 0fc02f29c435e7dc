"""Finished executions whose responses people can compare: what the rating app makes studies from.

An execution exports its arms' responses as `samples.jsonl` beside its report; one record a response, with the
fields of `records.Sample` and the query's text and source.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError

REPORTS = Path("mlruns/reports")
SAMPLES_FILE = "samples.jsonl"


@dataclass(frozen=True)
class FinishedStudy:
    """A finished execution: its study's name, where its responses are, and the parent run in MLflow."""

    name: str
    samples: Path
    execution: str | None = None


@dataclass(frozen=True)
class ArmSample:
    """One arm's response to one query. arm: the arm key, such as `rl/5000/2` or `zero_shot`."""

    query_id: str
    query_text: str
    source: str | None
    arm: str
    text: str
    valid: bool


def finished_studies(root: Path = REPORTS) -> list[FinishedStudy]:
    """Every execution below the folder that exported its responses, by name."""
    return [FinishedStudy(path.parent.name, path, _execution(path.parent))
            for path in sorted(root.glob(f"*/{SAMPLES_FILE}"))]


def load_samples(study: FinishedStudy) -> list[ArmSample]:
    """The responses of all arms. Raises InputError that names the line."""
    if not study.samples.is_file():
        raise InputError("the execution is not finished: it has exported no responses", file=str(study.samples),
                         cure="Let python -m harness.run finish first")
    samples = []
    with study.samples.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                samples.append(_sample(line, str(study.samples), number))
    if not samples:
        raise InputError("the file is empty", file=str(study.samples))
    return samples


def _sample(line: str, file: str, number: int) -> ArmSample:
    try:
        row = json.loads(line)
        parts = (row["arm"], row.get("label_budget"), row.get("seed"))
        return ArmSample(query_id=str(row["query_id"]), query_text=str(row["query_text"]), source=row.get("source"),
                         arm="/".join(str(part) for part in parts if part is not None), text=str(row["text"]),
                         valid=bool(row.get("valid", True)))
    except (json.JSONDecodeError, TypeError) as error:
        raise InputError(f"not a JSON record: {error}", file=file, line=number) from None
    except KeyError as error:
        raise InputError("is missing", file=file, line=number, key=str(error.args[0]),
                         cure="A record needs query_id, query_text, arm and text") from None


def _execution(folder: Path) -> str | None:
    results = folder / "results.json"
    if not results.is_file():
        return None
    found = json.loads(results.read_text(encoding="utf-8")).get("execution")
    return str(found) if found else None
