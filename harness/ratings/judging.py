"""Showing a rater an assignment and recording what the rater says of it.

Every function checks that the assignment is the rater's own; somebody else's and one that does not exist are the
same error, so that guessing ids tells nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from harness.ratings import chain
from harness.ratings.assignment import as_shown, has_room, lock_study, recount
from harness.ratings.chain import Receipt
from harness.ratings.choosing import LIVE
from harness.ratings.protocol import ItemKind, StudyKind, StudyProtocol, Which
from harness.ratings.publishing import log, plain
from harness.ratings.schema import assignments, flags, items, judgments, studies
from harness.records import Choice

MIN_DWELL_MS = 800
"""A choice that comes sooner after its item was handed out was meant for the item before: a double click. Systems
count two clicks within 500 ms as one double click; the rest is how late a busy server may hear of the second."""
MAX_COMMENT = 2_000


class Refused(Exception):
    """The store did not record it. The message is for the rater, in plain words."""


class NotYours(Refused):
    """No such assignment for this rater."""

    def __init__(self) -> None:
        super().__init__("This item is not one of yours.")


@dataclass(frozen=True)
class Details:
    """What a rater may add to a choice. strength, confidence: 1 to 3. both_bad: a tie of two bad texts."""

    strength: int | None = None
    confidence: int | None = None
    tags: tuple[str, ...] = ()
    comment: str = ""
    both_bad: bool = False


@dataclass(frozen=True)
class Answers:
    """The questions asked after the vote, apart from 'better': which texts are copied, and which are accurate."""

    copied: Which | None = None
    accurate: Which | None = None


@dataclass(frozen=True)
class Shown:
    """An assignment as its rater sees it. texts: in the order on the screen. The arm of a text is not here.

    stage: 'vote', 'ask' (the vote is in, questions are open) or 'judged'. revision: the number that the next
    judgment of it must carry. choice: the last one, as shown. explanation: of a training item, after the vote.
    open: the questions about it that are not answered yet.
    """

    id: str
    kind: StudyKind
    title: str
    query_text: str
    source: str | None
    texts: tuple[str, ...] = field(repr=False)
    order: tuple[int, ...] = field(repr=False)
    position: int
    is_practice: bool
    stage: str
    revision: int
    open: tuple[str, ...] = ()
    choice: str | None = None
    details: Details = Details()
    answers: Answers = Answers()
    expected: str | None = None
    explanation: str = ""


def show(connection: Connection, rater_id: str, assignment_id: str) -> Shown:
    """What the rater may see of the assignment. Raises NotYours."""
    row = _own(connection, rater_id, assignment_id)
    last = _last(connection, assignment_id)
    content = last.content if last else {}
    protocol = StudyProtocol.from_json(row.protocol)
    is_training = row.item_kind == ItemKind.TRAINING
    voted = last is not None and row.state in ("asking", "judged")
    return Shown(
        id=row.id, kind=StudyKind(row.study_kind), title=protocol.title, query_text=row.query_text, source=row.source,
        texts=tuple(row.texts[i] for i in row.shown_order), order=tuple(row.shown_order), position=row.position,
        is_practice=row.item_kind in (ItemKind.TRAINING, ItemKind.QUALIFICATION),
        stage={"asking": "ask", "judged": "judged"}.get(row.state, "vote"), revision=last.revision + 1 if last else 0,
        open=_open_questions(protocol, row, content),
        choice=_on_screen(row, content.get("choice")) if voted else None,
        details=Details(**{**content.get("details", {}), "tags": tuple(content.get("details", {}).get("tags", ()))}),
        answers=_answers(content),
        expected=as_shown(row.expected, row.flipped) if is_training and voted and row.expected else None,
        explanation=row.explanation if is_training and voted else "")


def vote(connection: Connection, rater_id: str, assignment_id: str, *, revision: int, choice: str,
         details: Details, now: int) -> Receipt:
    """Record a choice: a side, tie or skip; for a label the place of the best candidate on the screen, or skip.

    The same click twice gives the same receipt. Raises Refused where the choice cannot count (the message says
    why), NotYours where the assignment is not the rater's.
    """
    row = _locked(connection, rater_id, assignment_id)
    said = _in_store(row, choice)
    last = _last(connection, assignment_id)
    if last is not None and revision <= last.revision:
        same = last.content is not None and revision == last.revision and last.content["choice"] == said
        if same:
            return Receipt(assignment_id, revision, last.hash, duplicate=True)
        raise Refused("You have judged this one already. To change it, use Back.")
    if revision != (last.revision + 1 if last else 0):
        raise Refused("This page is out of date. Please look at it again.")
    if last is not None and row.is_practice:
        raise Refused("Practice items are judged once.")
    if row.state == "open" and now - row.shown_at < MIN_DWELL_MS:
        raise Refused("That came too soon after the item appeared, so it was not counted. Please choose again.")
    _require_place(connection, row, now=now)
    content = {"act": "vote" if last is None else "revise", "rater": rater_id, "choice": said,
               "details": _clean(details), "shown_at": row.shown_at, "decided_at": now}
    if last is not None and last.content is not None:
        content |= {name: last.content[name] for name in ("answers", "open") if name in last.content}
    receipt = chain.append(connection, study_id=row.study_id, assignment_id=assignment_id, revision=revision,
                           content=content)
    state = "skipped" if said == Choice.SKIP else "asking" if _pauses_after(row, content) else "judged"
    connection.execute(update(assignments).where(assignments.c.id == assignment_id).values(
        state=state, **({"leased_until": now} if state == "skipped" else {})))
    if (row.state in LIVE) != (state in LIVE):
        recount(connection, [row.item_id])
    return receipt


def answer(connection: Connection, rater_id: str, assignment_id: str, *, revision: int, answers: Answers,
           now: int, still_open: Sequence[str] = ()) -> Receipt:
    """Record the answers to the questions after the vote (none given is an answer too) and go on.

    still_open: the questions that come next. What was answered so far is kept; the item stays in hand.
    """
    row = _locked(connection, rater_id, assignment_id)
    last = _last(connection, assignment_id)
    said = {name: value.value for name, value in asdict(answers).items() if value is not None}
    if last is None:
        raise Refused("Please choose first.")
    if revision <= last.revision:
        if revision == last.revision and last.content is not None and (
                last.content.get("answers", {}), last.content.get("open", [])) == (said, [*still_open]):
            return Receipt(assignment_id, revision, last.hash, duplicate=True)
        raise Refused("You have answered this already. To change it, use Back.")
    if revision != last.revision + 1:
        raise Refused("This page is out of date. Please look at it again.")
    content = {**(last.content or {}), "act": "answer", "answers": said, "open": [*still_open], "answered_at": now}
    receipt = chain.append(connection, study_id=row.study_id, assignment_id=assignment_id, revision=revision,
                           content=content)
    connection.execute(update(assignments).where(assignments.c.id == assignment_id).values(
        state="asking" if still_open else "judged"))
    return receipt


def history(connection: Connection, study_id: str, rater_id: str, *, limit: int) -> list[str]:
    """The rater's judged assignments that may be revised, the latest first."""
    latest = func.max(judgments.c.sequence)
    rows = connection.execute(
        select(assignments.c.id).join(judgments, judgments.c.assignment_id == assignments.c.id)
        .join(items, items.c.id == assignments.c.item_id)
        .where(assignments.c.study_id == study_id, assignments.c.rater_id == rater_id,
               assignments.c.state.in_(("judged", "asking")),
               items.c.kind.in_((ItemKind.MAIN.value, ItemKind.GOLD.value, ItemKind.REPEAT.value)),
               judgments.c.revision == 0)
        .group_by(assignments.c.id).order_by(latest.desc()).limit(limit))
    return [str(row.id) for row in rows]


