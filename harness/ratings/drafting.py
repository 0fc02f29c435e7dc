"""A study is drafted from arms' responses: pairs to compare, sides balanced, known items planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.ratings.blinding import KnownPair, Pair, Response, build_items, scrambled_pairs
from harness.ratings.pairing import ArmSample, pair_arms
from harness.ratings.protocol import ItemSet
from harness.records import ArmKey, Contrast

_REFERENCE = ArmKey("reference")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large a study is.

    items: of each comparison of two ways of training, all pairs of runs together. overlap: raters an item. gold,
    training, qualification: items whose answer is known, a text against its own words in random order. repeats:
    items that each rater meets twice.
    """

    items: int
    overlap: int
    gold: int
    repeats: int
    training: int
    qualification: int


MOST = Sizes(items=10_000, overlap=50, gold=200, repeats=200, training=20, qualification=40)
"""More is a slip of the finger: nobody would judge it."""


@dataclass(frozen=True)
class Draft:
    """What a study would show. pairs: by arm, for the leak scan and the rehearsal. items: blinded, with their key."""

    pairs: tuple[Pair, ...]
    items: ItemSet

    @property
    def judgments(self) -> int:
        """How many judgments the study wants."""
        return sum(each.overlap for each in self.items.items)

    @property
    def fewest_raters(self) -> int:
        """How many raters it takes."""
        return fewest_raters((each.item.query_id, each.overlap) for each in self.items.items)


def fewest_raters(overlaps: Iterable[tuple[str, int]]) -> int:
    """How many raters it takes to judge items where none meets a query twice. overlaps: each item's query and overlap.
    """
    by_query: Counter[str] = Counter()
    for query, overlap in overlaps:
        by_query[query] += overlap
    return max(by_query.values(), default=0)


def draft_study(responses: Sequence[ArmSample], comparisons: Sequence[Contrast], sizes: Sizes, *, seed: int) -> Draft:
    """The same responses, sizes and seed give the same draft. comparisons: pairs of runs, as they may meet.

    Raises InputError for arms that cannot be compared.
    """
    pairs = pair_arms(responses, comparisons, per_comparison=sizes.items, seed=seed)
    known = _known_pairs(responses, pairs, count=sizes.gold + sizes.training + sizes.qualification, seed=seed)
    practice = sizes.training + sizes.qualification
    items = build_items(pairs, seed=seed, overlap=sizes.overlap, repeats=sizes.repeats,
                        training=known[:sizes.training], qualification=known[sizes.training:practice],
                        gold=known[practice:])
    return Draft(tuple(pairs), items)


def _known_pairs(responses: Sequence[ArmSample], pairs: Sequence[Pair], *, count: int,
                 seed: int) -> tuple[KnownPair, ...]:
    """What people wrote against the same words in random order, and only where that does not suffice what arms wrote:
    of a poor policy's text and its scramble neither is better, and an honest rater would fail on them.

    Of queries that no comparison is about, as far as there are any, and of each query one: a rater who meets a query
    again may know who wrote what.
    """
    compared = {pair.query_id for pair in pairs}
    arms = {pair.contrast.arm for pair in pairs} - {_REFERENCE}
    found: list[KnownPair] = []
    for wanted in ({_REFERENCE}, arms):
        written = [Response(each.query_id, each.query_text, each.source, each.text) for each in responses
                   if each.arm in wanted and each.valid]
        for again in (False, True):
            some = [each for each in written if (each.query_id in compared) == again]
            found += scrambled_pairs(some, count=count - len(found), seed=seed)
    return tuple(found)
