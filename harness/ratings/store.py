"""The rating store: studies and label queues, their raters, and what the raters said.

One method is one transaction on its own connection. The rules are in the modules beside this one; here they meet
the database, the clock and the caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select, update

from harness.errors import InputError
from harness.ratings import access, assignment, custody, judging, progress, publishing, quality, unblinding
from harness.ratings.access import SignedIn, SignInRefused
from harness.ratings.assignment import NoAssignment
from harness.ratings.chain import ChainCheck, Receipt
from harness.ratings.database import Database, database_url
from harness.ratings.judging import Answers, Details, Shown
from harness.ratings.progress import Coverage, Final, RaterProgress, StudyInfo
from harness.ratings.protocol import SealedKey, StudyItem, StudyKind, StudyProtocol
from harness.ratings.quality import RaterInStudy
from harness.ratings.schema import assignments, enrolments, events, flags, items, reports
from harness.ratings.unblinding import Unblinded
from harness.records import Judgment, LabelTask

T = TypeVar("T")


def open_store(url: str | None = None, *, clock: Callable[[], float] = time.time) -> RatingStore:
    """The store at the URL, at HARNESS_RATINGS_URL, or at mlruns/ratings.db; made and migrated where needed.

    Raises InputError for a URL that is none and for a database of a newer harness, StoreUnavailable for a
    database that cannot be reached.
    """
    database = Database(database_url(url))
    database.migrate()
    database.hold()
    return RatingStore(database, clock)


class RatingStore:
    """See the module. Every method may raise `database.StoreUnavailable`; then nothing was recorded."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self._clock = clock

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    # Publishing, and what the study engine reads.

    def publish_study(self, protocol: StudyProtocol, study_items: Sequence[StudyItem], key: SealedKey) -> str:
        """Store an evaluation and commit its seal; the very same again is no error. Returns the study's id."""
        with self.database.writing() as connection:
            return publishing.publish_study(connection, protocol, study_items, key, now=self.now())

    def publish_label_tasks(self, queue: str, tasks: Sequence[LabelTask], *, title: str, instructions: str,
                            seed: int = 0, agreement_share: float = 0.05) -> int:
        """Add the tasks that the queue lacks (by task id). Returns how many were added."""
        with self.database.writing() as connection:
            return publishing.publish_label_tasks(
                connection, queue, tasks, title=title, instructions=instructions, seed=seed,
                agreement_share=agreement_share, now=self.now())

    def labels(self, queue: str) -> dict[str, int]:
        """Task id to the index of its best candidate, for the tasks that have a label. No such queue: empty."""
        with self.database.reading() as connection:
            known = {each.name: each.id for each in progress.studies_of(connection, StudyKind.LABELS)}
            return unblinding.labels(connection, known[queue]) if queue in known else {}

    def retired_tasks(self, queue: str) -> frozenset[str]:
        """The tasks that the owner took out after a labeler's flag; nobody is asked for them any more."""
        with self.database.reading() as connection:
            known = {each.name: each.id for each in progress.studies_of(connection, StudyKind.LABELS)}
            return frozenset(connection.execute(select(items.c.external_id).where(
                items.c.study_id == known.get(queue), items.c.retired_at.is_not(None))).scalars())

    def study_id(self, name: str, kind: StudyKind = StudyKind.EVALUATION) -> str:
        """The id of a study by its name. Raises InputError."""
        with self.database.reading() as connection:
            return unblinding.study_id_of(connection, kind, name)

    def close(self, study_id: str) -> None:
        """Take no more judgments."""
        with self.database.writing() as connection:
            unblinding.close(connection, study_id, now=self.now())

    def unblind(self, study_id: str) -> list[Judgment]:
        """Open the key of a closed study: every main judgment by arm. An act, and logged as one."""
        return [each.judgment for each in self.unblind_in_full(study_id)]

    def unblind_in_full(self, study_id: str) -> list[Unblinded]:
        """The same with what else the raters said, and which arm stood on which side for them."""
        with self.database.writing() as connection:
            return unblinding.unblind(connection, study_id, now=self.now())

    def study_texts(self, study_id: str) -> list[unblinding.ArmText]:
        """The texts of an unblinded study by arm. Raises InputError before that."""
        with self.database.reading() as connection:
            return unblinding.study_texts(connection, study_id)

    def file_report(self, study_id: str, text: str) -> None:
        """Keep the report of an unblinded study, so that `verify` can reproduce it byte for byte. Raises InputError
        where another was filed; that stays in the log.
        """
        with self.database.writing() as connection:
            is_the_same = publishing.file_report(connection, study_id, text, now=self.now())
        if not is_the_same:
            raise InputError("the study has a report that says something else",
                             cure="See: harness raters verify")

    def report(self, study_id: str) -> str | None:
        """The report as it was filed, None before unblinding."""
        with self.database.reading() as connection:
            return connection.execute(select(reports.c.text).where(
                reports.c.study_id == study_id)).scalar_one_or_none()

    # Raters and sign-in.

    def add_rater(self, handle: str, *, email: str | None = None, simulated: bool = False) -> str:
        with self.database.writing() as connection:
            return access.add_rater(connection, handle, email=email, simulated=simulated, now=self.now())

    def invite(self, rater_id: str, *, days: float = access.INVITE_DAYS) -> str:
        """The token of a one-time link; it is shown once and stored hashed."""
        with self.database.writing() as connection:
            return access.invite(connection, rater_id, days=days, now=self.now())

    def sign_in(self, token: str, *, attempt: str = "") -> SignedIn:
        """Open a session with a one-time link's token or a return code. Raises SignInRefused."""
        return self._counting_failures(
            lambda connection: access.sign_in(connection, token, attempt=attempt, now=self.now()))

    def owner_sign_in(self, secret: str) -> str:
        """Open a session of the owner. Raises SignInRefused."""
        return self._counting_failures(lambda connection: access.owner_sign_in(connection, secret, now=self.now()))

    def session_rater(self, token: str) -> str | None:
        with self.database.reading() as connection:
            return access.session_rater(connection, token, now=self.now())

    def identity_rater(self, email: str) -> str | None:
        """The rater whom the owner invited under the address that the identity provider vouches for."""
        with self.database.reading() as connection:
            return access.sign_in_by_identity(connection, email)

    def is_owner(self, token: str) -> bool:
        with self.database.reading() as connection:
            return access.is_owner(connection, token, now=self.now())

    def sign_out(self, token: str) -> None:
        with self.database.writing() as connection:
            access.sign_out(connection, token)

    def raters(self) -> list[access.Rater]:
        with self.database.reading() as connection:
            return access.all_raters(connection)

    def rater_id(self, handle: str) -> str:
        with self.database.reading() as connection:
            return custody.rater_id_of(connection, handle)

    def revoke(self, rater_id: str) -> None:
        with self.database.writing() as connection:
            access.revoke(connection, rater_id, now=self.now())

    def export_rater(self, rater_id: str) -> dict[str, Any]:
        with self.database.reading() as connection:
            return custody.export_rater(connection, rater_id)

    def erase_rater(self, rater_id: str) -> int:
        with self.database.writing() as connection:
            return custody.erase_rater(connection, rater_id, now=self.now())

    # Rating: what the app's rater pages call, always with the rater of the session.

    def enrol(self, study_id: str, rater_id: str) -> None:
        with self.database.writing() as connection:
            assignment.enrol(connection, study_id, rater_id)

    def consent(self, study_id: str, rater_id: str) -> None:
        with self.database.writing() as connection:
            assignment.enrol(connection, study_id, rater_id)
            connection.execute(_enrolment(study_id, rater_id).values(consented_at=self.now()))

    def pause(self, study_id: str, rater_id: str) -> None:
        with self.database.writing() as connection:
            connection.execute(_enrolment(study_id, rater_id).values(paused_at=self.now()))

    def resume(self, study_id: str, rater_id: str) -> None:
        """Go on after a pause; the item in hand counts its time anew."""
        with self.database.writing() as connection:
            connection.execute(_enrolment(study_id, rater_id).values(paused_at=None))
            connection.execute(update(assignments).where(
                assignments.c.study_id == study_id, assignments.c.rater_id == rater_id,
                assignments.c.state == "open").values(shown_at=self.now()))

    def next_assignment(self, study_id: str, rater_id: str) -> str | NoAssignment:
        """The assignment in hand or a new one: the same id until it is answered, in whatever browser."""
        with self.database.writing() as connection:
            return assignment.next_assignment(connection, study_id, rater_id, now=self.now())

    def show(self, rater_id: str, assignment_id: str) -> Shown:
        with self.database.reading() as connection:
            return judging.show(connection, rater_id, assignment_id)

    def vote(self, rater_id: str, assignment_id: str, *, revision: int, choice: str,
             details: Details = Details()) -> Receipt:  # noqa: B008 - frozen
        """Record a choice. Returning is the acknowledgement: what was acknowledged is on the disk."""
        with self.database.writing() as connection:
            return judging.vote(connection, rater_id, assignment_id, revision=revision, choice=choice,
                                details=details, now=self.now())

    def answer(self, rater_id: str, assignment_id: str, *, revision: int, answers: Answers,
               still_open: Sequence[str] = ()) -> Receipt:
        with self.database.writing() as connection:
            return judging.answer(connection, rater_id, assignment_id, revision=revision, answers=answers,
                                  still_open=still_open, now=self.now())

    def history(self, study_id: str, rater_id: str, *, limit: int = 50) -> list[str]:
        with self.database.reading() as connection:
            return judging.history(connection, study_id, rater_id, limit=limit)

    def flag(self, rater_id: str, assignment_id: str, *, note: str) -> None:
        with self.database.writing() as connection:
            judging.flag(connection, rater_id, assignment_id, note=note, now=self.now())

    # Watching: never an arm.

    def studies(self, kind: StudyKind | None = None) -> list[StudyInfo]:
        with self.database.reading() as connection:
            return progress.studies_of(connection, kind)

    def study(self, study_id: str) -> StudyInfo:
        with self.database.reading() as connection:
            return progress.study_by_id(connection, study_id)

    def rater_progress(self, study: StudyInfo, rater_id: str) -> RaterProgress:
        with self.database.reading() as connection:
            return progress.rater_progress(connection, study, rater_id)

    def coverage(self, study_id: str) -> Coverage:
        with self.database.reading() as connection:
            return progress.coverage(connection, study_id, now=self.now())

    def raters_of_study(self, study: StudyInfo) -> list[RaterInStudy]:
        with self.database.reading() as connection:
            return quality.raters_of_study(connection, study)

    def finals(self, study_id: str) -> list[Final]:
        with self.database.reading() as connection:
            return progress.finals(connection, study_id)

    def verify(self, study_id: str) -> ChainCheck:
        """Replay the chain of hashes and the seal."""
        with self.database.reading() as connection:
            return unblinding.verify(connection, study_id)

    def open_flags(self, study_id: str) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(flags, items.c.query_text, items.c.texts).join(
                items, items.c.id == flags.c.item_id).where(
                flags.c.study_id == study_id, flags.c.resolved_at.is_(None)).order_by(flags.c.raised_at)))

    def resolve_flag(self, flag_id: str, *, retire: bool) -> None:
        """Settle a flag; with `retire` its item is not handed out any more."""
        with self.database.writing() as connection:
            publishing.resolve_flag(connection, flag_id, retire=retire, now=self.now())

    def events(self, study_id: str | None = None) -> list[Any]:
        """The log of acts, the latest first."""
        query = select(events).order_by(events.c.id.desc())
        with self.database.reading() as connection:
            return list(connection.execute(query if study_id is None else query.where(
                events.c.study_id == study_id)))

    def backup(self, target: Path) -> None:
        custody.backup(self.database, target)

    def _counting_failures(self, attempt: Callable[[Connection], T]) -> T:
        """Run a sign-in so that a refusal is committed with its count before it is raised."""
        with self.database.writing() as connection:
            try:
                return attempt(connection)
            except SignInRefused as refusal:
                refused = refusal
        raise refused


def _enrolment(study_id: str, rater_id: str) -> Any:
    return update(enrolments).where(enrolments.c.study_id == study_id, enrolments.c.rater_id == rater_id)