def flag(connection: Connection, rater_id: str, assignment_id: str, *, note: str, now: int) -> None:
    """Report that the task itself is broken. The owner sees it at once, and the rater is given another one."""
    row = _locked(connection, rater_id, assignment_id)
    connection.execute(insert(flags).values(
        id=secrets.token_hex(8), study_id=row.study_id, item_id=row.item_id, rater_id=rater_id,
        note=plain(note)[:MAX_COMMENT], raised_at=now))
    if row.state in ("open", "expired"):
        connection.execute(update(assignments).where(assignments.c.id == assignment_id).values(
            state="skipped", leased_until=now))
        recount(connection, [row.item_id])
    log(connection, row.study_id, "flagged", now=now, item=row.item_id)


def _own(connection: Connection, rater_id: str, assignment_id: str) -> Row[Any]:
    row = connection.execute(
        select(assignments, items.c.kind.label("item_kind"), items.c.query_text, items.c.source, items.c.texts,
               items.c.expected, items.c.explanation, studies.c.kind.label("study_kind"), studies.c.protocol,
               studies.c.state.label("study_state"),
               items.c.kind.in_((ItemKind.TRAINING.value, ItemKind.QUALIFICATION.value)).label("is_practice"))
        .join(items, items.c.id == assignments.c.item_id).join(studies, studies.c.id == assignments.c.study_id)
        .where(assignments.c.id == assignment_id, assignments.c.rater_id == rater_id)).one_or_none()
    if row is None:
        raise NotYours
    return row


