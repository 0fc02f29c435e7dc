"""The raters' pages through Streamlit's AppTest, and who sees which page: what they show, what they keep back.

AppTest runs dashboards.main, which dashboards.app serves. The pages are dashboards.welcome, dashboards.rater.evaluate
and dashboards.rater.label, which go through dashboards.rater.rating_flow in dashboards.theme; what fails on one of them
is shown by dashboards.errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import app_visitor
import pytest
from app_visitor import Visitor, press, words
from rating_helpers import item_set, known, pairs, publish, tasks

from dashboards import identity
from harness.labels.human import HumanLabeler
from harness.ratings.blinding import Pair, build_items
from harness.ratings.database import StoreUnavailable
from harness.ratings.protocol import StudyKind
from harness.ratings.store import RatingStore
from harness.records import ArmKey, Contrast
from harness.reporting.marking import marked_pair

store, visit = app_visitor.store, app_visitor.visit


def test_a_browser_that_belongs_to_nobody_sees_only_the_welcome(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    publish(store)
    for page in ("", "own", "results", "evaluate", "label"):
        said = words(visit().open(page))
        assert "query number" not in said
        assert "pilot" not in said


def test_the_owners_pages_stay_shut_and_say_why(visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "They open with the owner's secret" in words(visit().open("own"))
    monkeypatch.delenv("HARNESS_OWNER_SECRET")
    assert "no default" in words(visit().open("own"))


def test_a_rater_cannot_open_the_owners_pages(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    publish(store)
    said = words(visit("amber").open("own"))
    assert "pilot" not in said
    assert "Close the study" not in said


def test_a_rater_consents_and_judges_a_whole_study(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store, item_set(4, overlap=1, training=known(1)))
    app = visit("amber").open()
    assert "Before you begin" in words(app)
    press(app, "I agree: begin")
    assert "A practice item" in words(app)
    assert app.get("progress")[0].proto.text == "1 practice item first, then 4"
    press(press(app, "Left"), "Go on")
    for choice in ("Left", "Tie", "Right", "Both bad"):
        press(app, choice)
    assert "All done" in words(app)
    assert sorted(each.shown for each in store.finals(study) if each.item_kind == "main") == [
        "left", "right", "tie", "tie"]
    press(app, "Back")
    assert "You judged this one before" in words(app)
    press(app, "Right")
    assert sum(each.revisions for each in store.finals(study) if each.item_kind == "main") == 1


def test_a_stale_click_says_so_and_changes_nothing(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store)
    app = visit("amber").open()
    press(app, "I agree: begin")
    rater = store.raters()[0].id
    held = store.next_assignment(study, rater)
    store.vote(rater, str(held), revision=0, choice="tie")
    press(app, "Left")
    assert "judged this one already" in words(app)
    assert [each.shown for each in store.finals(study)] == ["tie"]


def test_another_raters_assignment_cannot_be_opened_by_its_id(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store, item_set(2, overlap=1))
    other = store.add_rater("birch")
    store.consent(study, other)
    foreign = store.show(other, str(store.next_assignment(study, other)))
    app = visit("amber").open()
    press(app, "I agree: begin")
    app.query_params["back"] = foreign.id
    app.run()
    assert foreign.query_text not in words(app)
    assert "back" not in app.query_params


def test_nothing_of_arms_is_in_the_session_of_a_rater(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    built = build_items(pairs(4, arms=("armsecret/43217/90211", "basesecret")), seed=987654321, overlap=1)
    publish(store, built, name="studysecret", seed=987654321, execution="executionsecret")
    app = visit("amber").open()
    press(press(app, "I agree: begin"), "Left")
    everything = str(app.session_state._state.filtered_state) + str(dict(app.query_params)) + words(app) + str(
        [element.proto for element in app.get("html")])
    for secret in ("armsecret", "basesecret", "43217", "90211", "studysecret", "executionsecret", "987654321"):
        assert secret not in everything


def test_copied_spans_are_those_of_the_report_and_marked_only_after_the_vote(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    source = "A cat sat on a mat all day, and a dog ran off."
    pair = Pair("q", "t", source, Contrast(ArmKey("one"), ArmKey("two")), "a cat sat on a mat", "a dog ran away")
    publish(store, build_items([pair], seed=1, overlap=1), ask_copied=True)
    app = visit("amber").open()
    press(app, "I agree: begin")
    assert "<mark>" not in words(app)
    press(app, "Left")
    assert "mostly copied" in words(app)
    marks = re.findall(r"<mark>(.*?)</mark>", words(app))
    report = marked_pair("a cat sat on a mat", source) + marked_pair("a dog ran away", source)
    assert sorted(marks) == sorted(re.findall(r"<mark>(.*?)</mark>", report)) != []


def test_a_labeler_chooses_the_best_of_four(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(2), seed=1)
    app = visit("amber").open("label")
    press(press(press(app, "I agree: begin"), "Text 2"), "Text 4")
    assert "All done" in words(app)
    assert len(store.labels("queue")) == 2


def test_a_store_that_cannot_be_written_is_one_sentence(
        store: RatingStore, visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    study = publish(store)
    app = visit("amber").open()
    press(app, "I agree: begin")

    def full(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(RatingStore, "vote", full)
        press(app, "Left")
        assert "Everything you sent before is kept" in words(app)
        assert "disk" not in words(app)
        broken.setattr(RatingStore, "next_assignment", full)
        app.run()
        assert "Everything you sent before is kept" in words(app)
    press(press(app, "Try again"), "Left")
    assert len(store.finals(study)) == 1


def test_an_organisations_sign_in_is_offered_where_the_owner_configured_it(
        visit: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Sign in with your organisation" not in words(visit().open())
    for installed in (True, False):
        visitor = visit()
        visitor.app.secrets["auth"] = {"client_id": "id", "cookie_secret": "a secret"}
        monkeypatch.setattr(identity, "find_spec", lambda _name, there=installed: there or None)
        assert ("Sign in with your organisation" in words(visitor.open())) is installed


def test_a_page_can_be_linked_to_by_its_address(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    publish(store)
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(1), seed=1)
    visitor = visit("amber")
    for page, title in (("", "Which ending is better?"), ("evaluate", "Which ending is better?"),
                        ("label", "Which text is best?")):
        assert title in words(visitor.open(page))


def test_a_rater_picks_among_open_studies_by_title_never_by_the_owners_name(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    for name, seed in (("secret pilot", 1), ("secret second", 2)):
        publish(store, item_set(2, seed=seed), name=name, title="Which ending is better?")
    app = visit("amber").open()
    (picker,) = app.selectbox
    assert picker.options == ["Which ending is better? (1)", "Which ending is better? (2)"]
    second = store.study_id("secret second")
    picker.set_value(second)
    app.run()
    assert second in app.query_params["study"]
    press(app, "I agree: begin")
    assert store.next_assignment(second, store.raters()[0].id)
    assert "secret" not in words(app)


def test_a_rater_is_sent_where_the_work_is_and_told_when_it_is_over(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(1), seed=1)
    app = visit("amber").open("evaluate")
    assert "under Label" in words(app)
    assert 'href="/sign-out"' in words(app)
    closed = publish(store)
    store.close(closed)
    store.close(store.study_id("queue", StudyKind.LABELS))
    app.run()
    assert "Everything you sent is kept" in words(app)
