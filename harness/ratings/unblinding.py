"""Closing a study and opening its key: the one place where sides meet arms."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from harness.errors import InputError
from harness.ratings import chain
from harness.ratings.assignment import lock_study
from harness.ratings.chain import ChainCheck
from harness.ratings.progress import Final, finals
from harness.ratings.protocol import ItemKind, StudyKind
from harness.ratings.publishing import log, stored_seal
from harness.ratings.schema import items, sealed_keys, studies
from harness.records import ArmKey, Choice, Contrast, Judgment, arm_of


def study_id_of(connection: Connection, kind: StudyKind, name: str) -> str:
    """The id of the study of that name. Raises InputError that lists the names there are."""
    rows = connection.execute(select(studies.c.id, studies.c.name).where(studies.c.kind == kind.value)).all()
    for row in rows:
        if row.name == name:
            return str(row.id)
    names = ", ".join(repr(row.name) for row in rows) or "none"
    raise InputError(f"there is no study named {name!r} in the rating store", cure=f"It has: {names}")


def close(connection: Connection, study_id: str, *, now: int) -> None:
    """No judgment is taken from now on. Closing twice changes nothing."""
    study = lock_study(connection, study_id)
    if study.state == "open":
        connection.execute(update(studies).where(studies.c.id == study_id).values(state="closed", closed_at=now))
        log(connection, study_id, "closed", now=now)


@dataclass(frozen=True)
class Unblinded:
    """A final judgment with the arms of its sides as the rater saw them."""

    judgment: Judgment
    final: Final
    left_arm: ArmKey
    right_arm: ArmKey


def unblind(connection: Connection, study_id: str, *, now: int) -> list[Unblinded]:
    """Open the key of a closed study: every main judgment by arm. Skips are not judgments.

    The first opening is logged with the head of the chain; the study stays unblinded from then on.

    Raises InputError where the study is still open, or where plan, items, key or chain are not what was sealed.
    """
    study = lock_study(connection, study_id)
    if study.state == "open":
        raise InputError(f"the study {study.name!r} is still open", cure="Close it first: no result before closing")
    found = verify(connection, study_id)
    if found.problems:
        raise InputError(f"the study {study.name!r} does not verify: {found.problems[0]}", cure="Restore a backup")
    if study.state == "closed":
        connection.execute(update(studies).where(studies.c.id == study_id).values(
            state="unblinded", unblinded_at=now))
        log(connection, study_id, "unblinded", now=now, head=found.head, judgments=found.judgments)
    sides = _sides(connection, study_id)
    named = dict(connection.execute(select(items.c.id, items.c.external_id).where(
        items.c.study_id == study_id)).tuples().all())
    said = [each for each in finals(connection, study_id)
            if each.item_kind is ItemKind.MAIN and each.side != Choice.SKIP]
    return [_unblinded(each, named[each.item_id], *sides[named[each.item_id]]) for each in said]


def verify(connection: Connection, study_id: str) -> ChainCheck:
    """Replay the chain, and compute the seal anew from the plan, the items and the key as they are stored now."""
    found = chain.check(connection, study_id)
    study = connection.execute(select(studies.c.kind, studies.c.seal).where(studies.c.id == study_id)).one()
    if study.kind == StudyKind.EVALUATION and stored_seal(connection, study_id) != study.seal:
        return replace(found, problems=("plan, items or key are not what was sealed", *found.problems))
    return found


def _sides(connection: Connection, study_id: str) -> dict[str, tuple[ArmKey, ArmKey]]:
    """What the sealed key says: the arms of each item's sides, (left, right)."""
    key = connection.execute(select(sealed_keys.c.key).where(sealed_keys.c.study_id == study_id)).scalar_one()
    return {item: (arm_of(left), arm_of(right)) for item, (left, right) in key["arms"].items()}


def _unblinded(final: Final, item: str, left: ArmKey, right: ArmKey) -> Unblinded:
    # Every item of two arms is of one contrast: by name, whatever side they are on.
    contrast = Contrast(*sorted((left, right), key=str))
    outcome = 0.5 if final.side == Choice.TIE else float((final.side == Choice.LEFT) == (left == contrast.arm))
    seen_left, seen_right = (right, left) if final.flipped else (left, right)
    judgment = Judgment(item_id=item, query_id=final.query_id, rater_id=final.handle, contrast=contrast,
                        outcome=outcome, arm_was_left=seen_left == contrast.arm)
    return Unblinded(judgment, final, seen_left, seen_right)


def labels(connection: Connection, study_id: str) -> dict[str, int]:
    """The final label of every task: the candidate most labelers chose, the earliest choice where they are tied."""
    named = dict(connection.execute(select(items.c.id, items.c.external_id).where(
        items.c.study_id == study_id)).tuples().all())
    chosen: dict[str, list[int]] = defaultdict(list)
    for each in finals(connection, study_id):
        if each.side != Choice.SKIP:
            chosen[named[each.item_id]].append(int(each.side))
    return {task: Counter(choices).most_common(1)[0][0] for task, choices in chosen.items()}


@dataclass(frozen=True)
class ArmText:
    """One arm's text for one item of an unblinded study."""

    item_id: str
    query_id: str
    query_text: str
    source: str | None
    arm: ArmKey
    text: str


def study_texts(connection: Connection, study_id: str) -> list[ArmText]:
    """Every main item's two texts with their arms, the left one first. Raises InputError before unblinding."""
    study = connection.execute(select(studies.c.state, studies.c.name).where(studies.c.id == study_id)).one()
    if study.state != "unblinded":
        raise InputError(f"the study {study.name!r} is not unblinded", cure="Close and unblind it first")
    sides = _sides(connection, study_id)
    rows = connection.execute(select(items).where(
        items.c.study_id == study_id, items.c.kind == ItemKind.MAIN.value).order_by(items.c.ordinal))
    return [ArmText(row.id, row.query_id, row.query_text, row.source, arm, text) for row in rows
            for arm, text in zip(sides[row.external_id], row.texts, strict=True)]
