"""The owner's pages through Streamlit's AppTest: watching, closing, results, a new study, raters.

They are dashboards.owner.studies, dashboards.owner.new_study and dashboards.owner.raters, listed in
dashboards.owner.sections, and dashboards.results.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import app_visitor
import pytest
from app_visitor import Visitor, press, words
from rating_helpers import item_set, known, pairs, publish, rater_in

from dashboards import identity
from harness.engine.exported_runs import finished_studies
from harness.errors import InputError
from harness.ratings.blinding import build_items
from harness.ratings.store import RatingStore
from harness.records import ArmKey
from harness.results.people import study_report
from harness.statistics.plan import AnalysisPlan
from harness.statistics.raters import ExclusionRules

HURRIED = AnalysisPlan(exclusions=ExclusionRules(min_gold_accuracy=0.6))
"""The tests judge in no time, which the rules take for not reading."""

store, visit = app_visitor.store, app_visitor.visit


def finished_execution(root: Path, name: str, *, arms: tuple[str, ...] = ("rl",), source: str | None = None) -> None:
    """An execution's exported responses, as the report writes them."""
    folder = root / "mlruns" / "reports" / name
    folder.mkdir(parents=True)
    rows = [{"query_id": f"q{i}", "query_text": f"query {i}", "arm": each, "label_budget": budget,
             "seed": budget and 1, "source": source,
             "text": f"the {each} went down to the old sea number {i} again."}
            for each, budget in (*((arm, 500) for arm in arms), ("zero_shot", None)) for i in range(12)]
    (folder / "samples.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


def test_the_owner_watches_without_arms_closes_and_unblinds(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    built = build_items(pairs(4, arms=("armsecret/1000/1", "basesecret")), seed=1, overlap=1)
    study = publish(store, built, plan=HURRIED)
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
    study = publish(store, built, plan=HURRIED)
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


def test_the_best_of_n_samples_is_no_trained_policy(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story", arms=("rl", "best_of_4"))
    app = visit(owner=True).open("own", section="New study")
    assert app.multiselect(key="arms_story").value == [ArmKey("rl", 500, 1)]
    assert app.multiselect(key="baselines_story").value == [ArmKey("best_of_4", 500, 1), ArmKey("zero_shot")]


def test_the_owner_invites_with_a_link_that_is_shown_once(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    app = visit(owner=True).open("own", section="Raters")
    app.text_input[0].input("dora")
    press(app, "Invite")
    (link,) = [code.value for code in app.code]
    assert store.sign_in(link.rsplit("/", 1)[1]).rater_id == store.raters()[0].id
    app.run()
    assert not app.code


def test_what_was_refused_stays_in_the_form(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    app = visit(owner=True).open("own", section="Raters")
    app.text_input[0].input("dora")
    app.text_input[1].input("no address")
    press(app, "Invite")
    assert "that is no address" in words(app)
    assert [each.value for each in app.text_input] == ["dora", "no address"]
    app.text_input[1].input("")
    press(app, "Invite")
    assert [each.handle for each in store.raters()] == ["dora"]
    assert [each.value for each in app.text_input] == ["", ""]


def test_the_owner_stays_with_the_study_that_is_closed_and_unblinded(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    watched = publish(store, plan=HURRIED)
    publish(store, item_set(seed=2), name="a newer one")
    app = visit(owner=True).open()
    app.selectbox(key="watched").set_value(watched)
    app.run()
    store.close(watched)
    app.run()
    press(app, "Unblind and analyse")
    assert app.selectbox(key="watched").value == watched
    assert "Unblinded" in words(app)


def test_a_flag_is_seen_whichever_study_the_owner_looks_at(
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
    assert [each.quality.rater for each in store.raters_of_study(store.study(study))] == ["amber"]


def test_another_execution_begins_with_its_own_arms_name_and_questions(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    finished_execution(tmp_path, "summary", arms=("supervised_rl",), source="A long report.")
    app = visit(owner=True).open("own", section="New study")
    press(app, "Rehearse")
    assert "Of 40 items a comparison, one has only 12" in words(app)
    picker = app.selectbox(key="execution")
    picker.set_value(next(each for each in finished_studies()[0] if each.name == "summary"))
    app.run()
    assert "Simulated raters, not people" not in words(app), "that was a rehearsal of the other"
    press(app, "Publish the study")
    (study,) = store.studies()
    assert (study.name, study.protocol.ask_copied) == ("summary-people", True)


def test_a_report_that_differs_from_the_filed_one_stays_on_the_owners_page(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store)
    store.close(study)
    store.unblind_in_full(study)
    store.file_report(study, "one")
    with pytest.raises(InputError, match="something else"):
        store.file_report(study, "another")
    store.add_rater("somebody who comes later")
    assert "differs from the one that was filed" in words(visit(owner=True).open())


@pytest.mark.parametrize(("name", "content", "said"), [
    ("results.json", b'{"responses": {"rl', "results.json: not a JSON record"),
    ("results.json", b'{"study": "story"}', "these results are of harness 0.1"),
    ("execution.json", b"\xff\xfe", "execution.json: not a JSON record"),
    ("samples.jsonl", b"\xff\xfe", "samples.jsonl: it is not text in UTF-8")])
def test_an_execution_that_cannot_be_read_says_why(
        visit: Callable[..., Visitor], tmp_path: Path, name: str, content: bytes, said: str) -> None:
    finished_execution(tmp_path, "story")
    (tmp_path / "mlruns" / "reports" / "story" / name).write_bytes(content)
    assert said in words(visit(owner=True).open("own", section="New study"))


def test_a_damaged_execution_leaves_the_others_open(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    for name in ("broken", "story"):
        finished_execution(tmp_path, name)
    (tmp_path / "mlruns" / "reports" / "broken" / "results.json").write_bytes(b"{")
    app = visit(owner=True).open("own", section="New study")
    assert "broken/results.json: not a JSON record" in words(app)
    assert app.selectbox(key="execution").options == ["story"]


def test_nothing_is_published_where_mlflow_has_lost_the_execution(
        store: RatingStore, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    finished_execution(tmp_path, "story")
    (tmp_path / "mlruns" / "reports" / "story" / "execution.json").write_text(
        json.dumps({"execution": "gone", "tracking_uri": f"sqlite:///{tmp_path / 'mlflow.db'}"}))
    app = visit(owner=True).open("own", section="New study")
    press(app, "Publish the study")
    assert "MLflow does not take seals/story-people" in words(app)
    assert store.studies() == []


def test_the_log_is_told_in_words(store: RatingStore, visit: Callable[..., Visitor]) -> None:
    study = publish(store)
    rater = rater_in(store, study, "amber")
    store.flag(rater, str(store.next_assignment(study, rater)), note="nonsense")
    app = press(visit(owner=True).open(), "Take the item out")
    assert "tasks are broken" not in words(app)
    log = app.dataframe[-1].value
    assert list(log.columns) == ["When (UTC)", "What", "Detail"]
    assert "items 6" in log["Detail"].iloc[-1]
    assert "{" not in "".join(log["Detail"])


@pytest.mark.parametrize(("key", "written", "said"), [
    ("name_story", "", "name: a study needs a name"), ("name_story", "a\u202eb", "name: 'a\\u202eb' has invisible"),
    ("title", " ", "title: a study needs a title"), ("text", " ", "instructions: raters read them")])
def test_what_raters_or_commands_could_not_read_is_refused_before_publishing(
        visit: Callable[..., Visitor], tmp_path: Path, key: str, written: str, said: str) -> None:
    finished_execution(tmp_path, "story")
    app = visit(owner=True).open("own", section="New study")
    (app.text_area if key == "text" else app.text_input)(key=key).set_value(written)
    app.run()
    assert said in words(app)
    assert "Publish the study" not in words(app)
