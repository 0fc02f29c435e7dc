"""Small studies for the tests of the rating store and the app."""

from __future__ import annotations

from typing import Any

from harness.ratings.blinding import KnownPair, Pair, build_items
from harness.ratings.protocol import ItemSet, StudyProtocol
from harness.ratings.store import RatingStore
from harness.records import LabelTask, Query

ARMS = ("rl/500/1", "zero_shot")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def tick(self, seconds: float = 5.0) -> None:
        self.seconds += seconds


def pairs(count: int, *, arms: tuple[str, str] = ARMS, source: bool = False) -> list[Pair]:
    """Pairs whose texts name their arm by a letter that only the tests know (P for the first, Q for the second)."""
    return [(f"q{i}", f"Once there was a query number {i}, and it went on",
             f"The source {i} says that a cat sat on a mat. It was warm." if source else None,
             arms[0], f"P{i} so the cat found a warm mat and slept.",
             arms[1], f"Q{i} so the dog ran far away into the dark.") for i in range(count)]


def known(count: int) -> list[KnownPair]:
    return [KnownPair(f"k{i}", f"A known query {i}", None, f"GOOD {i} a fine ending.", f"BAD {i} ending fine a.",
                      "The other one is scrambled.") for i in range(count)]


def item_set(count: int = 6, *, seed: int = 7, **settings: Any) -> ItemSet:
    source = settings.pop("source", False)
    return build_items(pairs(count, source=source), seed=seed, **settings)


def publish(store: RatingStore, built: ItemSet | None = None, **settings: Any) -> str:
    settings = {"name": "pilot", "title": "Which ending is better?", "instructions": "Read both.", "seed": 7,
                **settings}
    built = built or item_set()
    return store.publish_study(StudyProtocol(**settings), built.items, built.key)


def rater_in(store: RatingStore, study_id: str, handle: str) -> str:
    """A rater who has consented."""
    rater_id = store.add_rater(handle)
    store.consent(study_id, rater_id)
    return rater_id


def tasks(count: int, *, candidates: int = 4) -> list[LabelTask]:
    return [LabelTask(f"t{i}", Query(f"q{i}", (), f"A query {i}"),
                      tuple(f"candidate {j} of {i}" for j in range(candidates))) for i in range(count)]
