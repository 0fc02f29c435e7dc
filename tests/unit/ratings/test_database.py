"""What the machine does wrong becomes one error, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rating_helpers import publish, rater_in, tasks
from sqlalchemy import text

from harness.errors import InputError
from harness.labels.human import HumanLabeler
from harness.ratings.database import StoreUnavailable
from harness.ratings.store import RatingStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> RatingStore:
    return open_store(f"sqlite:///{tmp_path / 'ratings.db'}")


def test_a_full_disk_is_refused_and_loses_nothing(store: RatingStore, tmp_path: Path) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    with store.database.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    def fill(connection: object, record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    from sqlalchemy import event

    event.listen(store.database.engine, "connect", fill)
    with pytest.raises(StoreUnavailable, match="full"):
        HumanLabeler("queue", store=store).choose(tasks(500), seed=1)
    event.remove(store.database.engine, "connect", fill)
    assert store.next_assignment(study, rater) == held
    assert store.verify(study).problems == ()
    assert len(store.studies()) == 1


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "ratings.db").write_text("not a database, but long enough to look like something" * 40)
    with pytest.raises(StoreUnavailable, match="not a"):
        open_store(f"sqlite:///{tmp_path / 'ratings.db'}")


def test_an_unknown_kind_of_store_is_refused() -> None:
    with pytest.raises(InputError, match="sqlite or postgresql"):
        open_store("mysql://localhost/x")
    with pytest.raises(InputError, match="URL is not one"):
        open_store("sqlite://:::x::")


def test_a_pipe_is_no_store_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="pipe: it is no regular file"):
        open_store(f"sqlite:///{tmp_path / 'pipe'}")
    assert list(tmp_path.iterdir()) == [tmp_path / "pipe"] and (tmp_path / "pipe").is_fifo()
