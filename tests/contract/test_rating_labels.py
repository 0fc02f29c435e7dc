"""Labels that people give, over every database."""

from __future__ import annotations

from rating_helpers import Clock, rater_in, tasks

from harness.labels.human import HumanLabeler
from harness.ratings.assignment import NoAssignment
from harness.ratings.store import RatingStore


def test_labels_come_back_in_the_tasks_own_order_of_candidates(store: RatingStore, clock: Clock) -> None:
    labeler = HumanLabeler("queue", store=store)
    assert labeler.choose(tasks(8), seed=1) == [None] * 8
    study = store.studies()[0].id
    rater = rater_in(store, study, "amber")
    orders = set()
    while not isinstance(held := store.next_assignment(study, rater), NoAssignment):
        shown = store.show(rater, held)
        orders.add(shown.order)
        clock.tick()
        place = next(i for i, each in enumerate(shown.texts) if each.startswith("candidate 2"))
        store.vote(rater, held, revision=shown.revision, choice=str(place))
    assert labeler.choose(tasks(8), seed=1) == [2] * 8
    assert len(orders) > 3
    assert labeler.choose(tasks(9), seed=1) == [2] * 8 + [None]


def test_a_skipped_label_task_comes_back_at_the_end(store: RatingStore, clock: Clock) -> None:
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(2), seed=1)
    study = store.studies()[0].id
    rater = rater_in(store, study, "amber")
    first = store.next_assignment(study, rater)
    clock.tick()
    store.vote(rater, first, revision=0, choice="skip")
    second = store.next_assignment(study, rater)
    clock.tick()
    store.vote(rater, second, revision=0, choice="1")
    assert store.next_assignment(study, rater) == first
    clock.tick()
    store.vote(rater, first, revision=1, choice="0")
    assert store.next_assignment(study, rater) is NoAssignment.FINISHED
    assert len(store.labels("queue")) == 2


def test_every_task_gets_a_first_label_before_any_gets_a_second(store: RatingStore, clock: Clock) -> None:
    HumanLabeler("queue", store=store, agreement_share=1.0).choose(tasks(6), seed=1)
    study = store.studies()[0].id
    for handle in ("amber", "birch", "cedar"):
        rater = rater_in(store, study, handle)
        for _ in range(2):
            held = store.next_assignment(study, rater)
            clock.tick()
            store.vote(rater, held, revision=0, choice="0")
    assert len(store.labels("queue")) == 6
