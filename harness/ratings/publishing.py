"""Putting studies and label queues into the store."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from harness.digests import digest
from harness.errors import InputError
from harness.ratings.protocol import MAX_NAME, ItemKind, ItemSet, SealedKey, StudyItem, StudyKind, StudyProtocol
from harness.ratings.schema import events, flags, items, reports, sealed_keys, studies
from harness.records import LabelTask
from harness.seeds import derive_seed

AGREEMENT_LABELERS = 5
SEALED_COLUMNS = ("ordinal", "kind", "stratum", "position", "overlap", "external_id", "query_id", "query_text",
                  "source", "texts", "expected", "explanation")


def publish_study(connection: Connection, protocol: StudyProtocol, study_items: Sequence[StudyItem],
                  key: SealedKey, *, now: int) -> str:
    """Store a study and commit its seal. The very same study again is no error; another of its name is.

    Returns the study's id.
    """
    if len(protocol.name) > MAX_NAME:
        raise InputError(f"a study's name has up to {MAX_NAME} characters, not {len(protocol.name)}", key="name")
    sealed = _key_document(key)
    rows = [_item_row(ordinal, each) for ordinal, each in enumerate(study_items)]
    committed = seal(protocol.as_json(), rows, sealed)
    known = connection.execute(select(studies.c.id, studies.c.seal).where(
        studies.c.kind == StudyKind.EVALUATION, studies.c.name == protocol.name)).one_or_none()
    if known is not None:
        if known.seal == committed:
            return str(known.id)
        raise InputError(f"there is a study named {protocol.name!r} already, with other items or another plan",
                         key="name", cure="Choose another name; a published study is never changed")
    missing = [each.item.id for each in study_items
               if each.kind is ItemKind.MAIN and each.item.id not in key.arms]
    if missing:
        raise InputError(f"the key lacks {len(missing)} items, first {missing[0]!r}")
    study_id = _new_study(connection, StudyKind.EVALUATION, protocol, committed, now=now)
    connection.execute(insert(items), [
        {**row, "study_id": study_id, "id": store_id(study_id, row["external_id"]),
         "repeat_of": store_id(study_id, each.repeat_of) if each.repeat_of else None}
        for row, each in zip(rows, study_items, strict=True)])
    connection.execute(insert(sealed_keys).values(study_id=study_id, key=sealed))
    log(connection, study_id, "published", now=now, seal=committed, items=len(study_items))
    return study_id


def study_seal(protocol: StudyProtocol, drafted: ItemSet) -> str:
    """The seal that a study will have, before it is published."""
    rows = [_item_row(ordinal, each) for ordinal, each in enumerate(drafted.items)]
    return seal(protocol.as_json(), rows, _key_document(drafted.key))


def seal(protocol: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], key: Mapping[str, Any]) -> str:
    """The hash of plan, items and arm map that is committed before the first judgment."""
    return digest({"protocol": protocol, "key": key,
                   "items": [{name: row[name] for name in SEALED_COLUMNS} for row in rows]})


def stored_seal(connection: Connection, study_id: str) -> str:
    """The seal computed anew from what the store holds now; it differs from the committed one after any change."""
    study = connection.execute(select(studies.c.protocol).where(studies.c.id == study_id)).one()
    key = connection.execute(select(sealed_keys.c.key).where(sealed_keys.c.study_id == study_id)).scalar_one()
    rows = connection.execute(select(items).where(items.c.study_id == study_id).order_by(items.c.ordinal))
    return seal(study.protocol, [row._asdict() for row in rows], key)


def publish_label_tasks(connection: Connection, queue: str, tasks: Sequence[LabelTask], *, title: str,
                        instructions: str, seed: int, agreement_share: float, now: int) -> int:
    """Add the tasks that the queue does not have yet. Returns how many were added.

    agreement_share: the share of tasks that up to five labelers choose on (Ziegler 2.3 measures agreement on 5%);
    every task gets its first label before any gets a second.
    """
    study_id = connection.execute(select(studies.c.id).where(
        studies.c.kind == StudyKind.LABELS, studies.c.name == queue)).scalar_one_or_none()
    if study_id is None:
        protocol = StudyProtocol(name=queue, title=title, instructions=instructions, seed=seed)
        study_id = _new_study(connection, StudyKind.LABELS, protocol, digest(protocol.as_json()), now=now)
    here = set(connection.execute(select(items.c.external_id).where(items.c.study_id == study_id)).scalars())
    ordinal = connection.execute(select(func.count()).select_from(items).where(
        items.c.study_id == study_id)).scalar_one()
    fresh = {task.id: task for task in tasks if task.id not in here}
    rows = [_task_row(study_id, ordinal + place, task, seed, agreement_share)
            for place, task in enumerate(fresh.values())]
    if rows:
        connection.execute(insert(items), rows)
        log(connection, study_id, "tasks added", now=now, tasks=len(rows))
    return len(rows)


def file_report(connection: Connection, study_id: str, text: str, *, now: int) -> bool:
    """Keep a study's first report. Returns False where there is one that says something else, which is logged."""
    known = connection.execute(select(reports.c.text).where(reports.c.study_id == study_id)).scalar_one_or_none()
    if known is None:
        connection.execute(insert(reports).values(study_id=study_id, text=text, digest=digest(text), made_at=now))
        log(connection, study_id, "report filed", now=now, digest=digest(text))
    elif known != text:
        log(connection, study_id, "another report", now=now, digest=digest(text))
    return known in (None, text)


