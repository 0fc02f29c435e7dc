"""Numbers on the command line, for argparse: what is out of range is one line and exit code 2."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError


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
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise ArgumentTypeError(f"{text} is not a number of 0 or more")
    return value


def positive(text: str) -> float:
    """A finite number above 0."""
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise ArgumentTypeError(f"{text} is not a number above 0")
    return value


def positive_count(text: str) -> int:
    """A whole number, 1 or more."""
    return _at_least(text, 1)


def resamples(text: str) -> int:
    """How often a bootstrap resamples, 0 for none. One resample has no spread."""
    value = int(text)
    if value < 0 or value == 1:
        raise ArgumentTypeError(f"{text} is not 0 (none) or 2 or more")
    return value


def some_resamples(text: str) -> int:
    """The same where the intervals come from nowhere else."""
    return _at_least(text, 2)


def _at_least(text: str, low: int) -> int:
    value = int(text)
    if value < low:
        raise ArgumentTypeError(f"{text} is not {low} or more")
    return value


def _between(text: str, low: float, high: float, hint: str = "") -> float:
    value = float(text)
    if not low < value < high:
        raise ArgumentTypeError(f"{text} is not between {low:g} and {high:g}" + (f" ({hint})" if hint else ""))
    return value
