"""Parses, runs and prints a command that needs no study, and turns a mistake into exit code 2."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from harness.cli.rows import check_page
from harness.disk_full import full_disk_said
from harness.errors import INTERRUPTED, InputError
from harness.json_records import to_json

Result = TypeVar("Result")


def run_command(parser: argparse.ArgumentParser, argv: Sequence[str] | None, *,
                run: Callable[[argparse.Namespace], Result], show: Callable[[Result], None]) -> int:
    """Exit codes: 0 done, 2 a file or an argument is wrong (or what the InputError says), 130 stopped by Ctrl-C.
    With --json the result, a record, is printed as it is.
    """
    arguments = parser.parse_args(argv)
    try:
        if getattr(arguments, "html", None):
            check_page(arguments.html)
        with full_disk_said("."):
            result = run(arguments)
        if arguments.json:
            print(json.dumps(to_json(result), allow_nan=False))
        else:
            show(result)
        sys.stdout.flush()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        reader_has_enough()
    return 0


def reader_has_enough() -> None:
    """After a BrokenPipeError (`| head`): what is left in the buffer must not fail at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
