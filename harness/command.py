"""The frame of the commands that need no study: parse, run, print; a user's mistake is one line and exit code 2."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from harness.errors import InputError


def run_command(parser: argparse.ArgumentParser, argv: Sequence[str] | None, *,
                run: Callable[[argparse.Namespace], dict[str, Any]], show: Callable[[dict[str, Any]], None]) -> int:
    """Exit codes: 0 done, 2 a file or an argument is wrong. With --json the result is printed as it is."""
    arguments = parser.parse_args(argv)
    try:
        result = run(arguments)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps(result, allow_nan=False))
    else:
        show(result)
    return 0
