"""A change of a study makes those stages anew that depend on it, and no other."""

import pytest

from harness.errors import InputError
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def test_changing_one_budget_changes_only_what_depends_on_it():
    plan = make_plan(load_study(QUICK), {})
    other = make_plan(load_study(QUICK, ["labels.budgets=[16, 2500, 4000]"]), {})  # the pool stays what it was
    before = {stage.fingerprint for stage in plan.stages}
    new = [stage for stage in other.stages if stage.fingerprint not in before]
    arms = {stage.arm.label_budget for stage in new if stage.arm is not None}
    assert arms == {2500}
    assert {stage.kind for stage in new if stage.arm is None} == {"judge", "report"}


def test_the_study_name_and_title_change_no_training_stage():
    plan = make_plan(load_study(QUICK), {})
    renamed = make_plan(load_study(QUICK, ["study=another", "title=x"]), {})
    assert [stage.fingerprint for stage in plan.stages[:-1]] == [stage.fingerprint for stage in renamed.stages[:-1]]
    assert plan.report.fingerprint != renamed.report.fingerprint


def test_the_analysis_plan_is_complete_and_changing_it_judges_nothing_again():
    study = load_study(QUICK)
    plan = study.evaluation.plan
    assert plan.baselines == ("zero_shot", "supervised", "reference")
    assert plan.gatekeeping == ("zero_shot", "supervised"), "the reference is explored unless the study says else"
    only_reference = load_study(QUICK, ["evaluation.baselines=[reference]"])
    assert only_reference.evaluation.plan.gatekeeping == ("reference",)
    other = load_study(QUICK, ["evaluation.plan.margin=0.1"])
    before, after = make_plan(study, {}), make_plan(other, {})
    assert [stage.fingerprint for stage in before.stages[:-1]] == [stage.fingerprint for stage in after.stages[:-1]]
    assert before.report.fingerprint != after.report.fingerprint
    for wrong, said in (("gatekeeping=[]", "gatekeeping is empty"), ("baselines=[lead]", "not what baselines says")):
        with pytest.raises(InputError, match=said):
            load_study(QUICK, [f"evaluation.plan.{wrong}"])
    assert load_study(QUICK, ["evaluation.plan.gatekeeping=null"]).evaluation == study.evaluation
    with pytest.raises(InputError, match="gatekeeping names lead, but baselines does not"):
        load_study(QUICK, ["evaluation.plan.gatekeeping=[lead]"])
    with pytest.raises(InputError, match=r"exclusions.min_gold: unknown key. Did you mean 'min_gold_accuracy'"):
        load_study(QUICK, ["evaluation.plan.exclusions.min_gold=0.5"])


def test_other_text_makes_every_stage_another():
    plan = make_plan(load_study(QUICK), {"source": "a"})
    other = make_plan(load_study(QUICK), {"source": "b"})
    assert not {stage.fingerprint for stage in plan.stages} & {stage.fingerprint for stage in other.stages}
