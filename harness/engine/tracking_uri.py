"""The address of MLflow's store: whether one answers there, and how the harness signs in. Does without MLflow, which
takes seconds to import: a wrong address is said before.
"""

from __future__ import annotations

import base64
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from harness.engine.sqlite_store import file_of, uri_of
from harness.engine.store_errors import ASK_FOR_ACCESS, AWAY_STATUS, REFUSALS
from harness.engine.writable import check_database
from harness.errors import InputError, StoreRefused, StoreUnreachable, look_for
from harness.passwords import user_and_password, without_password

_SECONDS = 15
"""So long an address may take to answer at first."""


def check_reachable(uri: str) -> None:
    """Raise InputError unless a store can answer at this URI, now: an address may be mistyped. Writes nothing."""
    if is_server(uri):
        uri = signed_in(uri)
        try:
            _check_address(uri)
            with urllib.request.urlopen(urllib.request.Request(
                    f"{uri.rstrip('/')}/health", headers=_authorization()), timeout=_SECONDS):
                return
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            raise _unreached(uri, error) from None
    if uri != "databricks" and not uri.startswith("databricks://"):
        check_database(uri)


def _check_address(uri: str) -> None:
    """Raise ValueError for an address at which no server can ever answer."""
    address = urlsplit(uri)
    if not address.hostname:
        raise ValueError("no host given")
    if address.port == 0:  # one past 65535 is refused where it is read
        raise ValueError("there is no port 0")


def _unreached(uri: str, error: Exception) -> InputError:
    reason, status = getattr(error, "reason", error), getattr(error, "code", None)
    if status in REFUSALS:
        return StoreRefused(f"the tracking server refuses ({reason})", file=uri, cure=ASK_FOR_ACCESS)
    wrong = isinstance(error, ValueError | http.client.InvalidURL) or (status is not None and status not in AWAY_STATUS)
    return (InputError if wrong else StoreUnreachable)(
        f"no MLflow server answers at {uri} ({reason})", file="--tracking-uri",
        cure="Start it, or leave the option out to use the embedded store.")


def default_uri(root: Path) -> str:
    """The embedded store below the given folder."""
    return uri_of(Path(os.path.realpath(root / "mlflow.db")))


def store_exists(uri: str) -> bool:
    """Whether reading from the store would create nothing new. Raises InputError where the file is none."""
    file = file_of(uri)
    return file is None or look_for(file, key="--tracking-uri")


def is_server(uri: str) -> bool:
    """Whether MLflow is asked over HTTP there."""
    return uri.lower().startswith(("http://", "https://"))


def signed_in(uri: str) -> str:
    """The server's URI without user and password. They go where MLflow's client looks for them."""
    signed_in = user_and_password(uri)
    if signed_in is not None and signed_in[1]:
        os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"] = signed_in
    return without_password(uri)


def with_password(uri: str) -> str:
    """The URI in MLFLOW_TRACKING_URI where it is this one with its password, which is kept nowhere; else this one."""
    given = os.environ.get("MLFLOW_TRACKING_URI", "")
    return given if without_password(given) == without_password(uri) else uri


def _authorization() -> dict[str, str]:
    """The header that MLflow's client sends."""
    user, password, token = (os.environ.get(f"MLFLOW_TRACKING_{what}") for what in ("USERNAME", "PASSWORD", "TOKEN"))
    if user and password:
        return {"Authorization": f"Basic {base64.standard_b64encode(f'{user}:{password}'.encode()).decode()}"}
    return {"Authorization": f"Bearer {token}"} if token else {}
