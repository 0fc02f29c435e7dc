"""Which item a rater gets next. Every function runs inside one writing transaction that holds the study's lock.

An assignment is a lease: it belongs to its rater until `leased_until`, and a lease that ran out goes back to the
pool unless the item has room left. The least covered items go first, and among them those whose side balances
the pair of arms, the item and the rater.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, insert, or_, select, update

from harness.ratings.blinding import is_flipped, label_order
from harness.ratings.protocol import ItemKind, StudyKind, StudyProtocol
from harness.ratings.schema import assignments, enrolments, items, judgments, studies
from harness.seeds import derive_seed, numpy_generator

DONE = ("judged", "asking")
CANDIDATES_WEIGHED = 64
"""How many of the least covered items are weighed for balance; more would change little and cost time."""


class Nothing(StrEnum):
    """Why there is no item for a rater now."""

    CONSENT = "consent"
    NOT_QUALIFIED = "not_qualified"
    QUOTA = "quota"
    FINISHED = "finished"
    WAITING = "waiting"
    CLOSED = "closed"
    PAUSED = "paused"


@dataclass(frozen=True)
class Place:
    """Where a rater stands in a study: its row, the rater's enrolment and the protocol."""

    study_id: str
    kind: StudyKind
    rater_id: str
    rater_ordinal: int
    protocol: StudyProtocol


def next_assignment(connection: Connection, study_id: str, rater_id: str, *, now: int) -> str | Nothing:
    """The id of the rater's assignment: the one in hand, or a new one. The same until it is answered."""
    study = lock_study(connection, study_id)
    if study.state != "open":
        return Nothing.CLOSED
    enrolment = connection.execute(select(enrolments).where(
        enrolments.c.study_id == study_id, enrolments.c.rater_id == rater_id)).one_or_none()
    if enrolment is None or enrolment.consented_at is None:
        return Nothing.CONSENT
    if enrolment.paused_at is not None:
        return Nothing.PAUSED
    protocol = StudyProtocol.from_json(study.protocol)
    place = Place(study_id, StudyKind(study.kind), rater_id, enrolment.ordinal, protocol)
    in_hand = _in_hand(connection, place, now=now)
    if in_hand is not None:
        return in_hand
    for kind in (ItemKind.TRAINING, ItemKind.QUALIFICATION):
        item = connection.execute(_untouched(place, kind).order_by(items.c.ordinal).limit(1)).one_or_none()
        if item is not None:
            return _assign(connection, place, item, now=now)
    if not _is_qualified(connection, place, enrolment.qualified):
        return Nothing.NOT_QUALIFIED
    judged = _judged(connection, place)
    if protocol.quota is not None and judged >= protocol.quota:
        return Nothing.QUOTA
    item = _due_check(connection, place, judged) or _best_main_item(connection, place, now=now)
    if item is not None:
        return _assign(connection, place, item, now=now)
    skipped = _skipped_task(connection, place) if place.kind is StudyKind.LABELS else None
    if skipped is not None:
        return _renew(connection, skipped, place, now=now)
    return Nothing.WAITING if _others_hold_some(connection, place, now=now) else Nothing.FINISHED


def lock_study(connection: Connection, study_id: str) -> Row[Any]:
    """The study's row, locked until the transaction ends (on SQLite BEGIN IMMEDIATE has locked all already)."""
    return connection.execute(select(studies).where(studies.c.id == study_id).with_for_update()).one()


def enrol(connection: Connection, study_id: str, rater_id: str) -> None:
    """Let a rater into a study; raters are numbered in the order they come."""
    lock_study(connection, study_id)
    mine = and_(enrolments.c.study_id == study_id, enrolments.c.rater_id == rater_id)
    if connection.execute(select(exists().where(mine))).scalar_one():
        return
    ordinal = connection.execute(select(func.coalesce(func.max(enrolments.c.ordinal) + 1, 0)).where(
        enrolments.c.study_id == study_id)).scalar_one()
    connection.execute(insert(enrolments).values(study_id=study_id, rater_id=rater_id, ordinal=ordinal))


def has_room(connection: Connection, item_id: str, *, now: int) -> bool:
    """Whether the item may be given to one more rater. Items without an overlap (gold, training) always may."""
    row = connection.execute(select(items.c.overlap, items.c.kind, func.count(assignments.c.id)).select_from(
        items.outerjoin(assignments, and_(assignments.c.item_id == items.c.id, is_live(now)))).where(
        items.c.id == item_id).group_by(items.c.overlap, items.c.kind)).one()
    return bool(row.kind != ItemKind.MAIN or row[2] < row.overlap)


