"""Runs a command as a person would, in this process: what it prints must be UTF-8, and a refusal is its only line."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from harness.errors import InputError


def run_command(main: Callable[[Sequence[str]], int], argv: Sequence[str], *, done: tuple[int, ...] = (0,)) -> str:
    """What the command printed, where it ends with one of `done`. Raises InputError for exit code 2, with the line that
    it wrote; AssertionError for another code, and for words on stderr beside a result.
    """
    printed, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        code = main(argv)
        printed.flush()
    said = errors.getvalue()
    if code == 2 and code not in done:
        raise InputError(said.removesuffix("\n"))
    assert code in done, f"exit code {code}: {said!r}"
    assert not said or code == 2, f"beside its result it says {said!r}"
    assert isinstance(printed.buffer, io.BytesIO)
    return printed.buffer.getvalue().decode()


@contextlib.contextmanager
def at_home_in(folder: Path) -> Iterator[None]:
    """The folder is the current one and the home of the user: no path in an input leads to a real one."""
    home, place = os.environ.get("HOME"), Path.cwd()
    os.chdir(folder)
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        os.chdir(place)
        if home is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = home
