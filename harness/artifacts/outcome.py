"""outcome.json, the last file that a finished stage writes: its summary, its environment, digests of all its files.

The digests are those of `durable`, and the file holds one of itself. Older files hold none: nothing is said of them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.durable import piece_digests, sync
from harness.errors import DamagedFile
from harness.json_records import MalformedError, from_json
from harness.records import Done, Environment

OUTCOME_FILE = "outcome.json"
_OLDER = ({"summary"}, {"summary", "environments"})


def write_outcome(folder: Path, outcome: Done) -> None:
    """From now on the stage in this folder is done. Its files are on the disk before that is."""
    place, temporary = folder / OUTCOME_FILE, folder / f"{OUTCOME_FILE}.part"
    inside = sorted(path for path in folder.rglob("*") if path not in (place, temporary))
    for path in (*inside, folder):
        sync(path)
    document = sealed({**asdict(outcome), "files": listed(folder, (path for path in inside if path.is_file()))})
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(place)
    sync(folder)


def read_outcome(folder: Path) -> Done | None:
    """What the stage in this folder ended with; None where it is not done. Older files name no environments.

    Raises DamagedFile.
    """
    if not (folder / OUTCOME_FILE).is_file():
        return None
    try:
        return from_json(Done, {"environments": {}, **_document(folder)})
    except MalformedError as error:  # of an older file, which has no digest of itself
        raise DamagedFile(error.problem, file=str(folder / OUTCOME_FILE), key=error.key) from None


def check_files(folder: Path) -> None:
    """Raise DamagedFile for the first file of a finished stage that is not as it was written; read all of them."""
    check_listed(folder, _document(folder).get("files", {}))


def listed(folder: Path, files: Iterable[Path]) -> dict[str, Any]:
    """Path relative to the folder -> size in bytes and SHA-256 of each piece, of each file."""
    sizes = {path: path.stat().st_size for path in files}
    digests = piece_digests(sizes)
    return {path.relative_to(folder).as_posix(): {"size": size, "sha256": list(digests[path])}
            for path, size in sizes.items()}


def check_listed(folder: Path, files: Mapping[str, Any]) -> None:
    """Raise DamagedFile for the first of these files that is not as it was when `listed` gave this."""
    sizes = {}
    for name, found in files.items():
        path = folder / name
        try:
            size = path.stat().st_size
        except OSError as error:
            raise DamagedFile(f"cannot be read ({error.strerror})", file=str(path)) from None
        if size != found["size"]:
            raise DamagedFile(f"has {size:,} bytes, and {found['size']:,} were written", file=str(path))
        sizes[path] = size
    try:
        digests = piece_digests(sizes)
    except OSError as error:
        raise DamagedFile(f"cannot be read ({error.strerror})", file=str(error.filename)) from None
    for name, found in files.items():
        if list(digests[folder / name]) != found["sha256"]:
            raise DamagedFile("its bytes are not those that were written", file=str(folder / name))


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


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object with a digest of the rest of it, by which `is_sealed` knows it again."""
    return {**document, "digest": _digest(document)}


def is_sealed(document: Mapping[str, Any]) -> bool:
    """Whether this is what `sealed` gave."""
    return document.get("digest") == _digest({key: value for key, value in document.items() if key != "digest"})


def _digest(document: Mapping[str, Any]) -> str:
    # Not `digests.canonical_json`: a summary may hold a NaN.
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _document(folder: Path) -> dict[str, Any]:
    path = folder / OUTCOME_FILE
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DamagedFile(f"cannot be read ({error.strerror})", file=str(path)) from None
    except (ValueError, RecursionError):
        raise DamagedFile("is no longer JSON", file=str(path)) from None
    if not isinstance(document, dict) or not (is_sealed(document) or document.keys() in _OLDER):
        raise DamagedFile("its bytes are not those that were written", file=str(path))
    return document
