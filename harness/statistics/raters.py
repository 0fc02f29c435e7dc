"""Rater quality, and exclusion by rules frozen beforehand. Agreement with an arm is never a rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.statistics.clustered import FloatArray, encode, rows_by_label
from harness.statistics.win_rate import Labels

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class RaterQuality:
    """One rater. A figure without judgments to compute it from is None.

    rater: who. n_judgments: how many. tie_rate: share of ties. agreement: mean share of an item's other raters who made
    the same choice. gold_accuracy, n_gold: share of right answers on gold items, and how many these are.
    repeat_consistency, n_repeats: share of repeated items on which the same response was chosen again, and how many
    these are. median_seconds: from the showing of an item to the choice.
    """

    rater: str
    n_judgments: int
    tie_rate: float | None
    agreement: float | None
    gold_accuracy: float | None
    n_gold: int
    repeat_consistency: float | None
    n_repeats: int
    median_seconds: float | None


@dataclass(frozen=True)
class ExclusionRules:
    """Rules that exclude a rater; None where a rule is off. A rule excludes nobody where its figure is undefined.

    min_gold_accuracy, min_repeat_consistency: the smallest share for a rater with `min_checks` such items or more.
    min_median_seconds: the smallest median time of a decision. min_checks: with fewer gold or repeated items the rule
    on them does not apply.
    """

    min_gold_accuracy: float | None = None
    min_repeat_consistency: float | None = None
    min_median_seconds: float | None = None
    min_checks: int = 1

    def __post_init__(self) -> None:
        for name in ("min_gold_accuracy", "min_repeat_consistency"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"{name} is a share in [0, 1], not {share}")
        if self.min_checks < 1:
            raise ValueError(f"min_checks must be 1 or more, not {self.min_checks}")


STANDARD_EXCLUSIONS = ExclusionRules(min_gold_accuracy=0.6, min_repeat_consistency=0.2, min_median_seconds=1.0,
                                     min_checks=5)
"""What a study of people excludes by where its plan names nothing else."""


@dataclass(frozen=True)
class Exclusion:
    """A rater left out, and by which rules."""

    rater: str
    reason: str


def rater_quality(raters: Labels, items: Labels, chosen: Labels, *, gold: Labels | None = None,
                  repeats: Labels | None = None, seconds: FloatArray | None = None,
                  counted: BoolArray | None = None) -> list[RaterQuality]:
    """One record a rater, by name, from n judgments.

    chosen: (n,) the arm or the side of the item chosen, or 'tie'. gold: (n,) the right answer in the same words, None
    where there is none. repeats: (n,) what the same rater chose on the item that this one repeats, None elsewhere.
    seconds: (n,) NaN where unknown. counted: (n,) whether it is a judgment of the study: practice, checks and skips are
    not among the n_judgments of which ties, agreement and seconds are told. None: all are.
    """
    names = np.array([str(rater) for rater in raters], dtype=object)
    choices = np.asarray(chosen, dtype=object)
    is_counted = np.ones(len(names), dtype=bool) if counted is None else counted
    peers = np.full(len(names), np.nan)
    peers[is_counted] = _peer_agreement(np.asarray(items, dtype=object)[is_counted], choices[is_counted])
    result = []
    gold_answers, first_answers = (None if column is None else np.asarray(column, dtype=object)
                                   for column in (gold, repeats))
    for rater, here in rows_by_label(names).items():
        gold_hits = _hits(choices[here], None if gold_answers is None else gold_answers[here])
        repeat_hits = _hits(choices[here], None if first_answers is None else first_answers[here])
        here = here[is_counted[here]]
        times = seconds[here] if seconds is not None else np.array([])
        times = times[~np.isnan(times)]
        result.append(RaterQuality(
            rater=rater, n_judgments=len(here), tie_rate=_mean(choices[here] == "tie"),
            agreement=_mean(peers[here][~np.isnan(peers[here])]),
            gold_accuracy=_mean(gold_hits), n_gold=len(gold_hits),
            repeat_consistency=_mean(repeat_hits), n_repeats=len(repeat_hits),
            median_seconds=float(np.median(times)) if len(times) else None,
        ))
    return result


def why_undefined(record: RaterQuality) -> str | None:
    """What the undefined figures of a rater have nothing to be measured on; None where all are defined."""
    missing = [why for value, why in (
        (record.tie_rate, "no judgments"), (record.agreement, "no other rater on the same items"),
        (record.gold_accuracy, "no gold items"),
        (record.repeat_consistency, "no repeats"), (record.median_seconds, "no times")) if value is None]
    return ", ".join(missing) or None


def idle_rules(quality: list[RaterQuality], rules: ExclusionRules) -> list[str]:
    """Rules that had no figure of any rater to look at, in words."""
    idle = []
    if rules.min_gold_accuracy is not None and all(record.n_gold < rules.min_checks for record in quality):
        idle.append("the rule of gold accuracy excluded nobody: no gold items")
    if rules.min_repeat_consistency is not None and all(record.n_repeats < rules.min_checks for record in quality):
        idle.append("the rule of repeat consistency excluded nobody: no repeats")
    if rules.min_median_seconds is not None and all(record.median_seconds is None for record in quality):
        idle.append("the rule of median seconds excluded nobody: no times")
    return idle


def exclusions(quality: list[RaterQuality], rules: ExclusionRules) -> list[Exclusion]:
    """Who is left out, with every rule that he or she breaks."""
    found = []
    for record in quality:
        enough_gold, enough_repeats = (n >= rules.min_checks for n in (record.n_gold, record.n_repeats))
        broken = [f"{name} {value:.3g} is below {least:g}" for name, value, least in (
            ("gold accuracy", record.gold_accuracy if enough_gold else None, rules.min_gold_accuracy),
            ("repeat consistency", record.repeat_consistency if enough_repeats else None, rules.min_repeat_consistency),
            ("median seconds", record.median_seconds, rules.min_median_seconds))
            if least is not None and value is not None and value < least]
        if broken:
            found.append(Exclusion(record.rater, "; ".join(broken)))
    return found


def _peer_agreement(items: Labels, choices: FloatArray) -> FloatArray:
    """(n,) share of an item's other judgments that are the same; NaN where there are no others."""
    item, n_items = encode(items)
    category, n_categories = encode(choices)
    counts = np.bincount(item * n_categories + category, minlength=n_items * n_categories)
    same = counts[item * n_categories + category] - 1
    others = np.bincount(item)[item] - 1
    return np.where(others > 0, same / np.maximum(others, 1), np.nan)


def _hits(chosen: FloatArray, right: FloatArray | None) -> FloatArray:
    if right is None:
        return np.array([])
    known = np.array([answer is not None for answer in right], dtype=bool)
    return np.asarray(chosen[known] == right[known], dtype=np.float64)


def _mean(values: FloatArray) -> float | None:
    return float(values.mean()) if len(values) else None
