"""The command `harness app`: starts the rating app that comes with the package."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from harness.cli.arguments import CommandParser, port
from harness.errors import InputError
from harness.folders import check_root
from harness.shipped import APP


def main(argv: Sequence[str] | None = None) -> int:
    """Become the app's server; ends as it does. Exit code 2: there can be no ratings where they are to be."""
    try:
        command = server(argv)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    os.execv(command[0], command)


def server(argv: Sequence[str] | None) -> list[str]:
    """The command that serves the app. Raises InputError."""
    parser = CommandParser(
        prog="harness app", description="Serve the rating app: people compare and label texts, the owner sees results.",
        epilog="Everything else is Streamlit's: --server.headless true, --server.sslCertFile FILE.")
    parser.add_argument("--port", "-p", type=port, help="where it is served (default: 8501)")
    parser.add_argument("--host", help="the address it listens at, as 127.0.0.1 for this machine alone (default: all)")
    arguments, further = parser.parse_known_args(argv)
    unknown = _unknown_to_streamlit(further)
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if arguments.port is not None:
        further += ["--server.port", str(arguments.port)]
    if arguments.host is not None:
        further += ["--server.address", arguments.host]

    from harness.ratings.database import Database, StoreUnavailable, database_url

    check_root()
    try:
        Database(database_url(None)).is_made()  # the first page would be the first to say it, to a rater
    except StoreUnavailable as error:
        raise InputError(f"the rating store cannot be used: {error}") from None
    # -P: a folder named streamlit where the command is given is not the library.
    return [sys.executable, "-P", "-m", "streamlit", "run", str(APP), *further]


def _unknown_to_streamlit(arguments: Sequence[str]) -> list[str]:
    """The options that Streamlit would answer with its own usage, which names other commands than this one."""
    options = [each for each in arguments if re.match("--?[A-Za-z]", each)]
    if not options:
        return []
    from streamlit.config import get_config_options

    known = {f"--{key}" for key in get_config_options()}
    return [each for each in options if each.partition("=")[0] not in known]


if __name__ == "__main__":
    sys.exit(main())
