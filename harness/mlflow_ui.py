"""The command `harness mlflow`: starts MLflow's page on the runs of this folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from harness.cli.arguments import CommandParser
from harness.errors import InputError
from harness.passwords import without_password


def main(argv: Sequence[str] | None = None) -> int:
    """Become MLflow's server and end as it does. Exit codes: 2 there is no store, 4 it may not be written."""
    try:
        command = server(argv)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    os.execv(command[0], command)


def server(argv: Sequence[str] | None) -> list[str]:
    """The command that serves the store. Raises InputError where there is none."""
    parser = CommandParser(
        prog="harness mlflow", description="Serve MLflow's page on the runs of this folder (mlruns/mlflow.db).",
        epilog="Everything else is `mlflow ui`'s: --port 5001, --host 0.0.0.0.")
    parser.add_argument("--tracking-uri", default=None, metavar="URI", help="as the study was run")
    arguments, further = parser.parse_known_args(argv)

    from harness.engine.opening import check_file
    from harness.engine.sqlite_store import file_of
    from harness.engine.tracking import default_uri, refusals, store_exists
    from harness.engine.tracking_uri import check_reachable
    from harness.run import ROOT

    uri = arguments.tracking_uri or default_uri(ROOT)
    if uri.startswith(("http://", "https://")):
        raise InputError("it is a server already", file=without_password(uri), key="--tracking-uri",
                         cure="Open it in a browser.")
    if not store_exists(uri):
        raise InputError("there are no runs yet", file=uri,
                         cure="Run a study here first, for example `harness run quick`, or give its --tracking-uri.")
    if file_of(uri) is not None:  # MLflow's page shows a traceback for a file that does not open
        check_reachable(uri)
        with refusals(uri):
            check_file(uri)
    command = [sys.executable, "-P", "-m", "mlflow", "ui"]
    if uri == without_password(uri):
        return [*command, "--backend-store-uri", uri, *further]
    os.environ["MLFLOW_BACKEND_STORE_URI"] = uri  # other users of the machine do not see it there
    return [*command, *further]


if __name__ == "__main__":
    sys.exit(main())
