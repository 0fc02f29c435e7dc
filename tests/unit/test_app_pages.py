"""Every page of the app through Streamlit's AppTest: what it shows, whom it lets in, what it keeps to itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rating_helpers import item_set, known, pairs, publish, rater_in, tasks
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboards import identity
from harness.engine.finished import finished_studies
from harness.labels.human import HumanLabeler
from harness.ratings import judging
from harness.ratings.blinding import build_items
from harness.ratings.database import StoreUnavailable
from harness.ratings.protocol import ExclusionRules, StudyKind
from harness.ratings.store import RatingStore
from harness.stages.human_results import study_report

MAIN = Path(__file__).parents[2] / "dashboards" / "main.py"
OWNER_SECRET = "a secret of the tests"
HURRIED = ExclusionRules(min_median_seconds=0)
"""The tests judge in no time, which the rules take for not reading."""


class Visitor:
    """A browser in front of the app, with cookies of its own."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self.cookies = cookies
        self.app = AppTest.from_file(str(MAIN), default_timeout=30)

    def open(self, page: str = "", **query: str) -> AppTest:
        for name, value in query.items():
            self.app.query_params[name] = value
        if page:  # AppTest.switch_page knows pages that are files only; ours are functions with an address
            self.app._page_hash = calc_hash(page)
        self.app.run()
        assert not self.app.exception
        return self.app


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RatingStore]:
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{tmp_path / 'ratings.db'}")
    monkeypatch.setenv("HARNESS_OWNER_SECRET", OWNER_SECRET)
    monkeypatch.setattr(judging, "MIN_DWELL_MS", 0)
    monkeypatch.chdir(tmp_path)
    identity.store.cache_clear()
    yield identity.store()
    identity.store.cache_clear()


@pytest.fixture
def visit(store: RatingStore, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Visitor]:
    """A visitor with the cookies of a rater (by pseudonym), of the owner, or of nobody."""

    def make(rater: str | None = None, *, owner: bool = False) -> Visitor:
        cookies = {}
        if rater is not None:
            cookies[identity.RATER_COOKIE] = store.sign_in(store.invite(store.add_rater(rater))).session
        if owner:
            cookies[identity.OWNER_COOKIE] = store.owner_sign_in(OWNER_SECRET)
        monkeypatch.setattr(identity, "cookie", cookies.get)
        return Visitor(cookies)

    return make


