"""Which item a rater gets next, for how long, and how far he is, over every database.

harness.ratings.choosing weighs the items, and harness.ratings.progress counts.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from rating_helpers import Clock, item_set, known, pairs, places_taken, publish, rater_in, vote_next, walk
from sqlalchemy import text

from harness.ratings.assignment import NoAssignment
from harness.ratings.blinding import build_items
from harness.ratings.judging import Answers, Refused
from harness.ratings.protocol import StudyProtocol
from harness.ratings.store import RatingStore


def test_the_assignment_in_hand_is_the_same_after_reopening_the_store(
        store: RatingStore, open_again: Callable[[], RatingStore]) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    assert store.next_assignment(study, rater) == open_again().next_assignment(study, rater)


def test_fifty_threads_never_over_assign_and_the_sides_stay_balanced(store: RatingStore) -> None:
    study = publish(store, item_set(40, overlap=3))
    raters = [rater_in(store, study, f"r{i}") for i in range(50)]

    def take(rater: str) -> list[str]:
        taken = []
        for _ in range(3):
            held = store.next_assignment(study, rater)
            if isinstance(held, NoAssignment):
                break
            with store.database.writing() as connection:  # as if it had been judged, without the waiting
                connection.execute(text("UPDATE assignments SET state='judged' WHERE id=:id"), {"id": held})
            taken.append(held)
        return taken

    with ThreadPoolExecutor(50) as pool:
        taken = [held for each in pool.map(take, raters) for held in each]
    assert len(taken) == len(set(taken)) == 120
    with store.database.reading() as connection:
        rows = connection.execute(text("SELECT item_id, rater_id, flipped FROM assignments")).all()
    assert set(Counter(row.item_id for row in rows).values()) == {3}
    assert len({(row.item_id, row.rater_id) for row in rows}) == 120
    assert abs(sum(bool(row.flipped) for row in rows) - 60) <= 4
    both_ways = defaultdict(set)
    for row in rows:
        both_ways[row.item_id].add(bool(row.flipped))
    assert sum(len(ways) == 2 for ways in both_ways.values()) >= 36


def test_a_lease_that_ran_out_goes_to_somebody_else_and_the_late_choice_is_refused(
        store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(1, overlap=1), lease_minutes=10)
    amber, birch = rater_in(store, study, "amber"), rater_in(store, study, "birch")
    late = store.next_assignment(study, amber)
    assert store.next_assignment(study, birch) is NoAssignment.WAITING
    clock.tick(601)
    held = store.next_assignment(study, birch)
    clock.tick()
    with pytest.raises(Refused, match="went to somebody else"):
        store.vote(amber, late, revision=0, choice="left")
    store.vote(birch, held, revision=0, choice="left")
    assert store.next_assignment(study, amber) is NoAssignment.FINISHED


def test_a_lease_that_ran_out_with_room_left_is_still_the_raters(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(1, overlap=1), lease_minutes=10)
    amber = rater_in(store, study, "amber")
    held = store.next_assignment(study, amber)
    clock.tick(3_600)
    assert not store.vote(amber, held, revision=0, choice="left").duplicate


def test_a_skip_frees_the_place_of_the_item(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(1, overlap=1))
    amber, birch = rater_in(store, study, "amber"), rater_in(store, study, "birch")
    vote_next(store, clock, study, amber, choice="skip")
    assert walk(store, clock, study, birch, better="P") == 1
    store.close(study)
    assert [each.rater_id for each in store.unblind(study)] == ["birch"]


def test_training_tells_the_answer_and_failing_the_qualification_ends_it(store: RatingStore, clock: Clock) -> None:
    built = item_set(3, training=known(1), qualification=known(2))
    study = publish(store, built, pass_mark=1.0)
    good, bad = rater_in(store, study, "good"), rater_in(store, study, "bad")
    held = store.next_assignment(study, bad)
    assert store.show(bad, held).expected is None
    clock.tick()
    store.vote(bad, held, revision=0, choice="tie")
    after = store.show(bad, held)
    assert after.stage == "ask"
    assert after.texts[("left", "right").index(after.expected or "")].startswith("GOOD")
    assert walk(store, clock, study, good, better="GOOD", limit=3) == 3
    assert not isinstance(store.next_assignment(study, good), NoAssignment)
    store.answer(bad, held, revision=1, answers=Answers())
    assert walk(store, clock, study, bad, better="BAD") == 2
    assert store.next_assignment(study, bad) is NoAssignment.NOT_QUALIFIED


def test_gold_and_repeats_come_along_and_never_count_as_results(store: RatingStore, clock: Clock) -> None:
    built = item_set(16, overlap=1, gold=known(2), repeats=2)
    study = publish(store, built, check_every=4)
    rater = rater_in(store, study, "amber")
    assert walk(store, clock, study, rater, better="P") >= 19
    (checks,) = store.raters_of_study(store.study(study))
    assert (checks.quality.n_gold, checks.quality.gold_accuracy) == (2, 0.0)
    assert checks.quality.n_repeats >= 1
    assert checks.quality.repeat_consistency == 1.0
    first = {each.item_id: each.flipped for each in store.finals(study)}
    assert all(each.flipped != first[each.repeat_of] for each in store.finals(study) if each.repeat_of)
    store.close(study)
    assert len(store.unblind(study)) == 16


def test_a_pause_hides_the_item_and_gives_the_same_one_back(store: RatingStore, clock: Clock) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    store.pause(study, rater)
    assert store.next_assignment(study, rater) is NoAssignment.PAUSED
    clock.tick(60)
    store.resume(study, rater)
    assert store.next_assignment(study, rater) == held
    clock.tick(3)
    store.vote(rater, held, revision=0, choice="left")
    assert store.finals(study)[0].seconds == pytest.approx(3)


def test_a_quota_ends_a_raters_work(store: RatingStore, clock: Clock) -> None:
    study = publish(store, quota=2)
    rater = rater_in(store, study, "amber")
    assert walk(store, clock, study, rater, better="P") == 2
    assert store.next_assignment(study, rater) is NoAssignment.QUOTA


def test_items_count_their_own_places_right_whatever_raters_do(store: RatingStore, clock: Clock) -> None:
    """Votes, skips, flags, leases that run out, revisions and an erasure, in a random order."""
    study = publish(store, item_set(12, overlap=3), lease_minutes=1)
    raters = [rater_in(store, study, f"r{i}") for i in range(5)]
    dice = random.Random(3)
    for _ in range(150):
        rater = dice.choice(raters)
        held = store.next_assignment(study, rater)
        clock.tick(dice.choice((2, 2, 2, 90)))
        if isinstance(held, NoAssignment) or dice.random() < 0.15:
            continue
        with suppress(Refused):
            if dice.random() < 0.1:
                store.flag(rater, held, note="odd")
            else:
                store.vote(rater, held, revision=store.show(rater, held).revision,
                           choice=dice.choice(("left", "right", "tie", "skip")))
    store.erase_rater(raters.pop())
    store.next_assignment(study, raters[0])
    assert places_taken(store)["by the items"] == places_taken(store)["by the assignments"]


def test_progress_moves_with_every_judgment_and_tells_no_check_apart(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(16, overlap=1, gold=known(2), repeats=2), check_every=4)
    rater = rater_in(store, study, "amber")
    info = store.study(study)
    assert store.rater_progress(info, rater).goal == 20
    for number in range(20):
        progress = store.rater_progress(info, rater)
        assert (progress.judged, progress.goal) == (number, 20), number
        assert walk(store, clock, study, rater, better="P", limit=1) == 1


def test_the_goal_is_what_others_leave_and_at_most_the_quota(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(6, overlap=1))
    amber, birch = rater_in(store, study, "amber"), rater_in(store, study, "birch")
    assert walk(store, clock, study, amber, better="P", limit=4) == 4
    assert store.rater_progress(store.study(study), birch).goal == 2
    short = publish(store, item_set(6, overlap=1, seed=9), name="short", quota=3)
    store.consent(short, birch)
    assert store.rater_progress(store.study(short), birch).goal == 3


def test_no_rater_meets_a_query_twice_and_the_progress_knows(store: RatingStore, clock: Clock) -> None:
    built = build_items([replace(pair, query_id=f"q{number % 4}") for number, pair in enumerate(pairs(8))], seed=1,
                        overlap=1)
    study = publish(store, built)
    assert store.coverage(study).fewest_raters == 2
    for handle in ("amber", "birch"):
        rater = rater_in(store, study, handle)
        assert store.rater_progress(store.study(study), rater).goal == 4
        assert walk(store, clock, study, rater, better="P") == 4
        met = [each.query_id for each in store.finals(study) if each.rater_id == rater]
        assert sorted(met) == ["q0", "q1", "q2", "q3"]
        assert store.next_assignment(study, rater) is NoAssignment.FINISHED
    assert store.coverage(study).complete == 8


def test_what_was_skipped_was_met(store: RatingStore, clock: Clock) -> None:
    built = build_items([replace(pair, query_id="q") for pair in pairs(2)], seed=1, overlap=1)
    study = publish(store, built)
    rater = rater_in(store, study, "amber")
    vote_next(store, clock, study, rater, choice="skip")
    assert store.next_assignment(study, rater) is NoAssignment.FINISHED


def test_a_study_that_was_sealed_before_lets_queries_return(store: RatingStore, clock: Clock) -> None:
    built = build_items([replace(pair, query_id="q") for pair in pairs(3)], seed=1, overlap=1)
    study = publish(store, built, once_a_query=False)
    assert store.coverage(study).fewest_raters == 1
    assert walk(store, clock, study, rater_in(store, study, "amber"), better="P") == 3
    old = {name: value for name, value in StudyProtocol(
        name="old", title="t", instructions="i", seed=1).as_json().items() if name != "once_a_query"}
    assert StudyProtocol.from_json(old).once_a_query is False
