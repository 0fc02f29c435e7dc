"""Two arms' responses to the same queries become pairs to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import InputError
from harness.ratings.blinding import Pair
from harness.seeds import numpy_generator


@dataclass(frozen=True)
class ArmSample:
    """One arm's response to one query. arm: the arm key, such as `rl/5000/2` or `zero_shot`.

    valid: whether the response obeys the end rule.
    """

    query_id: str
    query_text: str
    source: str | None
    arm: str
    text: str
    valid: bool


def pair_arms(responses: Sequence[ArmSample], comparisons: Sequence[tuple[str, str]], *, per_comparison: int,
              seed: int) -> list[Pair]:
    """For each comparison up to so many queries that both arms answered validly, the same random ones for all.

    A response that breaks the end rule is never shown to a person (Ziegler 2.3). Raises InputError where two arms
    share no query.
    """
    by_arm: dict[str, dict[str, ArmSample]] = {}
    for each in responses:
        by_arm.setdefault(each.arm, {})[each.query_id] = each
    queries = list(dict.fromkeys(each.query_id for each in responses))
    order = [queries[int(i)] for i in numpy_generator(seed, "queries").permutation(len(queries))]
    pairs: list[Pair] = []
    for arm_a, arm_b in comparisons:
        for arm in (arm_a, arm_b):
            if not any(each.valid and each.text.strip() for each in by_arm.get(arm, {}).values()):
                raise InputError(f"the arm {arm!r} is empty: it has no valid response",
                                 cure=f"There are: {', '.join(sorted(by_arm))}")
        both = [(by_arm[arm_a][query], by_arm[arm_b][query]) for query in order
                if query in by_arm[arm_a] and query in by_arm[arm_b]]
        shown = [(a, b) for a, b in both if a.valid and b.valid][:per_comparison]
        if not shown:
            raise InputError(f"the arms {arm_a!r} and {arm_b!r} share no query that both answered validly",
                             key="task.response", cure="Sample more test queries, or loosen the end rule")
        pairs += [(a.query_id, a.query_text, a.source, arm_a, a.text, arm_b, b.text) for a, b in shown]
    return pairs
