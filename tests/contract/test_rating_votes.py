"""A vote is recorded once, can be revised, and is nobody else's: the laws of judging, over every database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rating_helpers import ARMS, Clock, item_set, publish, rater_in, vote_next, walk

from harness.ratings.assignment import NoAssignment
from harness.ratings.judging import Answers, Details, NotYours, Refused
from harness.ratings.protocol import Which
from harness.ratings.store import RatingStore


def test_a_rater_who_always_prefers_one_arm_gives_it_every_win(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(10, overlap=2))
    for handle in ("amber", "birch"):
        assert walk(store, clock, study, rater_in(store, study, handle), better="P") == 10
    store.close(study)
    judgments = store.unblind(study)
    assert len(judgments) == 20
    assert {(str(each.contrast), each.outcome) for each in judgments} == {(" vs ".join(ARMS), 1.0)}
    assert sum(each.arm_was_left for each in judgments) == 10


def test_a_click_twice_is_one_judgment_with_one_receipt(store: RatingStore, clock: Clock) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    clock.tick()
    first = store.vote(rater, held, revision=0, choice="left")
    again = store.vote(rater, held, revision=0, choice="left")
    assert again == replace(first, duplicate=True)
    with pytest.raises(Refused, match="judged this one already"):
        store.vote(rater, held, revision=0, choice="right")
    assert store.verify(study).judgments == 1


def test_a_choice_right_after_the_item_appeared_is_not_counted(store: RatingStore, clock: Clock) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    clock.tick(0.1)
    with pytest.raises(Refused, match="too soon"):
        store.vote(rater, held, revision=0, choice="left")
    assert store.finals(study) == []


def test_a_revision_replaces_the_final_choice_and_keeps_the_first(store: RatingStore, clock: Clock) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    clock.tick()
    store.vote(rater, held, revision=0, choice="left")
    assert store.history(study, rater) == [held]
    store.vote(rater, held, revision=1, choice="tie", details=Details(both_bad=True, comment="both odd"))
    (final,) = store.finals(study)
    assert (final.shown, final.revisions, final.content["details"]["comment"]) == ("tie", 1, "both odd")
    assert store.verify(study).judgments == 2


def test_an_answered_question_is_no_revision(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(source=True), ask_copied=True)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    clock.tick()
    store.vote(rater, held, revision=0, choice="left")
    store.vote(rater, held, revision=1, choice="right")
    store.answer(rater, held, revision=2, answers=Answers(copied=Which.LEFT))
    (final,) = store.finals(study)
    assert (final.shown, final.revisions) == ("right", 1)
    assert [each.revisions for each in store.raters_of_study(store.study(study))] == [1]


def test_nobody_reads_or_writes_another_raters_assignment(store: RatingStore, clock: Clock) -> None:
    study = publish(store)
    amber, birch = rater_in(store, study, "amber"), rater_in(store, study, "birch")
    held = store.next_assignment(study, amber)
    clock.tick()
    for act in (lambda: store.show(birch, held), lambda: store.vote(birch, held, revision=0, choice="left"),
                lambda: store.answer(birch, held, revision=0, answers=Answers()),
                lambda: store.flag(birch, held, note="x"), lambda: store.show(birch, "no-such-id")):
        with pytest.raises(NotYours, match="not one of yours"):
            act()
    assert store.history(study, birch) == []


def test_the_questions_after_the_vote_come_before_the_next_item(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(2, overlap=1, source=True), ask_copied=True, ask_accuracy=True)
    rater = rater_in(store, study, "amber")
    held = store.next_assignment(study, rater)
    clock.tick()
    store.vote(rater, held, revision=0, choice="left")
    assert store.next_assignment(study, rater) == held
    assert store.show(rater, held).open == ("copied", "accurate")
    store.answer(rater, held, revision=1, answers=Answers(copied=Which.LEFT, accurate=Which.BOTH))
    assert store.next_assignment(study, rater) != held
    assert store.finals(study)[0].content["answers"] == {"copied": "left", "accurate": "both"}


@pytest.mark.parametrize("first", [Which.LEFT, None])
def test_an_answer_is_kept_while_the_next_question_is_open(
        store: RatingStore, clock: Clock, first: Which | None) -> None:
    study = publish(store, item_set(2, overlap=1, source=True), ask_copied=True, ask_accuracy=True)
    rater = rater_in(store, study, "amber")
    held = str(store.next_assignment(study, rater))
    clock.tick()
    store.vote(rater, held, revision=0, choice="left")
    said = Answers(copied=first)
    receipt = store.answer(rater, held, revision=1, answers=said, still_open=("accurate",))
    assert store.answer(rater, held, revision=1, answers=said, still_open=("accurate",)).hash == receipt.hash
    with pytest.raises(Refused):
        store.answer(rater, held, revision=1, answers=Answers(copied=Which.RIGHT), still_open=("accurate",))
    # A reload asks the second question, and changing the choice meanwhile leaves it open.
    shown = store.show(rater, held)
    assert (shown.stage, shown.open, shown.answers, shown.revision) == ("ask", ("accurate",), said, 2)
    assert store.next_assignment(study, rater) == held
    store.vote(rater, held, revision=2, choice="right")
    assert store.show(rater, held).open == ("accurate",)
    store.answer(rater, held, revision=3, answers=Answers(copied=first, accurate=Which.BOTH))
    assert store.next_assignment(study, rater) != held
    kept = {"copied": first.value} if first else {}
    assert store.finals(study)[0].content["answers"] == {**kept, "accurate": "both"}
    assert store.verify(study).problems == ()


def test_a_flag_reaches_the_owner_and_a_retired_item_is_not_handed_out(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(1, overlap=1))
    amber, birch = rater_in(store, study, "amber"), rater_in(store, study, "birch")
    store.flag(amber, store.next_assignment(study, amber), note="The text is empty.")
    (raised,) = store.open_flags(study)
    assert raised.note == "The text is empty."
    store.resolve_flag(raised.id, retire=True)
    assert store.next_assignment(study, birch) is NoAssignment.FINISHED


def test_what_was_judged_of_an_item_before_it_was_taken_out_still_counts(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(1, overlap=3))
    amber, birch = rater_in(store, study, "amber"), rater_in(store, study, "birch")
    vote_next(store, clock, study, amber, choice="left")
    store.flag(birch, store.next_assignment(study, birch), note="The text is empty.")
    store.resolve_flag(store.open_flags(study)[0].id, retire=True)
    store.close(study)
    assert len(store.unblind(study)) == 1
