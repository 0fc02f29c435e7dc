"""What a study of people waits for."""

from __future__ import annotations

from rating_helpers import Clock, item_set, publish, rater_in

from harness.ratings.store import RatingStore
from harness.stages.people import awaited


def test_what_is_awaited_is_judgments_then_closing_then_unblinding(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(2, overlap=1))
    pending = awaited(store, store.study(study))
    assert (pending.missing, pending.what) == (2, "judgments")
    rater = rater_in(store, study, "amber")
    for left in (1, 0):
        held = store.next_assignment(study, rater)
        clock.tick()
        store.vote(rater, str(held), revision=0, choice="left")
        assert awaited(store, store.study(study)).missing == left
    assert "close and unblind" in awaited(store, store.study(study)).reason
    store.close(study)
    pending = awaited(store, store.study(study))
    assert (pending.missing, "is closed: unblind" in pending.reason) == (0, True)
