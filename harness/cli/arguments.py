"""Reads numbers on the command line and refuses those out of range."""

from __future__ import annotations

import math
from argparse import ArgumentParser, ArgumentTypeError
from typing import NoReturn


class CommandParser(ArgumentParser):
    """A parser whose mistakes are one line, as all others are."""

    def error(self, message: str) -> NoReturn:
        """Says `error: OPTION: what. Cure.` and ends with exit code 2."""
        self.exit(2, f"error: {message.removeprefix('argument ')}. `{self.prog} --help` says what there is.\n")


def share(text: str) -> float:
    """A number in (0, 1)."""
    return _between(text, 0, 1)


def margin(text: str) -> float:
    """A margin in (0, 0.5)."""
    return _between(text, 0, 0.5, "0.05 is five points")


def confidence(text: str) -> float:
    """A level in (0.5, 1): one minus it is the error rate of one-sided tests, too."""
    return _between(text, 0.5, 1)


def error_rate(text: str) -> float:
    """The other side of `confidence`: a number in (0, 0.5)."""
    return _between(text, 0, 0.5)


def not_negative(text: str) -> float:
    """A finite number, 0 or more."""
    value = _number(text)
    if not (math.isfinite(value) and value >= 0):
        raise ArgumentTypeError(f"{text} is not a number of 0 or more")
    return value


def positive(text: str) -> float:
    """A finite number above 0."""
    value = _number(text)
    if not (math.isfinite(value) and value > 0):
        raise ArgumentTypeError(f"{text} is not a number above 0")
    return value


MOST_LINK_DAYS = 3650
"""A link that works once need not outlive a study, and a database's dates end."""


def link_days(text: str) -> float:
    """How long a one-time link works."""
    value = positive(text)
    if value > MOST_LINK_DAYS:
        raise ArgumentTypeError(f"{text} is not above 0, up to {MOST_LINK_DAYS:,}")
    return value


def positive_count(text: str) -> int:
    """A whole number, 1 or more."""
    return _at_least(text, 1)


def port(text: str) -> int:
    """A port that a server can have."""
    value = _whole(text)
    if not 1 <= value <= 65535:
        raise ArgumentTypeError(f"{text} is not from 1 to 65535")
    return value


def count(text: str) -> int:
    """A whole number, 0 or more."""
    return _at_least(text, 0)


def tie_share(text: str) -> float:
    """A number in [0, 1): something must be decided."""
    value = _number(text)
    if not 0 <= value < 1:
        raise ArgumentTypeError(f"{text} is not from 0 to below 1")
    return value


def logit_spread(text: str) -> float:
    """A standard deviation on the logit scale, where 10 is past all that can be."""
    value = _number(text)
    if not 0 <= value <= 10:
        raise ArgumentTypeError(f"{text} is not from 0 to 10 (on the logit scale)")
    return value


MOST_LOOKS = 20
"""More are hardly planned, and an e-process needs no plan."""


def looks(text: str) -> int:
    """How often an owner looks at the results, the last time included."""
    value = _whole(text)
    if not 1 <= value <= MOST_LOOKS:
        raise ArgumentTypeError(f"{text} is not 1 to {MOST_LOOKS}")
    return value


MOST_RESAMPLES = 1_000_000
"""All that a percentile can use; more only fill the memory."""


def resamples(text: str) -> int:
    """How often a bootstrap resamples, 0 for none. One resample has no spread."""
    return 0 if _whole(text) == 0 else some_resamples(text, "0 (none), or ")


def some_resamples(text: str, or_else: str = "") -> int:
    """The same where the intervals come from nowhere else."""
    value = _whole(text)
    if not 2 <= value <= MOST_RESAMPLES:
        raise ArgumentTypeError(f"{text} is not {or_else}2 to {MOST_RESAMPLES:,}")
    return value


MOST_JOBS = 1_000
"""More is a slip of the finger: each is a process."""


def jobs(text: str) -> int | None:
    """How many stages run at once; None for `auto`."""
    if text == "auto":
        return None
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= MOST_JOBS:
        raise ArgumentTypeError(f"'{text}' is not a number of jobs; give 1 to {MOST_JOBS:,}, or auto")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number") from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a whole number") from None


def _at_least(text: str, low: int) -> int:
    value = _whole(text)
    if value < low:
        raise ArgumentTypeError(f"{text} is not {low} or more")
    return value


def _between(text: str, low: float, high: float, hint: str = "") -> float:
    value = _number(text)
    if not low < value < high:
        raise ArgumentTypeError(f"{text} is not between {low:g} and {high:g}" + (f" ({hint})" if hint else ""))
    return value
