"""What the texts of every arm are like, as records: the keys of `harness textstats --json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.cli.rows import LeftOutRows
from harness.json_records import spread
from harness.statistics.resampling import MeanInterval

Measures = Mapping[str, MeanInterval]
"""By measure its mean over texts."""


def _flat(measures: Measures | None) -> dict[str, Any] | None:
    """Each mean under its measure's name, its interval beside it, and the reasons of all together."""
    if measures is None:
        return None
    row: dict[str, Any] = {}
    for name, found in measures.items():
        row |= {name: found.mean, f"{name}_ci_low": found.low, f"{name}_ci_high": found.high}
    row["why_undefined"] = {name: found.why_undefined for name, found in measures.items()
                            if found.why_undefined is not None}
    return row


ROUGE = spread({"rouge": Any}, split=lambda measures: (_flat(measures),))
COPYING = spread({"copying": Any}, split=lambda measures: (_flat(measures),))


@dataclass(frozen=True)
class OpeningShares:
    """The share of texts that open with their source's first three words, and why a share is undefined."""

    all: float | None
    with_preamble: float | None
    without_preamble: float | None
    why_undefined: str | None


@dataclass(frozen=True)
class ArmTexts:
    """One arm or control. rouge, copying: None without references, and without sources; what follows then too.

    distinct_ngrams: novel n-grams counted by distinct n-gram. copied_positions: where in its source each copied
    sentence stands, 0 first, 1 last.
    """

    arm: str
    control: bool
    n: int
    rouge: Measures | None = field(metadata=ROUGE)
    copying: Measures | None = field(metadata=COPYING)
    first_three_words: OpeningShares | None = None
    distinct_ngrams: Mapping[str, float | None] | None = None
    copied_positions: tuple[float, ...] | None = None


@dataclass(frozen=True)
class ArmDifference:
    """The mean paired differences arm_a - arm_b on the n articles that both have."""

    arm_a: str
    arm_b: str
    n: int
    rouge: Measures | None = field(metadata=ROUGE)
    copying: Measures | None = field(metadata=COPYING)
    why_undefined: str | None = None

    def __str__(self) -> str:
        return f"{self.arm_a} − {self.arm_b}"


@dataclass(frozen=True)
class Described:
    """The rules of measuring, in words. copying: None where no text has a source."""

    rouge: Mapping[str, Any]
    copying: Mapping[str, str] | None
    preamble_rule: str | None
    intervals: str


@dataclass(frozen=True)
class TextMeasures:
    """All arms, the controls last; the paired differences between arms; what was left out; the rules."""

    arms: tuple[ArmTexts, ...]
    differences: tuple[ArmDifference, ...]
    warnings: tuple[str, ...]
    settings: Described
    excluded: tuple[LeftOutRows, ...] = ()
