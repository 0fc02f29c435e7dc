"""Two arms' responses to the same queries become pairs: runs are drawn evenly, and each query as rarely as can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.errors import InputError
from harness.ratings.blinding import Pair
from harness.records import ArmKey, Contrast
from harness.seeds import numpy_generator


@dataclass(frozen=True)
class ArmSample:
    """One arm's response to one query, with what a rater reads of the query. valid: whether it obeys the end rule."""

    query_id: str
    query_text: str
    source: str | None
    arm: ArmKey
    text: str
    valid: bool


def pairs_of_runs(ours: Sequence[ArmKey], theirs: Sequence[ArmKey]) -> list[Contrast]:
    """Which runs of two ways of training meet: those with one seed, which share labels; each of both where none do.

    A baseline has one run and meets every run of the other.
    """
    alike = [Contrast(arm, other) for arm in ours for other in theirs if arm.seed == other.seed is not None]
    return alike or [Contrast(arm, other) for arm in ours for other in theirs if arm != other]


def comparisons_of(ours: Sequence[ArmKey], against: Sequence[ArmKey], arms: Iterable[ArmKey], *,
                   budgets: bool) -> list[Contrast]:
    """Which runs meet where ways of training are compared: each of ours with each other one, but for itself.

    arms: all that there are. budgets: the largest label budget of ours with each smaller one, too.
    """
    wanted = [Contrast(arm, other) for arm in ours for other in against]
    if budgets:
        labelled = [arm for arm in ours if arm.label_budget]
        wanted += [Contrast(max(mine for mine in labelled if mine.arm == arm.arm), arm) for arm in labelled]
    runs: dict[ArmKey, list[ArmKey]] = {}
    for arm in sorted(arms):
        runs.setdefault(arm.without_seed, []).append(arm)
    kept: dict[Contrast, list[Contrast]] = {}
    for way in wanted:
        if way.arm != way.opponent and way.turned not in kept:
            kept.setdefault(way, pairs_of_runs(runs[way.arm], runs[way.opponent]))
    return [pair for of_way in kept.values() for pair in of_way]


def pair_arms(responses: Sequence[ArmSample], comparisons: Sequence[Contrast], *, per_comparison: int,
              seed: int) -> list[Pair]:
    """Items of each comparison of two ways of training: so many, spread evenly over the pairs of runs that are given.

    Runs, and not only queries, must be many for a verdict on another run, and judgments are dear. So each item draws
    its pair of runs in turn, and the query that was drawn least often: in this comparison, then in the whole study. A
    pair of runs never meets on one query twice; where its queries run out it has fewer items.

    A response that breaks the end rule is never shown to a person (Ziegler 2.3). Raises InputError for an arm without
    a valid response, and for two arms that share no query which both answered validly.
    """
    valid = {(each.arm, each.query_id): each for each in responses if each.valid and each.text.strip()}
    queries = list(dict.fromkeys(each.query_id for each in responses))
    grouped: dict[Contrast, list[Contrast]] = {}
    for contrast in dict.fromkeys(comparisons):
        _require_responses(contrast, {arm for arm, _ in valid}, {each.arm for each in responses})
        grouped.setdefault(contrast.without_seeds, []).append(contrast)
    free = {contrast: np.array([(contrast.arm, query) in valid and (contrast.opponent, query) in valid
                                for query in queries]) for contrast in dict.fromkeys(comparisons)}
    for contrast, both in free.items():
        if not both.any():
            raise InputError(f"the arms '{contrast.arm}' and '{contrast.opponent}' share no query that both answered "
                             f"validly", key="task.response", cure="Sample more test queries, or loosen the end rule")
    in_turn = {way: [runs[int(place)] for place in numpy_generator(seed, "runs", str(way)).permutation(len(runs))]
               for way, runs in grouped.items()}
    rank = numpy_generator(seed, "queries").permutation(len(queries))
    drawn = {way: np.zeros(len(queries), dtype=np.int64) for way in grouped}
    in_study = np.zeros(len(queries), dtype=np.int64)
    pairs: dict[Contrast, list[Pair]] = {way: [] for way in grouped}
    for number in range(per_comparison):
        # The comparisons take turns, so that none is left with the queries that others drew already.
        for way, runs in in_turn.items():
            contrast = runs[number % len(runs)]
            place = _least_drawn(free[contrast], drawn[way], in_study, rank)
            if place is not None:
                free[contrast][place] = False
                drawn[way][place] += 1
                in_study[place] += 1
                our, their = (valid[arm, queries[place]] for arm in (contrast.arm, contrast.opponent))
                pairs[way].append(Pair(our.query_id, our.query_text, our.source, contrast, our.text, their.text))
    return [pair for of_way in pairs.values() for pair in of_way]


def _least_drawn(free: np.ndarray, drawn: np.ndarray, in_study: np.ndarray, rank: np.ndarray) -> int | None:
    """The place of the free query that was drawn least; (n,) each. None where none is free."""
    places = np.flatnonzero(free)
    if not len(places):
        return None
    return int(places[np.lexsort((rank[places], in_study[places], drawn[places]))[0]])


def _require_responses(contrast: Contrast, valid: set[ArmKey], there: set[ArmKey]) -> None:
    for arm in (contrast.arm, contrast.opponent):
        if arm not in valid:
            raise InputError(f"the arm '{arm}' is empty: it has no valid response",
                             cure=f"There are: {', '.join(sorted(map(str, there)))}")
