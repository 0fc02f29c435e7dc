"""Which stages a study is unrolled into, and what each is made from."""

from __future__ import annotations

from harness.records import ArmKey, Contrast
from harness.study.loading import load_study
from harness.study.plan import Plan, make_plan
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def quick(*overrides: str) -> Plan:
    return make_plan(load_study(str(QUICK), list(overrides)), {})


def _plan(rates):
    return quick(f"supervised.learning_rates={rates}")


def _of_kind(plan, kind):
    return [stage for stage in plan.stages if stage.kind == kind]


def test_eight_rates_are_eight_stages_and_a_choice():
    rates = [1.0e-4, 1.17e-4, 1.37e-4, 1.6e-4, 1.87e-4, 2.19e-4, 2.56e-4, 3.0e-4]
    plan = _plan(rates)
    tried = _of_kind(plan, "supervised")
    assert [stage.name for stage in tried] == [f"supervised {rate:g}" for rate in rates]
    (choice,) = _of_kind(plan, "supervised_choice")
    assert choice.inputs.in_order("rates") == [stage.fingerprint for stage in tried]
    (sample,) = [stage for stage in plan.stages if stage.name == "sample supervised"]
    assert sample.inputs["policy"] == choice.fingerprint


def test_a_longer_sweep_leaves_the_rates_that_were_tried_alone():
    before, after = ({stage.fingerprint for stage in _of_kind(_plan(rates), "supervised")}
                     for rates in ([1.0e-4, 3.0e-4], [1.0e-4, 2.0e-4, 3.0e-4]))
    assert before < after
    (alone,) = _of_kind(_plan([2.0e-4]), "supervised")
    assert alone.fingerprint in after, "one rate needs no choice"


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


def test_online_and_gold_arms_are_sampled_at_the_plan_s_kl_and_people_judge_them_there() -> None:
    study = load_study(str(ROOT / "studies" / "online.yaml"), [
        "labels.budgets=[500]", "seeds=[1, 2]", "evaluation.plan={compare_at: {kl: 4.0}}", "evaluation.people={}"])
    plan = make_plan(study, {})
    at_kl = {stage.arm: stage.settings.at_kl for stage in plan.stages if stage.kind == "sample"}
    for arm in ("rl/500", "rl_online/500", "mock_reward/0"):
        name, budget = arm.split("/")
        for seed in (1, 2):
            assert at_kl[ArmKey(name, int(budget), seed)] == 4.0
            assert at_kl[ArmKey(f"{name}_end", int(budget), seed)] is None
    assert {stage.settings.snapshots_at for stage in plan.stages if stage.kind == "ppo"} == {4.0}
    (publish,) = [stage for stage in plan.stages if stage.kind == "publish"]
    arms = {arm.arm for pair in publish.settings.pairs for arm in (pair.arm, pair.opponent)}
    assert {"rl", "rl_online", "mock_reward"} <= arms
    assert not any(arm.endswith("_end") for arm in arms)
    assert publish.settings.plan.compared_at == 4.0


def test_without_one_kl_in_the_plan_people_judge_the_end_of_training() -> None:
    asked = quick("evaluation.people={items: 8}", "evaluation.plan={compare_at: null}")
    (publish,) = [stage for stage in asked.stages if stage.kind == "publish"]
    sampled = {stage.fingerprint: stage for stage in asked.stages if stage.kind == "sample"}
    policies = [sampled[each] for each in publish.settings.responses if sampled[each].arm.seed is not None]
    assert policies
    assert all(stage.settings.at_kl is None for stage in policies)
