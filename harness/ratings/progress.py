"""What the raters and the owner may know while a study runs: coverage, speed, sides, checks. Never an arm."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from harness.ratings.assignment import as_shown
from harness.ratings.choosing import queries_met
from harness.ratings.drafting import fewest_raters
from harness.ratings.protocol import ItemKind, StudyKind, StudyProtocol
from harness.ratings.schema import assignments, enrolments, flags, items, judgments, raters, studies


@dataclass(frozen=True)
class StudyInfo:
    """A study as its owner's list shows it."""

    id: str
    kind: StudyKind
    name: str
    title: str
    state: str
    simulated: bool
    seal: str
    created_at: int
    protocol: StudyProtocol = field(repr=False)


@dataclass(frozen=True)
class Final:
    """The last word on one assignment. side: 'left', 'right', 'tie' in the item's own orientation, or 'skip'.

    shown: the same as the rater saw it. seconds: from the item's appearance to the first choice.
    """

    assignment_id: str
    item_id: str
    item_kind: ItemKind
    stratum: int
    query_id: str
    rater_id: str
    handle: str
    side: str
    shown: str
    flipped: bool
    expected: str | None
    repeat_of: str | None
    seconds: float
    decided_at: int
    revisions: int
    content: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class RaterProgress:
    """Where one rater stands: items judged, of how many as things are, and the steps before them.

    goal: those judged, the one in hand and those that still have room, or the quota if that is less, and the checks
    among them; it sinks while others judge.
    """

    judged: int
    goal: int
    practice_left: int
    consented: bool
    qualified: bool | None
    paused: bool


@dataclass(frozen=True)
class Coverage:
    """How far a study is. wanted: judgments of all main items together; complete: items with all of theirs.

    fewest_raters: how many raters that takes.
    """

    items: int
    complete: int
    judged: int
    wanted: int
    in_hand: int
    open_flags: int
    fewest_raters: int


def studies_of(connection: Connection, kind: StudyKind | None = None) -> list[StudyInfo]:
    """All studies, or those of one kind, the oldest first."""
    query = select(studies).order_by(studies.c.created_at)
    if kind is not None:
        query = query.where(studies.c.kind == kind.value)
    return [_info(row) for row in connection.execute(query)]


def study_by_id(connection: Connection, study_id: str) -> StudyInfo:
    return _info(connection.execute(select(studies).where(studies.c.id == study_id)).one())


def rater_progress(connection: Connection, study: StudyInfo, rater_id: str) -> RaterProgress:
    """How far the rater is; no number in it tells of gold items or repeats."""
    row = connection.execute(select(enrolments).where(
        enrolments.c.study_id == study.id, enrolments.c.rater_id == rater_id)).one_or_none()
    done: dict[str, int] = dict(connection.execute(select(items.c.kind, func.count()).select_from(
        assignments.join(items, items.c.id == assignments.c.item_id)).where(
        assignments.c.study_id == study.id, assignments.c.rater_id == rater_id,
        assignments.c.state.in_(("judged", "asking"))).group_by(items.c.kind)).tuples().all())
    there: dict[str, int] = dict(connection.execute(select(items.c.kind, func.count()).where(
        items.c.study_id == study.id, items.c.retired_at.is_(None)).group_by(items.c.kind)).tuples().all())
    practice = sum(there.get(kind, 0) - done.get(kind, 0) for kind in (ItemKind.TRAINING, ItemKind.QUALIFICATION))
    checks = sum(done.get(kind, 0) for kind in (ItemKind.GOLD, ItemKind.REPEAT))
    judged = done.get(ItemKind.MAIN, 0)
    left = _main_left(connection, study, rater_id, judged)
    # Checks count like the rest, done and to come: a number that stands still would give them away.
    planned = min(sum(there.get(kind, 0) for kind in (ItemKind.GOLD, ItemKind.REPEAT)),
                  math.ceil((judged + left) / study.protocol.check_every))
    return RaterProgress(
        judged=judged + checks, goal=judged + checks + left + (max(planned - checks, 0) if left else 0),
        practice_left=practice,
        consented=bool(row and row.consented_at), qualified=row.qualified if row else None,
        paused=bool(row and row.paused_at))


