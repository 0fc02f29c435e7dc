"""outcome.json, the last file that a finished stage writes: its summary, and what it was computed with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from harness.records import Done, Environment

OUTCOME_FILE = "outcome.json"


def write_outcome(folder: Path, outcome: Done) -> None:
    """From now on the stage in this folder is done."""
    temporary = folder / f"{OUTCOME_FILE}.part"
    temporary.write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    temporary.rename(folder / OUTCOME_FILE)


def read_outcome(folder: Path) -> Done | None:
    """What the stage in this folder ended with; None where it is not done. Older files name no environments."""
    path = folder / OUTCOME_FILE
    if not path.is_file():
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    return Done(summary=document["summary"], environments={
        stage: Environment(**fields) for stage, fields in document.get("environments", {}).items()})


def summary_of(folder: Path) -> dict[str, float]:
    """The summary of the finished stage in this folder."""
    outcome = read_outcome(folder)
    assert outcome is not None, "only finished stages are inputs"
    return outcome.summary


def environments_of(folders: Iterable[Path]) -> dict[str, Environment]:
    """What these stages, and all stages before them, were computed with, by their names; of those that say it."""
    outcomes = (read_outcome(folder) for folder in folders)
    return {stage: found for outcome in outcomes if outcome is not None
            for stage, found in outcome.environments.items()}
