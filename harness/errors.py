"""`InputError`: a user's mistake as one line that says where it is, what it is and how to mend it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""
_LONGEST, _LONGEST_KEY = 800, 200
"""Characters of a file's name, a problem and a cure, and of a key in a message."""


class InputError(Exception):
    """Something the user gave is wrong. `run.py` and the other commands print it alone and exit with code 2.

    The message is one line that names the file, the line, the key and the cure, as far as each is known. It stays one
    whatever files bring into it: control characters are escaped, and long names and values are cut in the middle.
    """

    exit_code = 2

    def __init__(self, problem: str, *, file: str | None = None, line: int | None = None,
                 key: str | None = None, cure: str | None = None) -> None:
        self.problem, self.file, self.line, self.key, self.cure = problem, file, line, key, cure
        where = ":".join(str(part) for part in (file and _shown(file), line) if part is not None)
        text = ": ".join(part for part in (where, key and _shown(key, _LONGEST_KEY), _shown(problem)) if part)
        super().__init__(f"{text}. {_shown(cure)}" if cure else text)

    def __reduce__(self) -> tuple[object, ...]:
        # Stages raise in worker processes; the default pickling would lose the keyword arguments.
        return _rebuild, (type(self), self.problem, self.file, self.line, self.key, self.cure)


def _shown(text: str, most: int = _LONGEST) -> str:
    """The text with what cannot be seen, such as line breaks and half surrogate pairs, escaped; and not too long."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text if len(text) <= most else f"{text[:most // 2]} … {text[-most // 2:]}"


def _rebuild(kind: type[InputError], problem: str, file: str | None, line: int | None, key: str | None,
             cure: str | None) -> InputError:
    return kind(problem, file=file, line=line, key=key, cure=cure)


class StoreRefused(InputError):
    """The tracking server, or the store of its files, does not hand out or take what a study needs: exit code 4."""

    exit_code = 4


class MissingInput(InputError):
    """A file or folder that the user names is not there. Unlike one that is broken, it leaves a plan possible."""


class DamagedFile(InputError):
    """A file of a finished stage, or one that a stage goes on from, is not as it was written."""


class StoreUnreachable(InputError):
    """The tracking server does not answer, and was waited for long enough: exit code 5."""

    exit_code = 5


@contextmanager
def blamed_on(key: str) -> Iterator[None]:
    """What is found wrong inside is a mistake of this key of the study."""
    try:
        yield
    except InputError as error:
        raise type(error)(error.problem, file=error.file, line=error.line, key=key,
                          cure=error.cure) from error.__cause__


@contextmanager
def readable_inputs() -> Iterator[None]:
    """What the system will not let be read is the user's to mend."""
    try:
        yield
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", file=error.filename and str(error.filename),
                         cure="Change its permissions, or give another path.") from None


def look_for(path: str | os.PathLike[str], *, key: str | None = None) -> bool:
    """Whether a file or a folder is there. Raises InputError for a device and a pipe, whose reading may never begin or
    end and whose place no file may take, and for what cannot be looked at, such as a link to itself.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=str(path), key=key,
                         cure="Change its permissions, or give another path.") from None
    except ValueError as error:  # a null character
        raise InputError(f"it is no path ({error})", file=str(path), key=key, cure="Give another.") from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputError("it is no regular file", file=str(path), key=key, cure="Give the path of a file on a disk.")
    return True


class TrainingDiverged(Exception):
    """A training left all bounds. what: what of it, and how. step: after so many. last_good: the last good
    checkpoint's step, None where there is none.
    """

    def __init__(self, what: str, *, step: int, last_good: int | None, advice: str) -> None:
        self.what, self.step, self.last_good, self.advice = what, step, last_good, advice
        good = "no checkpoint was written yet" if last_good is None else f"the last good checkpoint is step {last_good}"
        super().__init__(f"training diverged: {what} at step {step}; {good}. {advice}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_diverged, (self.what, self.step, self.last_good, self.advice)


def _rebuild_diverged(what: str, step: int, last_good: int | None, advice: str) -> TrainingDiverged:
    return TrainingDiverged(what, step=step, last_good=last_good, advice=advice)
