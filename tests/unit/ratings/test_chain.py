"""The chain of judgments: whatever is changed, removed or put elsewhere afterwards shows."""

import pytest
from rating_helpers import Clock, item_set, publish, rater_in
from sqlalchemy import delete, update

from harness.ratings import chain
from harness.ratings.schema import judgments
from harness.ratings.store import open_store


@pytest.fixture
def voted(tmp_path):
    """(database, study) with four judgments of one rater."""
    clock = Clock()
    store = open_store(f"sqlite:///{tmp_path / 'ratings.db'}", clock=clock)
    study = publish(store, item_set(4, overlap=1))
    rater = rater_in(store, study, "amber")
    for _ in range(4):
        held = store.next_assignment(study, rater)
        shown = store.show(rater, held)
        clock.tick()
        store.vote(rater, held, revision=shown.revision, choice="left")
    return store.database, study


def _check_after(voted, statement=None):
    database, study = voted
    with database.writing() as connection:
        if statement is not None:
            connection.execute(statement.where(judgments.c.study_id == study))
        return chain.check(connection, study)


def test_a_chain_that_nobody_touched_is_whole(voted) -> None:
    found = _check_after(voted)
    assert (found.judgments, found.erased, found.problems) == (4, 0, ())


@pytest.mark.parametrize(("changed", "problem"), [
    ({"content": {"choice": "right"}}, "judgment 1: its content was changed"),
    ({"revision": 7}, "judgment 1: its hash is wrong"),
    ({"previous_hash": "0"}, "judgment 1: it does not follow the one before"),
    ({"hash": "0"}, "judgment 2: it does not follow the one before")])
def test_a_change_names_its_judgment(voted, changed, problem) -> None:
    assert problem in _check_after(voted, update(judgments).where(judgments.c.sequence == 1).values(changed)).problems


def test_a_judgment_that_was_removed_is_missed(voted) -> None:
    assert "judgment 2: judgment 1 is missing" in _check_after(
        voted, delete(judgments).where(judgments.c.sequence == 1)).problems


def test_erased_content_leaves_the_chain_whole(voted) -> None:
    found = _check_after(voted, update(judgments).where(judgments.c.sequence == 1).values(content=None, salt=None))
    assert (found.judgments, found.erased, found.problems) == (4, 1, ())


def test_a_judgment_is_appended_behind_the_head(voted) -> None:
    database, study = voted
    with database.writing() as connection:
        before = chain.check(connection, study)
        row = connection.execute(judgments.select().where(judgments.c.sequence == 3)).one()
        receipt = chain.append(connection, study_id=study, assignment_id=row.assignment_id, revision=row.revision + 1,
                               content={"choice": "tie"})
        after = chain.check(connection, study)
    assert (after.judgments, after.head, after.problems) == (before.judgments + 1, receipt.hash, ())
