"""The laws of the rating store, over every database."""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from rating_helpers import ARMS, Clock, item_set, known, publish, rater_in, tasks
from sqlalchemy import text

from harness.errors import InputError
from harness.labels.human import HumanLabeler
from harness.ratings import custody
from harness.ratings.access import SignInRefused
from harness.ratings.assignment import NoAssignment
from harness.ratings.judging import Answers, Details, NotYours, Refused
from harness.ratings.protocol import Which
from harness.ratings.schema import metadata
from harness.ratings.store import RatingStore


def walk(store: RatingStore, clock: Clock, study_id: str, rater_id: str, *, better: str, limit: int = 1_000) -> int:
    """Let a rater choose the text that begins with `better` until there is nothing left. Returns how many."""
    for done in range(limit):
        held = store.next_assignment(study_id, rater_id)
        if isinstance(held, NoAssignment):
            return done
        shown = store.show(rater_id, held)
        side = "left" if shown.texts[0].startswith(better) else "right" if shown.texts[1].startswith(better) else "tie"
        clock.tick()
        store.vote(rater_id, held, revision=shown.revision, choice=side)
        if store.show(rater_id, held).stage == "ask":
            store.answer(rater_id, held, revision=shown.revision + 1, answers=Answers())
    return limit


def vote_next(store: RatingStore, clock: Clock, study: str, rater: str, *, choice: str) -> None:
    held = str(store.next_assignment(study, rater))
    clock.tick()
    store.vote(rater, held, revision=0, choice=choice)


def test_a_rater_who_always_prefers_one_arm_gives_it_every_win(store: RatingStore, clock: Clock) -> None:
    study = publish(store, item_set(10, overlap=2))
    for handle in ("amber", "birch"):
        assert walk(store, clock, study, rater_in(store, study, handle), better="P") == 10
    store.close(study)
    judgments = store.unblind(study)
    assert len(judgments) == 20
    assert {(str(each.contrast), each.outcome) for each in judgments} == {(" vs ".join(ARMS), 1.0)}
    assert sum(each.arm_was_left for each in judgments) == 10


def test_the_assignment_in_hand_is_the_same_after_reopening_the_store(
        store: RatingStore, open_again: Callable[[], RatingStore]) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    assert store.next_assignment(study, rater) == open_again().next_assignment(study, rater)


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


def test_a_link_works_once_and_the_return_code_ever_after(store: RatingStore) -> None:
    rater = store.add_rater("amber")
    link = store.invite(rater)
    signed_in = store.sign_in(link)
    assert store.session_rater(signed_in.session) == rater
    with pytest.raises(SignInRefused, match="used already"):
        store.sign_in(link)
    for typed in (signed_in.return_code, signed_in.return_code.upper().replace("-", " ")):
        assert store.session_rater(store.sign_in(typed).session) == rater
    store.revoke(rater)
    assert store.session_rater(signed_in.session) is None


def test_the_same_form_sent_twice_is_one_use_of_the_link(store: RatingStore, clock: Clock) -> None:
    rater = store.add_rater("amber")
    link = store.invite(rater)
    store.sign_in(link, attempt="this page")
    again = store.sign_in(link, attempt="this page")
    assert store.session_rater(store.sign_in(again.return_code or "").session) == rater
    with pytest.raises(SignInRefused, match="used already"):
        store.sign_in(link, attempt="another page")
    clock.tick(61)
    with pytest.raises(SignInRefused, match="used already"):
        store.sign_in(link, attempt="this page")


def test_a_link_expires_and_a_newer_one_replaces_it(store: RatingStore, clock: Clock) -> None:
    rater = store.add_rater("amber")
    old = store.invite(rater, days=1)
    new = store.invite(rater, days=1)
    with pytest.raises(SignInRefused, match="not valid"):
        store.sign_in(old)
    clock.tick(86_401)
    with pytest.raises(SignInRefused, match="expired"):
        store.sign_in(new)


def test_failed_sign_ins_slow_down_and_the_count_survives_the_refusal(
        store: RatingStore, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_OWNER_SECRET", "correct horse battery")
    for _ in range(4):
        with pytest.raises(SignInRefused, match="not the owner"):
            store.owner_sign_in("wrong")
    with pytest.raises(SignInRefused, match="wait 2 seconds"):
        store.owner_sign_in("correct horse battery")
    clock.tick(3)
    session = store.owner_sign_in("correct horse battery")
    assert store.is_owner(session)
    monkeypatch.setenv("HARNESS_OWNER_SECRET", "another long secret")
    assert not store.is_owner(session)


def test_without_a_secret_there_is_no_owner(store: RatingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in (None, "", "short"):
        if secret is None:
            monkeypatch.delenv("HARNESS_OWNER_SECRET", raising=False)
        else:
            monkeypatch.setenv("HARNESS_OWNER_SECRET", secret)
        with pytest.raises(SignInRefused, match="HARNESS_OWNER_SECRET"):
            store.owner_sign_in(secret or "")


def test_no_secret_stands_in_the_database(store: RatingStore) -> None:
    link = store.invite(store.add_rater("amber"))
    signed_in = store.sign_in(link)
    with store.database.reading() as connection:
        stored = str(connection.execute(text("SELECT * FROM credentials")).all())
    for token in (link, signed_in.session, (signed_in.return_code or "").replace("-", "")):
        assert token[8:] not in stored


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
    assert _counts(store)["by the items"] == _counts(store)["by the assignments"]


def _counts(store: RatingStore) -> dict[str, list[tuple[int, int]]]:
    live = "FROM assignments WHERE item_id = items.id AND state IN ('open', 'asking', 'judged')"
    queries = {"by the items": "SELECT taken, flips FROM items ORDER BY ordinal",
               "by the assignments": f"SELECT (SELECT count(*) {live}), (SELECT count(*) {live} AND flipped) "
                                     "FROM items ORDER BY ordinal"}
    with store.database.reading() as connection:
        return {name: [(int(taken), int(flips)) for taken, flips in connection.execute(text(query))]
                for name, query in queries.items()}


def test_a_database_of_an_older_harness_is_brought_up_to_date_with_its_ratings(
        store: RatingStore, clock: Clock, open_again: Callable[[], RatingStore]) -> None:
    study = publish(store, item_set(6, overlap=2))
    rater = rater_in(store, study, "amber")
    walk(store, clock, study, rater, better="P", limit=4)
    held = store.next_assignment(study, rater)
    before = _counts(store)
    with store.database.writing() as connection:
        for name in ("ix_items_free", "ix_assignments_rater", "ix_assignments_lease"):
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("CREATE INDEX ix_assignments_rater ON assignments (study_id, rater_id, state)"))
        for name in ("taken", "flips"):
            connection.execute(text(f"ALTER TABLE items DROP COLUMN {name}"))
        connection.execute(text("UPDATE alembic_version SET version_num='0001'"))
    again = open_again()
    assert _counts(again) == before
    assert sum(taken for taken, _ in before["by the items"]) == 5
    assert again.next_assignment(study, rater) == held
    with again.database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == [], "the migrations make the schema that the code declares"


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
