"""Two arms' responses to the same queries become pairs to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def pair_arms(responses: Sequence[ArmSample], comparisons: Sequence[Contrast], *, per_comparison: int,
              seed: int) -> list[Pair]:
    """For each comparison up to so many queries that both arms answered validly, the same random ones for all.

    A response that breaks the end rule is never shown to a person (Ziegler 2.3). Raises InputError where two arms
    share no query.
    """
    by_arm: dict[ArmKey, dict[str, ArmSample]] = {}
    for each in responses:
        by_arm.setdefault(each.arm, {})[each.query_id] = each
    queries = list(dict.fromkeys(each.query_id for each in responses))
    order = [queries[int(i)] for i in numpy_generator(seed, "queries").permutation(len(queries))]
    pairs: list[Pair] = []
    for contrast in comparisons:
        for arm in (contrast.arm, contrast.opponent):
            if not any(each.valid and each.text.strip() for each in by_arm.get(arm, {}).values()):
                raise InputError(f"the arm '{arm}' is empty: it has no valid response",
                                 cure=f"There are: {', '.join(sorted(map(str, by_arm)))}")
        ours, theirs = by_arm[contrast.arm], by_arm[contrast.opponent]
        both = [(ours[query], theirs[query]) for query in order if query in ours and query in theirs]
        shown = [(our, their) for our, their in both if our.valid and their.valid][:per_comparison]
        if not shown:
            raise InputError(f"the arms '{contrast.arm}' and '{contrast.opponent}' share no query that both answered "
                             f"validly", key="task.response", cure="Sample more test queries, or loosen the end rule")
        pairs += [Pair(our.query_id, our.query_text, our.source, contrast, our.text, their.text)
                  for our, their in shown]
    return pairs
