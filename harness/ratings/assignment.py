"""Which item a rater gets next, and how long it stays reserved: handing out items, their leases, and giving them back.

An assignment is a lease: it belongs to its rater until `leased_until`, and a lease that ran out goes back to the
pool unless the item has room left. Which item is taken is for `choosing` to say.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from harness.ratings.blinding import label_order
from harness.ratings.choosing import (
    DONE,
    LIVE,
    RaterContext,
    best_main_item,
    due_check,
    flip_for,
    history_of,
    practice_item,
    untouched,
)
from harness.ratings.protocol import ItemKind, StudyKind, StudyProtocol
from harness.ratings.schema import assignments, enrolments, items, judgments, studies


class NoAssignment(StrEnum):
    """Why there is no item for a rater now."""

    CONSENT = "consent"
    NOT_QUALIFIED = "not_qualified"
    QUOTA = "quota"
    FINISHED = "finished"
    WAITING = "waiting"
    CLOSED = "closed"
    PAUSED = "paused"


def next_assignment(connection: Connection, study_id: str, rater_id: str, *, now: int) -> str | NoAssignment:
    """The id of the rater's assignment: the one in hand, or a new one. The same until it is answered."""
    study = lock_study(connection, study_id)
    if study.state != "open":
        return NoAssignment.CLOSED
    enrolment = connection.execute(select(enrolments).where(
        enrolments.c.study_id == study_id, enrolments.c.rater_id == rater_id)).one_or_none()
    if enrolment is None or enrolment.consented_at is None:
        return NoAssignment.CONSENT
    if enrolment.paused_at is not None:
        return NoAssignment.PAUSED
    protocol = StudyProtocol.from_json(study.protocol)
    context = RaterContext(study_id, StudyKind(study.kind), rater_id, enrolment.ordinal, protocol)
    _sweep(connection, study_id, now=now)
    in_hand = _in_hand(connection, context, now=now)
    if in_hand is not None:
        return in_hand
    history = history_of(connection, context)
    if enrolment.qualified is None:
        item = practice_item(connection, context)
        if item is not None:
            return _assign(connection, context, item, position=history.assigned, now=now)
    if not _is_qualified(connection, context, enrolment.qualified):
        return NoAssignment.NOT_QUALIFIED
    if protocol.quota is not None and history.judged >= protocol.quota:
        return NoAssignment.QUOTA
    item = due_check(connection, context, history) or best_main_item(connection, context, history)
    if item is not None:
        return _assign(connection, context, item, position=history.assigned, now=now)
    skipped = _skipped_task(connection, context) if context.kind is StudyKind.LABELS else None
    if skipped is not None:
        return _renew(connection, skipped, context, now=now)
    return NoAssignment.WAITING if _others_hold_some(connection, context, now=now) else NoAssignment.FINISHED


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


def recount(connection: Connection, item_ids: Collection[str]) -> None:
    """Bring the items' own counts up to date, after assignments of theirs took or left a place."""
    mine = select(func.count()).where(assignments.c.item_id == items.c.id, assignments.c.state.in_(LIVE))
    connection.execute(update(items).where(items.c.id.in_(item_ids)).values(
        taken=mine.scalar_subquery(), flips=mine.where(assignments.c.flipped).scalar_subquery()))


def _sweep(connection: Connection, study_id: str, *, now: int) -> None:
    """Leases that ran out give their places back."""
    ran_out = and_(assignments.c.study_id == study_id, assignments.c.state == "open",
                   assignments.c.leased_until <= now)
    left = connection.execute(select(assignments.c.item_id).where(ran_out)).scalars().all()
    if left:
        connection.execute(update(assignments).where(ran_out).values(state="expired"))
        recount(connection, left)


def is_live(now: int) -> Any:
    """The condition that an assignment takes one of its item's places."""
    return or_(assignments.c.state.in_(DONE), and_(assignments.c.state == "open", assignments.c.leased_until > now))