def words(app: AppTest) -> str:
    """All that the page says."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error", "success")
    said = [str(element.value) for kind in kinds for element in app.get(kind)]
    said += [element.proto.body for element in app.get("html")]
    return "\n".join([*said, *(button.label for button in app.button)])


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


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


def test_source_spans_are_marked_only_after_the_vote(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    publish(store, build_items([("q", "t", "A cat sat on a mat all day.", "one", "a cat sat on a mat",
                                 "two", "a dog ran away")], seed=1, overlap=1), ask_copied=True)
    app = visit("amber").open()
    press(app, "I agree: begin")
    assert "<mark>" not in words(app)
    press(app, "Left")
    assert "<mark>" in words(app)
    assert "mostly copied" in words(app)


def test_a_labeler_chooses_the_best_of_four(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(2), seed=1)
    app = visit("amber").open("label")
    press(press(press(app, "I agree: begin"), "Text 2"), "Text 4")
    assert "All done" in words(app)
    assert len(store.labels("queue")) == 2


def test_a_store_that_cannot_be_written_is_a_calm_sentence(
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


def test_the_owner_watches_without_arms_closes_and_unblinds(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    built = build_items(pairs(4, arms=("armsecret/1000/1", "basesecret")), seed=1, overlap=1)
    study = publish(store, built, exclusion=HURRIED)
    rater = store.add_rater("amber")
    store.consent(study, rater)
    for _ in range(4):
        store.vote(rater, str(store.next_assignment(study, rater)), revision=0, choice="left")
    app = visit(owner=True).open()
    assert "armsecret" not in words(app)
    assert any("amber" in frame.value.to_string() for frame in app.dataframe)
    assert "armsecret" not in "".join(frame.value.to_string() for frame in app.dataframe)
    store.close(study)
    app.run()
    press(app, "Unblind and analyse")
    assert "Unblinded" in words(app)
    report = json.loads(store.report(study) or "")
    assert report["judge"] == "human"
    assert report["comparisons"][0]["n_judgments"] == 4


def test_results_show_nothing_before_unblinding_and_the_tables_after(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    built = build_items(pairs(6, arms=("rl/500/1", "zero_shot")), seed=1, overlap=2)
    study = publish(store, built, exclusion=HURRIED)
    for handle in ("amber", "birch"):
        rater = store.add_rater(handle)
        store.consent(study, rater)
        for number in range(6):
            store.vote(rater, str(store.next_assignment(study, rater)), revision=0,
                       choice=("left", "right", "tie")[number % 3])
    visitor = visit(owner=True)
    app = visitor.open("results")
    assert "No study is unblinded yet" in words(app)
    assert "zero_shot" not in words(app)
    store.close(study)
    study_report(store, study)
    app = visitor.open("results")
    assert "Win rates" in words(app)
    assert "zero-shot" in app.dataframe[0].value.to_string()
    assert "Fewer than 8" in words(app)


def finished_execution(root: Path, name: str, *, arm: str = "rl", source: str | None = None) -> None:
    """An execution's exported responses, as the report writes them."""
    folder = root / "mlruns" / "reports" / name
    folder.mkdir(parents=True)
    rows = [{"query_id": f"q{i}", "query_text": f"query {i}", "arm": each, "label_budget": budget,
             "seed": budget and 1, "source": source,
             "text": f"the {each} went down to the old sea number {i} again."}
            for each, budget in ((arm, 500), ("zero_shot", None)) for i in range(12)]
    (folder / "samples.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


def test_the_owner_makes_a_study_from_a_finished_execution(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    visitor = visit(owner=True)
    app = visitor.open("own", section="New study")
    assert "Leak scan" in words(app)
    press(app, "Rehearse")
    assert "Simulated raters, not people" in words(app)
    press(app, "Publish the study")
    assert [each.name for each in store.studies()] == ["story-people"]
    app.number_input(key="overlap").set_value(2)
    app.run()
    press(app, "Publish the study")
    assert "there is a study named 'story-people' already" in words(app)


def test_the_owner_invites_with_a_link_that_is_shown_once(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    app = visit(owner=True).open("own", section="Raters")
    app.text_input[0].input("dora")
    press(app, "Invite")
    (link,) = [code.value for code in app.code]
    assert store.sign_in(link.rsplit("/", 1)[1]).rater_id == store.raters()[0].id
    app.run()
    assert not app.code


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


def test_the_owner_stays_with_the_study_that_is_closed_and_unblinded(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    watched = publish(store, exclusion=HURRIED)
    publish(store, item_set(seed=2), name="a newer one")
    app = visit(owner=True).open()
    app.selectbox(key="watched").set_value(watched)
    app.run()
    store.close(watched)
    app.run()
    press(app, "Unblind and analyse")
    assert app.selectbox(key="watched").value == watched
    assert "Unblinded" in words(app)


def test_a_red_cord_is_seen_whichever_study_the_owner_looks_at(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    store.flag(rater, str(store.next_assignment(study, rater)), note="nonsense")
    publish(store, item_set(seed=2), name="a newer one")
    for section in ("Studies", "New study", "Raters"):
        assert "tasks are broken in: pilot (1)" in words(visit(owner=True).open("own", section=section))


def test_an_owner_who_signed_out_elsewhere_can_do_nothing_any_more(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    visitor = visit(owner=True)
    rater = store.add_rater("amber")
    app = visitor.open("own", section="Raters")
    store.sign_out(visitor.cookies[identity.OWNER_COOKIE])
    press(app, "Shut out")
    assert store.raters()[0].revoked_at is None, rater


def test_who_only_practised_has_a_name_in_the_owners_table(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store, item_set(qualification=known(1)))
    rater = rater_in(store, study, "amber")
    store.vote(rater, str(store.next_assignment(study, rater)), revision=0, choice="tie")
    assert [each.handle for each in store.quality(store.study(study))] == ["amber"]


def test_a_rater_is_sent_where_the_work_is_and_told_when_it_is_over(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    HumanLabeler("queue", store=store, agreement_share=0).choose(tasks(1), seed=1)
    app = visit("amber").open("evaluate")
    assert "under Label" in words(app)
    closed = publish(store)
    store.close(closed)
    store.close(store.study_id("queue", StudyKind.LABELS))
    app.run()
    assert "Everything you sent is kept" in words(app)


def test_another_execution_begins_with_its_own_arms_name_and_questions(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    finished_execution(tmp_path, "summary", arm="supervised_rl", source="A long report.")
    app = visit(owner=True).open("own", section="New study")
    press(app, "Rehearse")
    assert "Of 40 items a comparison, one has only 12" in words(app)
    picker = app.selectbox(key="execution")
    picker.set_value(next(each for each in finished_studies() if each.name == "summary"))
    app.run()
    assert "Simulated raters, not people" not in words(app), "that was a rehearsal of the other"
    press(app, "Publish the study")
    (study,) = store.studies()
    assert (study.name, study.protocol.ask_copied) == ("summary-people", True)
