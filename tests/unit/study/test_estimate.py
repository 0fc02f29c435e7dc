"""How much work a plan is, and what is taken first."""

from harness.study.estimate import count_labels, estimate_stage, work_ahead
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.e2e.runs import ROOT


def test_work_ahead_is_the_heaviest_way_to_the_report():
    plan = make_plan(load_study(ROOT / "studies" / "quick.yaml"), {})
    users = {stage.fingerprint: [other for other in plan.stages if stage.fingerprint in other.inputs.values()]
             for stage in plan.stages}

    def heaviest(stage):
        return estimate_stage(stage, plan).work + max(map(heaviest, users[stage.fingerprint]), default=0)

    ahead = work_ahead(plan)
    assert ahead == {stage.fingerprint: heaviest(stage) for stage in plan.stages}
    of_kind = {kind: [ahead[stage.fingerprint] for stage in plan.stages if stage.kind == kind]
               for kind in ("labels", "reward_model", "ppo", "sample")}
    # So that no policy waits for its reward model at the end, when the other cores have nothing left to do.
    assert min(of_kind["labels"]) > max(of_kind["ppo"])
    assert min(of_kind["reward_model"]) > max(of_kind["ppo"]) > max(of_kind["sample"])


def test_labels_are_counted_once_where_budgets_share_them_however_many_they_are():
    study = load_study(ROOT / "studies" / "quick.yaml", ["labels.budgets=[250, 1000, 8000000]",
                                                         "task.queries.train=9000000"])
    assert count_labels(make_plan(study, {}).stages) == 8_000_000
