"""Looks whether a finished stage's files are where MLflow keeps them, fetches those that a server has, and checks them.

Only 'not found' means that they are absent: a stage whose files are refused is never computed again in silence.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlparse

from filelock import FileLock

from harness.artifacts.outcome import OUTCOME_FILE, check_files
from harness.engine.store_errors import ASK_FOR_ACCESS, NOT_FOUND, http_status, one_line
from harness.errors import DamagedFile, InputError, StoreRefused
from harness.records import ArtifactRef


class ArtifactClient(Protocol):
    """What MLflow's client does with the files of a run."""

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[Any]: ...

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str: ...


class StageFiles:
    """The files of finished stages. downloads: the folder for those that come from a server."""

    def __init__(self, client: ArtifactClient, downloads: Path) -> None:
        self._client, self._downloads = client, downloads
        self._checked: set[ArtifactRef] = set()

    def local(self, artifact_uri: str) -> Path | None:
        """The folder of a run's files in the store itself; None where a server keeps them."""
        return local_path(artifact_uri)

    def place(self, artifact_uri: str, fingerprint: str) -> Path:
        """Where a stage's files are read: in the store itself, or where they are downloaded to."""
        return self.local(artifact_uri) or self._downloads / fingerprint

    def are_there(self, run_id: str, artifact_uri: str, fingerprint: str) -> bool:
        """Whether the run has a stage's outcome. Fetches nothing. Raises StoreRefused where that is not to be known."""
        if _is_file(self.place(artifact_uri, fingerprint) / OUTCOME_FILE):
            return True
        if local_path(artifact_uri) is not None:
            return False
        try:
            return any(found.path == OUTCOME_FILE for found in self._client.list_artifacts(run_id))
        except InputError:
            raise
        except Exception as error:  # each kind of artifact store has its own
            if http_status(error) == NOT_FOUND:
                return False
            raise _not_given(fingerprint, artifact_uri, error) from error

    def fetch(self, ref: ArtifactRef) -> Path:
        """The folder of a stage's files, which are there when this returns, and as they were written: they are read
        for that once. Raises StoreRefused, and DamagedFile.
        """
        folder = Path(ref.path)
        if ref in self._checked:
            return folder
        if folder.parent != self._downloads:
            _check_readable(folder)
            check_files(folder)
        else:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_name(f"{folder.name}.lock")):
                self._fetch_whole(ref, folder)
        self._checked.add(ref)
        return folder

    def _fetch_whole(self, ref: ArtifactRef, folder: Path) -> None:
        """A copy that is damaged is fetched once more: then it is the server that has no better one."""
        if _is_file(folder / OUTCOME_FILE):
            try:
                check_files(folder)
                return
            except DamagedFile:
                shutil.rmtree(folder)
        self._download(ref, folder)
        check_files(folder)

    def _download(self, ref: ArtifactRef, folder: Path) -> None:
        part = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            self._client.download_artifacts(ref.run_id or "", "", str(part))
        except InputError:
            raise
        except Exception as error:  # each kind of artifact store has its own
            raise _not_given(ref.fingerprint, f"run {ref.run_id}", error) from error
        if not (part / OUTCOME_FILE).is_file():
            raise StoreRefused(f"the files of the finished stage {ref.fingerprint[:12]} are no longer there",
                               file=f"run {ref.run_id}", cure="Give the same command again: it looks anew.")
        part.rename(folder)


def local_path(artifact_uri: str) -> Path | None:
    """The folder that an artifact URI names; None for one that a server keeps."""
    parsed = urlparse(artifact_uri)
    return Path(unquote(parsed.path)) if parsed.scheme in ("", "file") else None


def _not_given(fingerprint: str, place: str, error: Exception) -> StoreRefused:
    return StoreRefused(f"the artifact store does not give the files of the finished stage {fingerprint[:12]} "
                        f"({one_line(error)})", file=place, cure=ASK_FOR_ACCESS)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:
        raise _unreadable(path) from None


def _check_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not os.access(path, os.R_OK | os.X_OK if path.is_dir() else os.R_OK):
            raise _unreadable(path)


def _unreadable(path: Path) -> StoreRefused:
    return StoreRefused("this user may not read it", file=str(path),
                        cure="Ask its owner for access, for example by `chmod -R g+rX` on the folder of artifacts.")