def _locked(connection: Connection, rater_id: str, assignment_id: str) -> Row[Any]:
    study_id = connection.execute(select(assignments.c.study_id).where(
        assignments.c.id == assignment_id, assignments.c.rater_id == rater_id)).scalar_one_or_none()
    if study_id is None:
        raise NotYours
    lock_study(connection, study_id)
    row = _own(connection, rater_id, assignment_id)
    if row.study_state != "open":
        raise Refused("This study is closed. Thank you; what you judged before is kept.")
    return row


def _last(connection: Connection, assignment_id: str) -> Row[Any] | None:
    return connection.execute(select(judgments).where(judgments.c.assignment_id == assignment_id).order_by(
        judgments.c.revision.desc()).limit(1)).one_or_none()


def _require_place(connection: Connection, row: Row[Any], *, now: int) -> None:
    holds = row.state in ("judged", "asking") or (row.state == "open" and row.leased_until > now)
    if not holds and not has_room(connection, row.item_id, now=now):
        raise Refused("This one timed out and went to somebody else. Here is the next.")


def _asks(protocol: StudyProtocol, row: Row[Any]) -> tuple[str, ...]:
    if row.source is None or row.study_kind != StudyKind.EVALUATION or row.is_practice:
        return ()
    return tuple(name for name, wanted in (("copied", protocol.ask_copied), ("accurate", protocol.ask_accuracy))
                 if wanted)


def _pauses_after(row: Row[Any], content: Mapping[str, Any]) -> bool:
    """Whether something follows the vote before the next item: questions, or the feedback of a training item."""
    return row.item_kind == ItemKind.TRAINING or bool(
        _open_questions(StudyProtocol.from_json(row.protocol), row, content))


def _open_questions(protocol: StudyProtocol, row: Row[Any], content: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(content.get("open", ())) if "answers" in content else _asks(protocol, row)


def _in_store(row: Row[Any], choice: str) -> str:
    """A choice on the screen as it is stored: sides stay as shown, a candidate becomes its original index."""
    if choice == Choice.SKIP:
        return choice
    if row.study_kind == StudyKind.LABELS:
        if not choice.isdecimal() or int(choice) >= len(row.shown_order):
            raise Refused("There is no such candidate.")
        return str(row.shown_order[int(choice)])
    if choice not in (Choice.LEFT, Choice.RIGHT, Choice.TIE):
        raise Refused("There is no such choice.")
    return Choice(choice).value


def _on_screen(row: Row[Any], choice: str | None) -> str | None:
    if choice is None or row.study_kind != StudyKind.LABELS or choice == Choice.SKIP:
        return choice
    return str(list(row.shown_order).index(int(choice)))


def _answers(content: Mapping[str, Any]) -> Answers:
    return Answers(**{name: Which(value) for name, value in content.get("answers", {}).items()})


def _clean(details: Details) -> dict[str, Any]:
    return {**asdict(details), "tags": list(details.tags), "comment": plain(details.comment)[:MAX_COMMENT]}
