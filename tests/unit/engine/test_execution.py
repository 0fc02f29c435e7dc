"""How a plan is executed: what is there is reused, and a failure stops what depends on it and nothing else."""

import shutil
from concurrent.futures.process import BrokenProcessPool

import pytest

from harness.engine import execution as execution_module
from harness.engine.execution import describe_failure, finished_stages, missing_stages
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.errors import InputError, TrainingDiverged
from harness.records import ArtifactRef, Pending
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.unit.engine.at_once import executed


@pytest.fixture(scope="module")
def plan():
    return make_plan(load_study(STUDIES / "quick.yaml", ["seeds=[1]", "labels.budgets=[100,1000]"]), {})


@pytest.fixture
def execute(plan, tmp_path):
    return lambda outcomes=None: executed(plan, tmp_path, outcomes)


@pytest.fixture(scope="module")
def first(plan, tmp_path_factory):
    """The folder of an execution that did everything, what came of it, and its executor."""
    root = tmp_path_factory.mktemp("first")
    return root, *executed(plan, root)


def test_every_stage_runs_once_after_its_inputs(plan, first):
    root, execution, executor = first
    assert sorted(execution.executed) == sorted(stage.name for stage in plan.stages)
    by_name = {stage.name: stage for stage in plan.stages}
    done = set()
    for call in executor.calls:
        assert done >= set(by_name[call.name].inputs.values())
        assert call.inputs.by_text().keys() == by_name[call.name].inputs.by_text().keys()
        done.add(by_name[call.name].fingerprint)
    assert finished_stages(plan, Tracking(default_uri(root), root=root)).keys() == done


def test_the_next_execution_reuses_all(plan, first):
    root, before, _ = first
    execution, executor = executed(plan, root)
    assert (execution.executed, executor.calls) == ([], [])
    assert sorted(execution.reused) == sorted(before.executed)


def test_only_what_is_about_to_be_read_is_fetched_and_once(plan, first, monkeypatch):
    root, fetched, fetch = first[0], [], Tracking.fetch
    monkeypatch.setattr(Tracking, "fetch", lambda self, ref: fetched.append(ref.fingerprint) or fetch(self, ref))
    assert executed(plan, root)[0].executed == [] and fetched == [plan.report.fingerprint]
    report = Tracking(default_uri(root), root=root).finished(plan.report.fingerprint)
    shutil.rmtree(report.path)
    fetched.clear()
    assert executed(plan, root)[0].executed == [plan.report.name]
    assert sorted(fetched) == sorted({*plan.report.inputs.values(), plan.report.fingerprint})


def test_a_stage_without_siblings_has_all_cores(plan, first):
    threads = {call.name: call.threads for call in first[2].calls}
    assert threads == {stage.name: 1 if stage.has_siblings else 2 for stage in plan.stages}


def test_a_failure_stops_what_depends_on_it_and_the_others_are_reported(plan, execute):
    lost = next(stage for stage in plan.stages if stage.kind == "ppo")
    diverged = TrainingDiverged("the loss is not finite", step=3, last_good=2, advice="Slower.")
    execution, executor = execute({lost.name: diverged})
    assert execution.failures == {
        lost.name: "training diverged: the loss is not finite at step 3; the last good checkpoint is step 2. Slower."}
    ran = {call.name for call in executor.calls}
    assert f"sample {lost.arm}" not in ran
    assert execution.plan.report.fingerprint in execution.refs
    assert lost.arm not in execution.plan.arms
    assert not execution.wrong_input
    mended, executor = execute()
    assert lost.name in {call.name for call in executor.calls}
    assert plan.report.fingerprint in mended.refs


def test_a_wrong_input_is_told_apart_from_other_failures(plan, execute):
    first = plan.stages[0]
    execution, _ = execute({first.name: InputError("there is no such folder")})
    assert execution.wrong_input
    assert plan.report.fingerprint not in execution.refs


def test_a_stage_that_waits_for_people_stops_what_depends_on_it(plan, execute):
    labels = next(stage for stage in plan.stages if stage.kind == "labels")
    execution, executor = execute({labels.name: Pending("people label", missing=4)})
    assert execution.pending == {labels.name: Pending("people label", missing=4)}
    assert not execution.failures
    assert "judge" not in {call.name for call in executor.calls}


def test_inputs_of_a_finished_stage_are_not_needed_any_more(plan):
    def ref(stage):
        return ArtifactRef(stage.fingerprint, "somewhere")

    assert missing_stages(plan, {}) == list(plan.stages)
    assert missing_stages(plan, {plan.report.fingerprint: ref(plan.report)}) == []
    all_but_the_report = {stage.fingerprint: ref(stage) for stage in plan.stages if stage != plan.report}
    assert missing_stages(plan, all_but_the_report) == [plan.report]


@pytest.mark.parametrize(("error", "line"), [
    (InputError("wrong", file="a.yaml", line=3), "a.yaml:3: wrong"), (ValueError("first\nsecond"), "ValueError: first"),
    (KeyError(), "KeyError: no message"),
    (BrokenProcessPool(), "its process was killed, by the system perhaps for want of memory. Give the same command "
                          "again; fewer --jobs need less")])
def test_a_failure_is_one_line(error, line):
    assert describe_failure(error) == line


def test_a_base_model_from_outside_is_checked_after_every_stage_that_reads_it(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(execution_module, "check_unchanged", lambda study, externals: asked.append(externals))
    plan = make_plan(load_study(STUDIES / "quick.yaml", ["seeds=[1]", "labels.budgets=[100]", "base_model=gpt2"]),
                     {"base_model": "0123"})
    base, = (stage for stage in plan.stages if stage.kind == "base_model")
    for call in executed(plan, tmp_path)[1].calls:
        call.check_outside()
        stage = next(stage for stage in plan.stages if stage.name == call.name)
        reads_it = stage is base or base.fingerprint in stage.inputs.values()
        assert asked.pop() == ({"base_model": "0123"} if reads_it else {})
