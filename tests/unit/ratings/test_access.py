"""Who is shut out gets no link."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.ratings.store import RatingStore, open_store


@pytest.fixture
def store(tmp_path: Path) -> RatingStore:
    return open_store(f"sqlite:///{tmp_path / 'ratings.db'}")


def test_who_is_shut_out_gets_no_link_that_would_be_refused(store: RatingStore) -> None:
    rater = store.add_rater("amber")
    store.revoke(rater)
    with pytest.raises(InputError, match="shut out"):
        store.invite(rater)
