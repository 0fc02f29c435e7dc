"""What an error of MLflow, its database or its artifact store means: refused, not there, or nobody answers."""

from __future__ import annotations

import errno
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from typing import cast

from harness.disk_full import full_disk
from harness.engine.sqlite_store import file_of
from harness.errors import DamagedFile, InputError, StoreRefused
from harness.passwords import without_password, without_password_of
from harness.sqlite_files import damage_of

REFUSALS = (401, 403)
NOT_FOUND = 404
ASK_FOR_ACCESS = ("Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, or what its "
                  "artifact store asks for; or ask who runs it for access.")
_UNKNOWN = 500
"""What MLflow calls an error that it only passes on."""
_LONGEST = 300

_REFUSAL_TEXT = re.compile(
    r"\b(401|403|forbidden|unauthori[sz]ed|unauthenticated|(access|permission)[ _]?denied|not authori[sz]ed)\b",
    re.IGNORECASE)
"""How the body of an answer says it. MLflow's client keeps the body and drops the status where it is JSON of a form
that it does not know, as a gateway's before the server is."""

_MORE_ACCESS = "Ask its owner for access, for example by `chmod -R g+rwX mlruns`."
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DAMAGED_TEXT = re.compile(r"no such (table|column)|could not decode to UTF-8", re.IGNORECASE)
"""How SQLite meets flipped bits in its tables' names and in texts. Which version made them, MLflow checks before."""
_NOT_ALLOWED_TEXT = re.compile(r"readonly database|unable to open database")

AWAY_STATUS = frozenset({408, 429, 500, 502, 503, 504})
_AWAY = frozenset({"ConnectionError", "Timeout", "TimeoutError", "RetryError", "ChunkedEncodingError",
                   "HTTPClientError"})
"""Names of what requests, botocore and Python raise where nobody answers. (RetryError: a status of MLflow's list.)"""
_AWAY_TEXT = re.compile(
    r"too many \d+ error responses|Max retries exceeded|timed out|Connection (refused|reset|aborted|broken)|"
    r"not in a valid JSON format")
"""The same where MLflow passes on no more than the text of several errors, or a proxy answers in the server's place."""
_REASON = re.compile(r"\[Errno -?\d+\] ([^'\")\]]+)|too many (\d+) error responses|"
                     r"(Read timed out|Remote end closed connection|Connection (?:refused|reset|aborted|broken))")


def http_status(error: BaseException) -> int | None:
    """The HTTP status that an error of MLflow, requests or boto comes from, where it is known."""
    found = (_own_status(each) for each in chain(error))
    return next((status for status in found if status not in (None, _UNKNOWN)), None)


def is_refused(error: BaseException) -> bool:
    """Whether somebody answered that this user may not."""
    return http_status(error) in REFUSALS


def is_away(error: BaseException) -> bool:
    """Whether nobody answered, or only somebody in the server's place; the same question may be answered later."""
    for each in chain(error):
        if isinstance(each, InputError) or is_refused(each):
            return False
        if isinstance(each, sqlite3.Error):
            return "locked" in str(each)
        if _AWAY & {kind.__name__ for kind in type(each).__mro__}:
            return True
    return http_status(error) in AWAY_STATUS or _AWAY_TEXT.search(str(error)) is not None


def damage(error: BaseException, uri: str) -> DamagedFile | None:
    """What is to be said where SQLite finds the file of the store at this URI damaged; None for any other error."""
    for each in chain(error):
        if isinstance(each, sqlite3.Error) and (_primary_code(each) in _DAMAGED or _DAMAGED_TEXT.search(str(each))):
            return damaged(str(each), uri)
    return None


def damaged(what: str, uri: str) -> DamagedFile:
    """The file of the store at this URI is damaged, as SQLite puts it."""
    return DamagedFile(f"the MLflow store is damaged ({what})", file=uri.removeprefix("sqlite:///"),
                       cure="Put a copy of it back; or move it away, and what was finished is computed again; or name "
                            "another store with --tracking-uri.")


def check_pages(uri: str) -> None:
    """Raise DamagedFile for a SQLite store with a damaged page, also one that MLflow does not read to open it."""
    file = file_of(uri)
    found = None if file is None else damage_of(file)
    if found is not None:
        raise damaged(found, uri)


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF


def refusal(error: BaseException, uri: str) -> InputError | None:
    """What is to be said where the store at this URI, its database or the disk does not allow something, or the
    database is damaged; None where it is another error, or is said already.
    """
    if isinstance(error, InputError):
        return None
    if is_refused(error):
        return StoreRefused(f"the tracking server refuses ({without_password_of(uri, one_line(error))})",
                            file=without_password(uri), cure=ASK_FOR_ACCESS)
    if (full := full_disk(error, uri.removeprefix("sqlite:///"))) is not None:
        return full
    for each in chain(error):
        if isinstance(each, sqlite3.OperationalError) and _NOT_ALLOWED_TEXT.search(str(each)):
            return StoreRefused(f"the MLflow store cannot be written ({each})", file=without_password(uri),
                                cure=_MORE_ACCESS)
        if isinstance(each, OSError) and each.errno in _NOT_ALLOWED:
            return StoreRefused(os.strerror(each.errno).lower(), file=each.filename and str(each.filename),
                                cure=_MORE_ACCESS)
    return damage(error, uri)


def reason(error: BaseException) -> str:
    """Why nobody answered, in a few words."""
    found = next((match for each in chain(error) if (match := _REASON.search(str(each)))), None)
    if found is None:
        return one_line(error)
    return found[1] or found[3] or f"status {found[2]}"


def one_line(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what it comes from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _own_status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return cast(int | None, response.get("ResponseMetadata", {}).get("HTTPStatusCode"))
    if response is not None:
        return int(response.status_code)
    status = int(error.get_http_status_code()) if hasattr(error, "get_http_status_code") else None
    body = getattr(error, "json", None)
    if status == _UNKNOWN and isinstance(body, dict) and _REFUSAL_TEXT.search(json.dumps(body)):
        return REFUSALS[-1]
    return status