def resolve_flag(connection: Connection, flag_id: str, *, retire: bool, now: int) -> None:
    """Settle a labeler's flag, and take its item out where the owner agrees that it is broken."""
    row = connection.execute(select(flags).where(flags.c.id == flag_id)).one()
    connection.execute(update(flags).where(flags.c.id == flag_id).values(resolved_at=now))
    if retire:
        connection.execute(update(items).where(items.c.id == row.item_id).values(retired_at=now))
    log(connection, row.study_id, "item retired" if retire else "flag settled", now=now, item=row.item_id)


def log(connection: Connection, study_id: str | None, act: str, *, now: int, **detail: Any) -> None:
    """Write an owner's or the system's act into the log."""
    connection.execute(insert(events).values(study_id=study_id, at=now, act=act, detail=detail))


def store_id(study_id: str, external_id: str) -> str:
    """An item's id in the store: opaque, and apart for each study."""
    return digest([study_id, external_id])[:32]


def plain(text: str) -> str:
    """A text that both databases can hold: NUL becomes its visible symbol, a broken surrogate U+FFFD."""
    return text.replace("\x00", "\u2400").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _key_document(key: SealedKey) -> dict[str, Any]:
    return {"nonce": key.nonce, "arms": {name: [str(arm) for arm in sides] for name, sides in key.arms.items()}}


def _new_study(connection: Connection, kind: StudyKind, protocol: StudyProtocol, committed: str, *, now: int) -> str:
    study_id = secrets.token_hex(8)
    connection.execute(insert(studies).values(
        id=study_id, kind=kind.value, name=protocol.name, protocol=protocol.as_json(), seal=committed, state="open",
        simulated=protocol.simulated, created_at=now))
    return study_id


def _item_row(ordinal: int, each: StudyItem) -> dict[str, Any]:
    return {"ordinal": ordinal, "kind": each.kind.value, "stratum": each.stratum, "position": each.position,
            "overlap": each.overlap, "external_id": each.item.id, "query_id": each.item.query_id,
            "query_text": plain(each.item.query_text),
            "source": None if each.item.source is None else plain(each.item.source),
            "texts": [plain(each.item.left_text), plain(each.item.right_text)],
            "expected": each.expected.value if each.expected else None, "explanation": plain(each.explanation)}


def _task_row(study_id: str, ordinal: int, task: LabelTask, seed: int, agreement_share: float) -> dict[str, Any]:
    if len(task.candidates) < 2:
        raise InputError(f"the label task {task.id!r} has fewer than two candidates")
    is_shared = derive_seed(seed, "agreement", task.id) / 2**63 < agreement_share
    return {"id": store_id(study_id, task.id), "study_id": study_id, "ordinal": ordinal,
            "kind": ItemKind.MAIN.value, "stratum": 0, "position": ordinal,
            "overlap": AGREEMENT_LABELERS if is_shared else 1, "external_id": task.id, "query_id": task.query.id,
            "query_text": plain(task.query.text),
            "source": None if task.query.source is None else plain(task.query.source),
            "texts": [plain(text) for text in task.candidates], "explanation": ""}