def is_live(now: int) -> Any:
    """The condition that an assignment takes one of its item's places."""
    return or_(assignments.c.state.in_(DONE), and_(assignments.c.state == "open", assignments.c.leased_until > now))


def _in_hand(connection: Connection, place: Place, *, now: int) -> str | None:
    rows = connection.execute(select(assignments).where(
        assignments.c.study_id == place.study_id, assignments.c.rater_id == place.rater_id,
        assignments.c.state.in_(("asking", "open", "expired"))).order_by(assignments.c.position)).all()
    for row in sorted(rows, key=lambda row: ("asking", "open", "expired").index(row.state)):
        if row.state == "asking" or (row.state == "open" and row.leased_until > now):
            return str(row.id)
        if has_room(connection, row.item_id, now=now):
            return _renew(connection, row.id, place, now=now)
        connection.execute(update(assignments).where(assignments.c.id == row.id).values(state="expired"))
    return None


def _renew(connection: Connection, assignment_id: str, place: Place, *, now: int) -> str:
    connection.execute(update(assignments).where(assignments.c.id == assignment_id).values(
        state="open", leased_until=now + _lease(place), shown_at=now))
    return assignment_id


def _lease(place: Place) -> int:
    return int(place.protocol.lease_minutes * 60_000)


def _untouched(place: Place, kind: ItemKind) -> Select[Any]:
    mine = exists().where(assignments.c.item_id == items.c.id, assignments.c.rater_id == place.rater_id)
    return select(items).where(items.c.study_id == place.study_id, items.c.kind == kind.value,
                               items.c.retired_at.is_(None), ~mine)


def _is_qualified(connection: Connection, place: Place, known: bool | None) -> bool:
    """Whether the rater passed; settled once, when the last qualification item is answered."""
    if known is not None:
        return known
    rows = connection.execute(select(items.c.expected, assignments.c.flipped, judgments.c.content).join(
        assignments, assignments.c.item_id == items.c.id).join(
        judgments, judgments.c.assignment_id == assignments.c.id).where(
        items.c.study_id == place.study_id, items.c.kind == ItemKind.QUALIFICATION.value,
        assignments.c.rater_id == place.rater_id, judgments.c.revision == 0)).all()
    right = sum(row.content["choice"] == as_shown(row.expected, row.flipped) for row in rows)
    passed = not rows or right / len(rows) >= place.protocol.pass_mark
    connection.execute(update(enrolments).where(
        enrolments.c.study_id == place.study_id, enrolments.c.rater_id == place.rater_id).values(qualified=passed))
    return passed


def as_shown(side: str, flipped: bool) -> str:
    """A side of the item as this rater saw it, and back: the same swap both ways."""
    return {"left": "right", "right": "left"}.get(side, side) if flipped else side


def _judged(connection: Connection, place: Place) -> int:
    return int(connection.execute(select(func.count()).select_from(
        assignments.join(items, items.c.id == assignments.c.item_id)).where(
        assignments.c.study_id == place.study_id, assignments.c.rater_id == place.rater_id,
        assignments.c.state.in_(DONE), items.c.kind == ItemKind.MAIN.value)).scalar_one())