def _main_left(connection: Connection, study: StudyInfo, rater_id: str, judged: int) -> int:
    """How many main items the rater may still get: the one in hand, and those with room, up to the quota. Of several
    about one query the rater gets one.
    """
    own = assignments.alias()
    mine = exists().where(own.c.item_id == items.c.id, own.c.rater_id == rater_id)
    free, counted = and_(items.c.taken < items.c.overlap, ~mine), func.count()
    if study.kind is StudyKind.EVALUATION and study.protocol.once_a_query:
        free = and_(free, items.c.query_id.not_in(queries_met(study.id, rater_id)))
        counted = func.count(items.c.query_id.distinct())
    left: int = connection.execute(select(counted).where(
        items.c.study_id == study.id, items.c.kind == ItemKind.MAIN.value, items.c.retired_at.is_(None),
        or_(free, mine.where(own.c.state == "open")))).scalar_one()
    quota = study.protocol.quota
    return left if quota is None else max(min(left, quota - judged), 0)


def coverage(connection: Connection, study_id: str, *, now: int) -> Coverage:
    """How many judgments there are of those wanted."""
    done = func.count(assignments.c.id)
    rows = connection.execute(select(items.c.query_id, items.c.overlap, done.label("done")).select_from(items.outerjoin(
        assignments, and_(assignments.c.item_id == items.c.id, assignments.c.state.in_(("judged", "asking"))))).where(
        items.c.study_id == study_id, items.c.kind == ItemKind.MAIN.value, items.c.retired_at.is_(None))
        .group_by(items.c.id, items.c.query_id, items.c.overlap)).all()
    protocol = study_by_id(connection, study_id).protocol
    # Where a query may return, every item could be one rater's.
    places = [(row.query_id if protocol.once_a_query else str(number), row.overlap) for number, row in enumerate(rows)]
    in_hand = connection.execute(select(func.count()).where(
        assignments.c.study_id == study_id, assignments.c.state == "open",
        assignments.c.leased_until > now)).scalar_one()
    raised = connection.execute(select(func.count()).where(
        flags.c.study_id == study_id, flags.c.resolved_at.is_(None))).scalar_one()
    return Coverage(items=len(rows), complete=sum(row.done >= row.overlap for row in rows),
                    judged=sum(row.done for row in rows), wanted=sum(row.overlap for row in rows),
                    in_hand=in_hand, open_flags=raised, fewest_raters=fewest_raters(places))


def finals(connection: Connection, study_id: str) -> list[Final]:
    """The last judgment of every assignment, in the order of the chain; erased ones are not among them."""
    changed = case((judgments.c.content["act"].as_string() == "revise", 1), else_=0)
    last = (select(judgments.c.assignment_id, func.max(judgments.c.revision).label("revision"),
                   func.min(judgments.c.sequence).label("sequence"), func.sum(changed).label("changes"))
            .where(judgments.c.study_id == study_id).group_by(judgments.c.assignment_id).subquery())
    rows = connection.execute(
        select(judgments.c.content, last.c.changes, assignments.c.id, assignments.c.item_id,
               assignments.c.flipped, items.c.kind, items.c.stratum, items.c.query_id, items.c.expected,
               items.c.repeat_of, raters.c.handle, assignments.c.rater_id)
        .join(last, and_(last.c.assignment_id == judgments.c.assignment_id, last.c.revision == judgments.c.revision))
        .join(assignments, assignments.c.id == judgments.c.assignment_id)
        .join(items, items.c.id == assignments.c.item_id).join(raters, raters.c.id == assignments.c.rater_id)
        .where(judgments.c.study_id == study_id).order_by(last.c.sequence))
    return [Final(
        assignment_id=row.id, item_id=row.item_id, item_kind=ItemKind(row.kind), stratum=row.stratum,
        query_id=row.query_id, rater_id=row.rater_id, handle=row.handle,
        side=as_shown(row.content["choice"], row.flipped), shown=row.content["choice"], flipped=row.flipped,
        expected=row.expected, repeat_of=row.repeat_of,
        seconds=(row.content["decided_at"] - row.content["shown_at"]) / 1000, decided_at=row.content["decided_at"],
        revisions=row.changes, content=row.content) for row in rows if row.content is not None]


def _info(row: Any) -> StudyInfo:
    protocol = StudyProtocol.from_json(row.protocol)
    return StudyInfo(row.id, StudyKind(row.kind), row.name, protocol.title, row.state, row.simulated, row.seal,
                     row.created_at, protocol)
