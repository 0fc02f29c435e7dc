"""The chain of judgments: each one's hash covers the one before, beginning with the study's seal.

The chain covers a salted hash of the content, not the content, so that one rater's data can be erased without
breaking it: the row stays as a tombstone, and its hash tells nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from harness.digests import digest
from harness.ratings.schema import judgments, studies


@dataclass(frozen=True)
class Receipt:
    """What a recorded judgment is acknowledged with. duplicate: it had been recorded before; nothing was added."""

    assignment_id: str
    revision: int
    hash: str
    duplicate: bool = False


@dataclass(frozen=True)
class ChainCheck:
    """What replaying a study's chain found. problems: empty where it is whole. erased: how many tombstones."""

    judgments: int
    erased: int
    head: str
    problems: tuple[str, ...]


def append(connection: Connection, *, study_id: str, assignment_id: str, revision: int,
           content: dict[str, Any]) -> Receipt:
    """Add one judgment. The caller holds the study's lock, so the head cannot move meanwhile."""
    last = select(func.max(judgments.c.sequence)).where(judgments.c.study_id == study_id).scalar_subquery()
    head = connection.execute(select(judgments.c.sequence, judgments.c.hash).where(
        judgments.c.study_id == study_id, judgments.c.sequence == last)).one_or_none()
    sequence, previous = (head.sequence + 1, head.hash) if head else (0, _genesis(connection, study_id))
    salt = secrets.token_hex(16)
    content_hash = digest([salt, content])
    link = _link(study_id, sequence, assignment_id, revision, content_hash, previous)
    connection.execute(insert(judgments).values(
        study_id=study_id, sequence=sequence, assignment_id=assignment_id, revision=revision, salt=salt,
        content=content, content_hash=content_hash, previous_hash=previous, hash=link))
    return Receipt(assignment_id, revision, link)


def check(connection: Connection, study_id: str) -> ChainCheck:
    """Replay every hash of a study's chain."""
    previous = _genesis(connection, study_id)
    problems: list[str] = []
    erased = count = 0
    rows = connection.execute(
        select(judgments).where(judgments.c.study_id == study_id).order_by(judgments.c.sequence))
    for count, row in enumerate(rows, start=1):
        place = f"judgment {row.sequence}"
        if row.sequence != count - 1:
            problems.append(f"{place}: judgment {count - 1} is missing")
        if row.previous_hash != previous:
            problems.append(f"{place}: it does not follow the one before")
        if row.content is None:
            erased += 1
        elif digest([row.salt, row.content]) != row.content_hash:
            problems.append(f"{place}: its content was changed")
        if _link(study_id, row.sequence, row.assignment_id, row.revision, row.content_hash,
                 row.previous_hash) != row.hash:
            problems.append(f"{place}: its hash is wrong")
        previous = row.hash
    return ChainCheck(count, erased, previous, tuple(problems))


def _genesis(connection: Connection, study_id: str) -> str:
    return str(connection.execute(select(studies.c.seal).where(studies.c.id == study_id)).scalar_one())


def _link(study_id: str, sequence: int, assignment_id: str, revision: int, content_hash: str, previous: str) -> str:
    return digest([study_id, sequence, assignment_id, revision, content_hash, previous])