def _in_hand(connection: Connection, context: RaterContext, *, now: int) -> str | None:
    rows = connection.execute(select(assignments).where(
        assignments.c.study_id == context.study_id, assignments.c.rater_id == context.rater_id,
        assignments.c.state.in_(("asking", "open", "expired"))).order_by(assignments.c.position)).all()
    for row in sorted(rows, key=lambda row: ("asking", "open", "expired").index(row.state)):
        if row.state in ("asking", "open"):
            return str(row.id)
        if has_room(connection, row.item_id, now=now):
            return _renew(connection, row.id, context, now=now)
    return None


def _renew(connection: Connection, assignment_id: str, context: RaterContext, *, now: int) -> str:
    item_id = connection.execute(update(assignments).where(assignments.c.id == assignment_id).values(
        state="open", leased_until=now + _lease(context), shown_at=now).returning(assignments.c.item_id)).scalar_one()
    recount(connection, [item_id])
    return assignment_id


def _lease(context: RaterContext) -> int:
    return int(context.protocol.lease_minutes * 60_000)


def _is_qualified(connection: Connection, context: RaterContext, known: bool | None) -> bool:
    """Whether the rater passed; settled once, when the last qualification item is answered."""
    if known is not None:
        return known
    rows = connection.execute(select(items.c.expected, assignments.c.flipped, judgments.c.content).join(
        assignments, assignments.c.item_id == items.c.id).join(
        judgments, judgments.c.assignment_id == assignments.c.id).where(
        items.c.study_id == context.study_id, items.c.kind == ItemKind.QUALIFICATION.value,
        assignments.c.rater_id == context.rater_id, judgments.c.revision == 0)).all()
    right = sum(row.content["choice"] == as_shown(row.expected, row.flipped) for row in rows)
    passed = not rows or right / len(rows) >= context.protocol.pass_mark
    connection.execute(update(enrolments).where(
        enrolments.c.study_id == context.study_id, enrolments.c.rater_id == context.rater_id).values(qualified=passed))
    return passed


def as_shown(side: str, flipped: bool) -> str:
    """A side of the item as this rater saw it, and back: the same swap both ways."""
    return {"left": "right", "right": "left"}.get(side, side) if flipped else side


def _skipped_task(connection: Connection, context: RaterContext) -> str | None:
    """For labels, where every task needs a choice: a task the labeler skipped comes back at the end."""
    return connection.execute(select(assignments.c.id).join(items, items.c.id == assignments.c.item_id).where(
        assignments.c.study_id == context.study_id, assignments.c.rater_id == context.rater_id,
        assignments.c.state == "skipped", items.c.retired_at.is_(None)).order_by(
        assignments.c.leased_until).limit(1)).scalar_one_or_none()


def _others_hold_some(connection: Connection, context: RaterContext, *, now: int) -> bool:
    """Whether an item may still come back because somebody else's lease may run out."""
    return bool(connection.execute(select(exists().where(
        assignments.c.study_id == context.study_id, assignments.c.rater_id != context.rater_id,
        assignments.c.state == "open", assignments.c.leased_until > now,
        assignments.c.item_id.in_(untouched(context, ItemKind.MAIN).with_only_columns(items.c.id))))).scalar_one())


def _assign(connection: Connection, context: RaterContext, item: Row[Any], *, position: int, now: int) -> str:
    if context.kind is StudyKind.LABELS:
        flipped, order = False, list(label_order(seed=context.protocol.seed, task=item.external_id,
                                                 rater=context.rater_ordinal, candidates=len(item.texts)))
    else:
        flipped = flip_for(context, item)
        if item.repeat_of is not None:
            flipped = not connection.execute(select(assignments.c.flipped).where(
                assignments.c.item_id == item.repeat_of, assignments.c.rater_id == context.rater_id)).scalar_one()
        order = [1, 0] if flipped else [0, 1]
    assignment_id = secrets.token_hex(12)
    connection.execute(insert(assignments).values(
        id=assignment_id, study_id=context.study_id, item_id=item.id, rater_id=context.rater_id, shown_order=order,
        flipped=flipped, position=position, state="open",
        leased_until=now + _lease(context), shown_at=now))
    recount(connection, [item.id])
    return assignment_id
