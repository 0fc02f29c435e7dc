"""When arms fail, the others are reported, and nothing is tried again that would fail again."""

from pathlib import Path

import pytest

from harness.records import ArmKey
from harness.study.loading import load_study
from harness.study.plan import Plan, make_plan
from harness.study.reduced import lost_arms, without_arms, without_people

ARM = ArmKey("rl", 80, 2)
QUICK = Path(__file__).resolve().parents[3] / "studies" / "quick.yaml"


@pytest.fixture(scope="module")
def plan() -> Plan:
    at_the_end = "evaluation.plan.compare_at=null"
    return make_plan(load_study(str(QUICK), ["labels.budgets=[40, 80]", "seeds=[1, 2]", at_the_end]), {})


def finished_without(plan: Plan, *names: str) -> set[str]:
    """The fingerprints of all stages but the named ones and what depends on them."""
    missing = {stage.fingerprint for stage in plan.stages if stage.name in names}
    for stage in plan.stages:
        if missing & set(stage.inputs.values()):
            missing.add(stage.fingerprint)
    return {stage.fingerprint for stage in plan.stages} - missing


def test_an_arm_that_failed_is_named_and_all_comparisons_with_it_are_left_out(plan: Plan) -> None:
    finished = finished_without(plan, "ppo rl/80/2")
    lost = lost_arms(plan, finished, {"ppo rl/80/2": "the loss is not finite"})
    assert lost == {ARM: "ppo rl/80/2: the loss is not finite"}
    rest = without_arms(plan, lost, finished)
    assert rest is not None
    judge = next(stage for stage in rest.stages if stage.kind == "judge")
    before = next(stage for stage in plan.stages if stage.kind == "judge")
    gone = set(before.settings.pairs) - set(judge.settings.pairs)
    assert gone == {pair for pair in before.settings.pairs if ARM in (pair.arm, pair.opponent)}
    assert set(plan.arms) - set(rest.arms) == {ARM}
    known = {stage.fingerprint for stage in rest.stages}
    assert all(set(stage.inputs.values()) <= known for stage in (judge, rest.report))
    assert rest.report.fingerprint != plan.report.fingerprint


@pytest.mark.parametrize("failed", ["judge", "report"])
def test_a_judge_or_a_report_that_failed_is_not_run_a_second_time(plan: Plan, failed: str) -> None:
    finished = finished_without(plan, failed)
    assert without_arms(plan, lost_arms(plan, finished, {failed: "a defect"}), finished) is None


def test_where_every_policy_failed_there_is_nothing_to_report(plan: Plan) -> None:
    finished = finished_without(plan, "queries")
    assert without_arms(plan, lost_arms(plan, finished, {"queries": "too few"}), finished) is None


def test_while_people_are_awaited_all_else_is_reported() -> None:
    study = load_study(str(QUICK), ["labels.budgets=[40, 80]", "seeds=[1]", "evaluation.people={items: 5}"])
    asked = make_plan(study, {})
    (people,) = (stage for stage in asked.stages if stage.kind == "people")
    awaiting = without_people(asked, finished_without(asked, people.name))
    assert awaiting is not None
    assert set(asked.report.inputs.values()) - set(awaiting.report.inputs.values()) == {people.fingerprint}
    assert awaiting.report.settings.awaited == (people.settings.name,)
    assert awaiting.arms == asked.arms
    assert without_people(asked, finished_without(asked, people.name, "judge")) is None


def test_without_people_in_the_plan_nobody_is_awaited(plan: Plan) -> None:
    assert without_people(plan, finished_without(plan, "judge")) is None
    assert without_people(plan, {stage.fingerprint for stage in plan.stages}) is None
