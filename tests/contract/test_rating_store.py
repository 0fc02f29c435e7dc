"""A study is sealed, closed, unblinded, migrated and brought back whole, over every database.

harness.ratings.unblinding is the one place where sides meet arms.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from rating_helpers import Clock, item_set, places_taken, publish, rater_in, tasks, walk
from sqlalchemy import text

from harness.errors import InputError
from harness.labels.human import HumanLabeler
from harness.ratings import custody
from harness.ratings.assignment import NoAssignment
from harness.ratings.judging import Refused
from harness.ratings.schema import metadata
from harness.ratings.store import RatingStore


def test_the_same_study_again_is_no_error_and_another_of_its_name_is(store: RatingStore) -> None:
    built = item_set()
    assert publish(store, built) == publish(store, built)
    with pytest.raises(InputError, match="there is a study named 'pilot' already"):
        publish(store, item_set(seed=8))


def test_no_result_before_closing_and_no_judgment_after(store: RatingStore, clock: Clock) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    with pytest.raises(InputError, match="still open"):
        store.unblind(study)
    store.close(study)
    clock.tick()
    with pytest.raises(Refused, match="closed"):
        store.vote(rater, held, revision=0, choice="left")
    assert store.next_assignment(study, rater) is NoAssignment.CLOSED
    store.unblind(study)
    assert [each.act for each in store.events(study)] == ["unblinded", "closed", "published"]


@pytest.mark.parametrize("tamper", [
    "UPDATE judgments SET content='{\"choice\": \"right\"}' WHERE sequence=1",
    "UPDATE judgments SET revision=5 WHERE sequence=1",
    "DELETE FROM judgments WHERE sequence=1",
    "UPDATE items SET query_text='another' WHERE ordinal=0",
    "UPDATE studies SET protocol='{}'",
])
def test_whatever_is_changed_behind_the_stores_back_is_found(
        store: RatingStore, clock: Clock, tamper: str) -> None:
    study = publish(store)
    walk(store, clock, study, rater_in(store, study, "amber"), better="P")
    assert store.verify(study).problems == ()
    with store.database.writing() as connection:
        connection.execute(text(tamper.replace(":", r"\:")))
    assert store.verify(study).problems


def test_an_erased_rater_leaves_no_content_and_a_chain_that_holds(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(4, overlap=1))
    amber = rater_in(store, study, "amber")
    walk(store, clock, study, amber, better="P")
    assert len(store.export_rater(amber)["judgments"]) == 4
    assert store.erase_rater(amber) == 4
    check = store.verify(study)
    assert (check.problems, check.erased) == ((), 4)
    assert store.finals(study) == []
    assert store.export_rater(amber)["judgments"][0]["content"] is None
    assert "amber" not in {rater.handle for rater in store.raters()}
    assert walk(store, clock, study, rater_in(store, study, "birch"), better="P") == 4


def test_texts_with_nul_and_broken_surrogates_are_kept_readable(store: RatingStore) -> None:
    hostile = tasks(1)[0]
    HumanLabeler("queue", store=store).choose(
        [replace(hostile, candidates=("a\x00b", "c\ud800d", "<script>", "x" * 100_000))], seed=1)
    study = store.studies()[0].id
    rater = rater_in(store, study, "amber")
    shown = store.show(rater, store.next_assignment(study, rater))
    assert set(shown.texts) == {"a\u2400b", "c\ufffdd", "<script>", "x" * 100_000}


def test_a_database_of_a_newer_harness_is_refused_in_one_line(
        store: RatingStore, open_again: Callable[[], RatingStore]) -> None:
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    with pytest.raises(InputError, match="newer version of the harness"):
        open_again()


def test_a_database_of_an_older_harness_is_brought_up_to_date_with_its_ratings(
        store: RatingStore, clock: Clock, open_again: Callable[[], RatingStore]) -> None:
    study = publish(store, item_set(6, overlap=2))
    rater = rater_in(store, study, "amber")
    walk(store, clock, study, rater, better="P", limit=4)
    held = store.next_assignment(study, rater)
    before = places_taken(store)
    with store.database.writing() as connection:
        for name in ("ix_items_free", "ix_assignments_rater", "ix_assignments_lease"):
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("CREATE INDEX ix_assignments_rater ON assignments (study_id, rater_id, state)"))
        for name in ("taken", "flips"):
            connection.execute(text(f"ALTER TABLE items DROP COLUMN {name}"))
        connection.execute(text("UPDATE alembic_version SET version_num='0001'"))
    again = open_again()
    assert places_taken(again) == before
    assert sum(taken for taken, _ in before["by the items"]) == 5
    assert again.next_assignment(study, rater) == held
    with again.database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == [], "the migrations make the schema that the code declares"


def test_a_backup_brings_back_what_was_there(
        store: RatingStore, clock: Clock, open_again: Callable[[], RatingStore], tmp_path: Path) -> None:
    if store.database.path is None and shutil.which("pg_dump") is None:
        pytest.skip("PostgreSQL's client tools are not on the PATH")
    study = publish(store, item_set(6, overlap=1))
    rater = rater_in(store, study, "amber")
    walk(store, clock, study, rater, better="P", limit=3)
    kept = store.verify(study)
    store.backup(tmp_path / "backup")
    with pytest.raises(InputError, match="exists already"):
        store.backup(tmp_path / "backup")
    walk(store, clock, study, rater, better="P")
    assert store.verify(study).judgments == 6
    store.database.release()
    custody.restore(store.database, tmp_path / "backup")
    again = open_again()
    assert again.verify(study) == kept
    assert kept.judgments == 3
    assert walk(again, clock, study, rater, better="P") == 3
