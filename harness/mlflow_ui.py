"""The command `harness mlflow`: starts MLflow's page on the runs of this folder."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from harness.cli.arguments import CommandParser
from harness.errors import InputError
from harness.folders import ROOT, check_root
from harness.passwords import without_password

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  it is only told apart
_LEAN = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
"""Seven queues of jobs that judge chats: a page of runs has no use for them. What the user has set is left."""
_OLD_NEWS = "ignore:starlette.middleware.wsgi is deprecated"
"""A warning for MLflow's own developers. A filter that the user has set comes later, and so wins."""
_WORKERS = ("--workers", "1")
"""For a person or a few. A supervisor of several takes those for dead that a busy machine lets wait five seconds."""


def main(argv: Sequence[str] | None = None) -> int:
    """Become MLflow's server and end as it does. Exit codes: 2 there is no store, 4 it may not be written."""
    try:
        command = server(argv)
        print(*addresses(argv), sep="\n", flush=True)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for name, value in _LEAN.items():
        os.environ.setdefault(name, value)
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (_OLD_NEWS, os.environ.get("PYTHONWARNINGS"))))
    os.execv(command[0], command)


def addresses(argv: Sequence[str] | None) -> list[str]:
    """A line for each study, the last first: where its runs are shown. Until it was told once, MLflow's own first page
    takes every experiment for one of chats.
    """
    from harness.engine.experiment_page import runs_address
    from harness.engine.opening import experiments_of
    from harness.engine.tracking import refusals
    from harness.engine.tracking_uri import default_uri

    arguments, further = _parsed(argv)
    uri = arguments.tracking_uri or default_uri(ROOT)
    place = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    place.add_argument("--host", default=os.environ.get("MLFLOW_HOST", "127.0.0.1"))
    place.add_argument("--port", "-p", default=os.environ.get("MLFLOW_PORT", "5000"))
    place.add_argument("--static-prefix", default="")
    try:
        served, _ = place.parse_known_args(further)
    except argparse.ArgumentError:  # MLflow says what is wrong with it
        return []
    host = "localhost" if served.host in _EVERYWHERE else served.host
    page = f"http://{host}:{served.port}{served.static_prefix}/"
    with refusals(uri):
        return [f"{name}: {page}{runs_address(experiment)}" for name, experiment in experiments_of(uri)]


def _parsed(argv: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Our arguments, and those that are MLflow's."""
    parser = CommandParser(
        prog="harness mlflow", description="Serve MLflow's page on the runs of this folder (mlruns/mlflow.db), and say "
                                           "where each study's runs are on it.",
        epilog="Everything else is `mlflow ui`'s: --port 5001, --host 0.0.0.0.")
    parser.add_argument("--tracking-uri", default=None, metavar="URI", help="as the study was run")
    return parser.parse_known_args(argv)


def server(argv: Sequence[str] | None) -> list[str]:
    """The command that serves the store. Raises InputError where there is none."""
    arguments, further = _parsed(argv)

    from harness.engine.sqlite_store import file_of
    from harness.engine.tracking_uri import check_reachable, default_uri, store_exists

    if arguments.tracking_uri is None:
        check_root()
    uri = arguments.tracking_uri or default_uri(ROOT)
    if uri.startswith(("http://", "https://")):
        raise InputError("it is a server already", file=without_password(uri), key="--tracking-uri",
                         cure="Open it in a browser.")
    if not store_exists(uri):
        raise InputError("there are no runs yet", file=uri,
                         cure="Run a study here first, for example `harness run quick`, or give its --tracking-uri.")
    check_reachable(uri)  # MLflow itself would try for minutes
    if file_of(uri) is not None:  # MLflow's page shows a traceback for a file that does not open
        from harness.engine.opening import check_file
        from harness.engine.store_errors import check_pages
        from harness.engine.tracking import refusals

        with refusals(uri):
            check_pages(uri)
            check_file(uri)
    command = [sys.executable, "-P", "-m", "mlflow", "ui", *_WORKERS]  # of two MLflow takes the last, the user's
    if uri == without_password(uri):
        return [*command, "--backend-store-uri", uri, *further]
    os.environ["MLFLOW_BACKEND_STORE_URI"] = uri  # other users of the machine do not see it there
    return [*command, *further]


if __name__ == "__main__":
    sys.exit(main())
