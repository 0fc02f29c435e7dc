"""The rule by which the next item is chosen for a rater: the least covered, and of those the one that balances sides.

However many items a study has, a window of them is read: the least covered ones from a random place on, in the order
of the study, which is random already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, select

from harness.ratings.blinding import is_flipped
from harness.ratings.protocol import ItemKind, StudyKind, StudyProtocol
from harness.ratings.schema import assignments, items
from harness.seeds import derive_seed

DONE = ("judged", "asking")
LIVE = (*DONE, "open")
"""The states in which an assignment takes a place of its item; an open one whose lease ran out is swept first."""
CANDIDATES_WEIGHED = 64
"""How many of the least covered items are weighed for balance; more would change little and cost time."""


@dataclass(frozen=True)
class RaterContext:
    """Where a rater stands in a study: its row, the rater's enrolment and the protocol."""

    study_id: str
    kind: StudyKind
    rater_id: str
    rater_ordinal: int
    protocol: StudyProtocol


@dataclass(frozen=True)
class History:
    """What a rater has had so far. assigned: of any kind and state. sides: live main ones by stratum and flip."""

    judged: int
    checks: int
    assigned: int
    sides: Counter[tuple[int, bool]]


def history_of(connection: Connection, context: RaterContext) -> History:
    """What the rater has had in this study until now."""
    rows = connection.execute(
        select(items.c.kind, items.c.stratum, assignments.c.state, assignments.c.flipped, func.count().label("count"))
        .join(assignments, assignments.c.item_id == items.c.id)
        .where(assignments.c.study_id == context.study_id, assignments.c.rater_id == context.rater_id)
        .group_by(items.c.kind, items.c.stratum, assignments.c.state, assignments.c.flipped)).tuples().all()
    sides: Counter[tuple[int, bool]] = Counter()
    for kind, stratum, state, flipped, count in rows:
        if kind == ItemKind.MAIN and state in LIVE:
            sides[stratum, flipped] += count
    return History(
        judged=sum(count for kind, _, state, _, count in rows if kind == ItemKind.MAIN and state in DONE),
        checks=sum(count for kind, *_, count in rows if kind in (ItemKind.GOLD, ItemKind.REPEAT)),
        assigned=sum(count for *_, count in rows), sides=sides)


def due_check(connection: Connection, context: RaterContext, history: History) -> Row[Any] | None:
    """A gold item or a repeat, where one is due: one in each block of `check_every`, at a seeded place."""
    every = context.protocol.check_every
    block = history.judged // every
    due_at = derive_seed(context.protocol.seed, "check", context.rater_ordinal, block) % every
    if history.checks > block or history.judged % every < due_at:
        return None
    original = assignments.alias()
    seen = exists().where(original.c.item_id == items.c.repeat_of, original.c.rater_id == context.rater_id,
                          original.c.state == "judged", original.c.position <= history.assigned - every // 2)
    repeat = connection.execute(untouched(context, ItemKind.REPEAT).where(seen).order_by(
        items.c.ordinal).limit(1)).one_or_none()
    gold = connection.execute(untouched(context, ItemKind.GOLD).order_by(items.c.ordinal).limit(1)).one_or_none()
    return (repeat or gold) if history.checks % 2 else (gold or repeat)


def best_main_item(connection: Connection, context: RaterContext, history: History) -> Row[Any] | None:
    """Of the least covered items the one that balances the sides best; ties go in the order of the study."""
    free = untouched(context, ItemKind.MAIN).where(items.c.taken < items.c.overlap)
    fewest = connection.execute(
        free.with_only_columns(items.c.taken).order_by(items.c.taken).limit(1)).scalar_one_or_none()
    if fewest is None:
        return None
    size = connection.execute(select(func.max(items.c.ordinal) + 1).where(
        items.c.study_id == context.study_id)).scalar_one()
    start = derive_seed(context.protocol.seed, "start", context.rater_ordinal, history.assigned) % size
    weighed = free.where(items.c.taken == fewest).order_by(items.c.ordinal).with_only_columns(
        items.c.id, items.c.stratum, items.c.position, items.c.taken, items.c.flips)
    window: list[Row[Any]] = []
    for part in (items.c.ordinal >= start, items.c.ordinal < start):
        if len(window) < CANDIDATES_WEIGHED:
            window += connection.execute(weighed.where(part).limit(CANDIDATES_WEIGHED - len(window)))
    is_label = context.kind is StudyKind.LABELS
    best = window[0] if is_label else min(window, key=_imbalance(connection, context, history))
    return connection.execute(select(items).where(items.c.id == best.id)).one()


def _imbalance(connection: Connection, context: RaterContext, history: History) -> Callable[[Row[Any]], int]:
    """How far the side on which a candidate would be shown is over-represented: by pair of arms, item and rater."""
    totals = connection.execute(
        select(items.c.stratum, func.sum(items.c.taken), func.sum(items.c.flips)).where(
            items.c.study_id == context.study_id, items.c.kind == ItemKind.MAIN.value)
        .group_by(items.c.stratum)).tuples().all()
    surplus = {stratum: int(2 * flips - taken) for stratum, taken, flips in totals}

    def of(row: Row[Any]) -> int:
        direction = 1 if flip_for(context, row) else -1
        by_rater = history.sides[row.stratum, True] - history.sides[row.stratum, False]
        return sum(_sign(direction * flipped_more)
                   for flipped_more in (surplus[row.stratum], 2 * row.flips - row.taken, by_rater))

    return of


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def flip_for(context: RaterContext, item: Row[Any]) -> bool:
    """Whether this rater sees the item with its sides swapped."""
    return is_flipped(seed=context.protocol.seed, stratum=item.stratum, position=item.position,
                      rater=context.rater_ordinal)


def untouched(context: RaterContext, kind: ItemKind) -> Select[Any]:
    """The items of a kind that the rater has never had, and of the main ones those whose query is new as well."""
    mine = exists().where(assignments.c.item_id == items.c.id, assignments.c.rater_id == context.rater_id)
    found = select(items).where(items.c.study_id == context.study_id, items.c.kind == kind.value,
                                items.c.retired_at.is_(None), ~mine)
    if kind is ItemKind.MAIN and context.kind is StudyKind.EVALUATION and context.protocol.once_a_query:
        found = found.where(items.c.query_id.not_in(queries_met(context.study_id, context.rater_id)))
    return found


def queries_met(study_id: str, rater_id: str) -> Select[Any]:
    """The queries of the main items that the rater has had."""
    had = items.alias()
    return select(had.c.query_id).join(assignments, assignments.c.item_id == had.c.id).where(
        assignments.c.study_id == study_id, assignments.c.rater_id == rater_id, had.c.kind == ItemKind.MAIN.value)


def practice_item(connection: Connection, context: RaterContext) -> Row[Any] | None:
    """The next training or qualification item, None when all are done."""
    for kind in (ItemKind.TRAINING, ItemKind.QUALIFICATION):
        item = connection.execute(untouched(context, kind).order_by(items.c.ordinal).limit(1)).one_or_none()
        if item is not None:
            return item
    return None
