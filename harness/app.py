"""The command `harness app`: starts the rating app that comes with the package."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from harness.cli.arguments import CommandParser
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
        epilog="Everything else is Streamlit's: --server.port 8600, --server.address 0.0.0.0, --server.headless true.")
    _, further = parser.parse_known_args(argv)

    from harness.ratings.database import Database, StoreUnavailable, database_url

    check_root()
    try:
        Database(database_url(None)).is_made()  # the first page would be the first to say it, to a rater
    except StoreUnavailable as error:
        raise InputError(f"the rating store cannot be used: {error}") from None
    # -P: a folder named streamlit where the command is given is not the library.
    return [sys.executable, "-P", "-m", "streamlit", "run", str(APP), *further]


if __name__ == "__main__":
    sys.exit(main())
