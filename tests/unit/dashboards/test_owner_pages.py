"""The owner's pages through Streamlit's AppTest: watching, closing, results, raters.

They are dashboards.owner.studies and dashboards.owner.raters, listed in
dashboards.owner.sections, and dashboards.results.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import app_visitor
import pytest
from app_visitor import Visitor, press, words
from rating_helpers import item_set, known, pairs, publish, rater_in

from dashboards import identity
from harness.errors import InputError
from harness.ratings.assignment import NoAssignment
from harness.ratings.blinding import build_items
from harness.ratings.store import RatingStore
from harness.results.file import people_of_text
from harness.results.people import study_report
from harness.statistics.plan import AnalysisPlan, EqualKL
from harness.statistics.raters import ExclusionRules

HURRIED = AnalysisPlan(exclusions=ExclusionRules(min_gold_accuracy=0.6))
"""The tests judge in no time, which the rules take for not reading."""

store, visit = app_visitor.store, app_visitor.visit


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


def test_results_say_what_they_are_about_and_what_cannot_be_compared(
        store: RatingStore, visit: Callable[..., Visitor]) -> None:
    compared = [replace(pair, query_id=f"{seed} {pair.query_id}") for seed in (1, 2, 3, 4)
                for pair in pairs(4, arms=(f"rl/5000/{seed}", f"rl/500/{seed}"))]
    why = "1 of 4 runs with 500 labels did not come to a KL of 6 nats"
    for name, barred in (("open to all", {}), ("barred", {"rl/500": why})):
        study = publish(store, build_items(compared, seed=1, overlap=1), name=name, not_comparable=barred,
                        plan=replace(HURRIED, compare_at=EqualKL(kl=6.0)))
        rater = store.add_rater(f"amber of {name}")
        store.consent(study, rater)
        while not isinstance(held := store.next_assignment(study, rater), NoAssignment):
            text = store.show(rater, held).texts[0]
            store.vote(rater, held, revision=0, choice="left" if int(text.split()[0][1:]) % 2 else "right")
        store.close(study)
        study_report(store, study)
    app = visit(owner=True).open("results")
    assert why in words(app)
    app.selectbox(key="results_study").set_value(next(each for each in store.studies() if each.name == "open to all"))
    app.run()
    (row,) = people_of_text(store.report(store.study_id("open to all")) or "", study="").equivalence
    assert why not in words(app)
    assert f"{row.ci_low:.1%}"[:-1] in words(app)
    assert "4 training runs of each, all at a KL of 6 nats" in words(app)
    assert "Margin: 5 points" in words(app)
    table = next(frame.value for frame in app.dataframe if "The smaller was" in frame.value.columns)
    (shown,) = table.to_dict("records")
    assert (shown["About"], shown["Runs of each"], shown["The smaller was"]) == ("another run", 4, row.finding)
    assert row.more_runs is not None
    assert shown["More runs needed"] == (str(row.more_runs.more) if row.more_runs.more else "–")


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
