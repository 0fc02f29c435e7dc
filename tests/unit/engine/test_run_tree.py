"""Which run stands under which: the arms under their execution, the stages under their arms."""

import pytest
from mlflow import MlflowClient

from harness.engine.run_tree import RunTree
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.records import ArmKey
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan

ARM = ArmKey("rl", 16, 1)


@pytest.fixture(scope="module")
def plan():
    return make_plan(load_study(STUDIES / "quick.yaml"), {})


@pytest.fixture
def client(tmp_path):
    return MlflowClient(tracking_uri=default_uri(tmp_path))


@pytest.fixture
def tree(plan, tmp_path):
    tracking = Tracking(default_uri(tmp_path), root=tmp_path)
    experiment = tracking.experiment("quick")
    execution = tracking.begin_run(experiment, "quick", tags={"level": "execution"})
    return RunTree(plan, tracking, experiment=experiment, execution=execution)


def stages_of(plan, arm):
    return [stage for stage in plan.stages if stage.arm == arm]


def test_an_arms_stages_stand_under_one_run_and_the_arms_under_the_execution(tree, client, plan):
    parents = {tree.parent_of(stage) for stage in stages_of(plan, ARM)}
    assert len(parents) == 1
    run = client.get_run(parents.pop())
    assert (run.info.run_name, run.data.tags["level"]) == ("rl/16/1", "arm")
    assert run.data.tags["mlflow.parentRunId"] == tree.parent_of(plan.report)
    assert (run.data.params["label_budget"], run.data.params["ppo.kl.target"]) == ("16", "2.0")


def test_what_no_arm_has_alone_stands_under_one_run_of_its_own(tree, client, plan):
    parents = {tree.parent_of(stage) for stage in stages_of(plan, None) if stage is not plan.report}
    assert [client.get_run(parent).data.tags["level"] for parent in parents] == ["shared"]


def test_an_arms_run_ends_as_its_stages_did(tree, client, plan):
    runs = {arm: tree.parent_of(stages_of(plan, arm)[0]) for arm in (ARM, ArmKey("rl", 16, 2), ArmKey("zero_shot"))}
    failed, waits = stages_of(plan, ARM)[0], stages_of(plan, ArmKey("rl", 16, 2))[0]
    tree.ended(failed, "FAILED")
    tree.ended(failed, "SCHEDULED")
    tree.ended(waits, "SCHEDULED")
    tree.end()
    assert [client.get_run(run).info.status for run in runs.values()] == ["FAILED", "SCHEDULED", "FINISHED"]


def test_figures_go_to_the_arms_run_that_is_there_else_to_a_new_one(tree, client, plan):
    begun = tree.parent_of(stages_of(plan, ARM)[0])
    for arm in (ARM, ArmKey("rl", 1000, 1)):
        tree.record_arm(arm, {"win_rate_vs_zero_shot": 0.75, "label_budget": float(arm.label_budget)},
                        {"simulated_judge": "true"})
    found = client.search_runs([client.get_run(begun).info.experiment_id], "tags.level = 'arm'")
    assert {run.data.params["label_budget"] for run in found} == {"16", "1000"}
    assert begun in {run.info.run_id for run in found}
    for run in found:
        assert run.data.metrics["win_rate_vs_zero_shot"] == 0.75
        assert run.data.tags["simulated_judge"] == "true" and run.data.params["ppo.kl.target"] == "2.0"
