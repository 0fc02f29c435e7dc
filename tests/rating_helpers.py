"""Small studies for the tests of the rating store and the app."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from harness.ratings.assignment import NoAssignment
from harness.ratings.blinding import KnownPair, Pair, build_items
from harness.ratings.judging import Answers
from harness.ratings.protocol import ItemSet, StudyProtocol
from harness.ratings.store import RatingStore
from harness.records import ArmKey, Contrast, LabelTask, Query

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
    contrast = Contrast(*map(ArmKey.parse, arms))
    return [Pair(f"q{i}", f"Once there was a query number {i}, and it went on",
                 f"The source {i} says that a cat sat on a mat. It was warm." if source else None, contrast,
                 f"P{i} so the cat found a warm mat and slept.", f"Q{i} so the dog ran far away into the dark.")
            for i in range(count)]


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


def walk(store: RatingStore, clock: Clock, study_id: str, rater_id: str, *, better: str, limit: int = 1_000) -> int:
    """Let a rater choose the text that begins with `better` until there is nothing left. Returns how many."""
    for done in range(limit):
        held = store.next_assignment(study_id, rater_id)
        if isinstance(held, NoAssignment):
            return done
        shown = store.show(rater_id, held)
        side = "left" if shown.texts[0].startswith(better) else "right" if shown.texts[1].startswith(better) else "tie"
        clock.tick()
        store.vote(rater_id, held, revision=shown.revision, choice=side)
        if store.show(rater_id, held).stage == "ask":
            store.answer(rater_id, held, revision=shown.revision + 1, answers=Answers())
    return limit


def vote_next(store: RatingStore, clock: Clock, study: str, rater: str, *, choice: str) -> None:
    """Vote on the item that the rater has next."""
    held = str(store.next_assignment(study, rater))
    clock.tick()
    store.vote(rater, held, revision=0, choice=choice)


def places_taken(store: RatingStore) -> dict[str, list[tuple[int, int]]]:
    """How many places of each item are taken, and how many with sides swapped: as the items say, and counted anew."""
    live = "FROM assignments WHERE item_id = items.id AND state IN ('open', 'asking', 'judged')"
    queries = {"by the items": "SELECT taken, flips FROM items ORDER BY ordinal",
               "by the assignments": f"SELECT (SELECT count(*) {live}), (SELECT count(*) {live} AND flipped) "
                                     "FROM items ORDER BY ordinal"}
    with store.database.reading() as connection:
        return {name: [(int(taken), int(flips)) for taken, flips in connection.execute(text(query))]
                for name, query in queries.items()}
