"""What a study of people waits for, and what is planned for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rating_helpers import Clock, item_set, publish, rater_in

from harness.engine.exported_runs import judged_elsewhere
from harness.ratings.store import RatingStore, open_store
from harness.records import ArmKey, Contrast
from harness.results.people import study_report
from harness.stages.people import awaited
from harness.study.loading import load_study
from harness.study.plan import Plan, make_plan

QUICK = Path(__file__).parents[3] / "studies" / "quick.yaml"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> RatingStore:
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{tmp_path / 'ratings.db'}")
    return open_store(clock=clock)


def quick(*overrides: str) -> Plan:
    return make_plan(load_study(str(QUICK), list(overrides)), {})


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


def test_asking_people_leaves_every_stage_before_them_alone() -> None:
    plain, asked = quick(), quick("evaluation.people={items: 8}")
    added = {stage.kind for stage in asked.stages if stage.fingerprint not in
             {known.fingerprint for known in plain.stages}}
    assert added == {"publish", "people", "report"}
    publishing = next(stage for stage in asked.stages if stage.kind == "publish")
    waiting = next(stage for stage in asked.stages if stage.kind == "people")
    assert waiting.inputs["publish"] == publishing.fingerprint, "sealed and logged before anybody can judge"
    assert Contrast(ArmKey("rl", 4000, 1), ArmKey("zero_shot")) in publishing.settings.pairs


def test_another_plan_or_other_responses_are_another_study_in_the_store() -> None:
    names = {stage.settings.name for overrides in (
        ["evaluation.people={items: 8}"], ["evaluation.people={items: 9}"],
        ["evaluation.people={items: 8}", "evaluation.plan={margin: 0.1}"],
        ["evaluation.people={items: 8}", "ppo.epochs=2"],
        ["evaluation.people={items: 8}", "title=only the title differs"])
        for stage in quick(*overrides).stages if stage.kind == "people"}
    assert len(names) == 4
    assert all(name.startswith("quick-") for name in names)


def test_what_people_said_elsewhere_of_the_same_responses_is_found_once_unblinded(
        store: RatingStore, clock: Clock) -> None:
    plan = quick()
    some = tuple(sorted(plan.responses.values()))[:2]
    study = publish(store, item_set(1, overlap=1), responses=some)
    publish(store, item_set(1, overlap=1, seed=8), name="other texts", responses=("0" * 32,))
    assert judged_elsewhere(plan) == []
    store.close(study)
    study_report(store, study)
    assert [found.name for found in judged_elsewhere(plan)] == ["pilot"]
    added = make_plan(plan.study, {}, judged_elsewhere(plan))
    asked = {stage.fingerprint: stage.settings.name for stage in added.stages if stage.kind == "people"}
    assert [asked[fingerprint] for fingerprint in added.report.inputs.in_order("evaluations")] == ["pilot"]
    assert judged_elsewhere(added) == []