def _due_check(connection: Connection, place: Place, judged: int) -> Row[Any] | None:
    """A gold item or a repeat, where one is due: one in each block of `check_every`, at a seeded place."""
    every = place.protocol.check_every
    block = judged // every
    due_at = derive_seed(place.protocol.seed, "check", place.rater_ordinal, block) % every
    done = connection.execute(select(func.count()).select_from(
        assignments.join(items, items.c.id == assignments.c.item_id)).where(
        assignments.c.study_id == place.study_id, assignments.c.rater_id == place.rater_id,
        items.c.kind.in_((ItemKind.GOLD.value, ItemKind.REPEAT.value)))).scalar_one()
    if done > block or judged % every < due_at:
        return None
    original = assignments.alias()
    seen = exists().where(original.c.item_id == items.c.repeat_of, original.c.rater_id == place.rater_id,
                          original.c.state == "judged",
                          original.c.position <= _next_position(connection, place) - every // 2)
    repeat = connection.execute(_untouched(place, ItemKind.REPEAT).where(seen).order_by(
        items.c.ordinal).limit(1)).one_or_none()
    gold = connection.execute(_untouched(place, ItemKind.GOLD).order_by(items.c.ordinal).limit(1)).one_or_none()
    return (repeat or gold) if done % 2 else (gold or repeat)


def _best_main_item(connection: Connection, place: Place, *, now: int) -> Row[Any] | None:
    own = assignments.alias()
    mine = exists().where(own.c.item_id == items.c.id, own.c.rater_id == place.rater_id)
    taken = func.count(assignments.c.id)
    free = connection.execute(
        select(items.c.id, items.c.ordinal, taken.label("taken"))
        .select_from(items.outerjoin(assignments, and_(assignments.c.item_id == items.c.id, is_live(now))))
        .where(items.c.study_id == place.study_id, items.c.kind == ItemKind.MAIN.value,
               items.c.retired_at.is_(None), ~mine)
        .group_by(items.c.id, items.c.ordinal, items.c.overlap).having(taken < items.c.overlap)).all()
    if not free:
        return None
    size = max(row.ordinal for row in free) + 1
    rank = numpy_generator(place.protocol.seed, "rank", place.rater_ordinal).permutation(size)
    fewest = min(row.taken for row in free)
    first = sorted((row for row in free if row.taken == fewest), key=lambda row: rank[row.ordinal])
    weighed = {row.id: order for order, row in enumerate(first[:CANDIDATES_WEIGHED])}
    rows = connection.execute(select(items).where(items.c.id.in_(weighed))).all()
    if place.kind is StudyKind.LABELS:
        return min(rows, key=lambda row: weighed[row.id])
    return min(rows, key=_balance(connection, place, weighed, now=now))


def _balance(connection: Connection, place: Place, order: dict[str, int], *, now: int) -> Any:
    """The sort key of a candidate: how far its side for this rater is over-represented already, then its rank."""
    counts: Counter[tuple[str, Any, bool]] = Counter()
    rows = connection.execute(select(items.c.stratum, assignments.c.flipped, assignments.c.rater_id, items.c.id).join(
        assignments, assignments.c.item_id == items.c.id).where(
        items.c.study_id == place.study_id, items.c.kind == ItemKind.MAIN.value, is_live(now)))
    for row in rows:
        counts["stratum", row.stratum, row.flipped] += 1
        counts["item", row.id, row.flipped] += 1
        if row.rater_id == place.rater_id:
            counts["rater", row.stratum, row.flipped] += 1

    def key(row: Row[Any]) -> tuple[int, int]:
        flip = _flip(place, row)
        excess = sum(_sign(counts[name, which, flip] - counts[name, which, not flip])
                     for name, which in (("stratum", row.stratum), ("item", row.id), ("rater", row.stratum)))
        return excess, order[row.id]

    return key


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _flip(place: Place, item: Row[Any]) -> bool:
    return is_flipped(seed=place.protocol.seed, stratum=item.stratum, position=item.position,
                      rater=place.rater_ordinal)


def _skipped_task(connection: Connection, place: Place) -> str | None:
    """For labels, where every task needs a choice: a task the labeler skipped comes back at the end."""
    return connection.execute(select(assignments.c.id).join(items, items.c.id == assignments.c.item_id).where(
        assignments.c.study_id == place.study_id, assignments.c.rater_id == place.rater_id,
        assignments.c.state == "skipped", items.c.retired_at.is_(None)).order_by(
        assignments.c.leased_until).limit(1)).scalar_one_or_none()


def _others_hold_some(connection: Connection, place: Place, *, now: int) -> bool:
    """Whether an item may still come back because somebody else's lease may run out."""
    return bool(connection.execute(select(exists().where(
        assignments.c.study_id == place.study_id, assignments.c.rater_id != place.rater_id,
        assignments.c.state == "open", assignments.c.leased_until > now,
        assignments.c.item_id.in_(_untouched(place, ItemKind.MAIN).with_only_columns(items.c.id))))).scalar_one())


def _assign(connection: Connection, place: Place, item: Row[Any], *, now: int) -> str:
    if place.kind is StudyKind.LABELS:
        flipped, order = False, list(label_order(seed=place.protocol.seed, task=item.external_id,
                                                 rater=place.rater_ordinal, candidates=len(item.texts)))
    else:
        flipped = _flip(place, item)
        if item.repeat_of is not None:
            flipped = not connection.execute(select(assignments.c.flipped).where(
                assignments.c.item_id == item.repeat_of, assignments.c.rater_id == place.rater_id)).scalar_one()
        order = [1, 0] if flipped else [0, 1]
    assignment_id = secrets.token_hex(12)
    connection.execute(insert(assignments).values(
        id=assignment_id, study_id=place.study_id, item_id=item.id, rater_id=place.rater_id, shown_order=order,
        flipped=flipped, position=_next_position(connection, place), state="open",
        leased_until=now + _lease(place), shown_at=now))
    return assignment_id


def _next_position(connection: Connection, place: Place) -> int:
    return int(connection.execute(select(func.count()).where(
        assignments.c.study_id == place.study_id, assignments.c.rater_id == place.rater_id)).scalar_one())
