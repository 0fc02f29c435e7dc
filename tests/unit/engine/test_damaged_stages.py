"""A finished stage whose files are not as they were written is computed again, and only what must be."""

from pathlib import Path

import pytest
from mlflow import MlflowClient

from harness.artifacts.outcome import OUTCOME_FILE, check_files
from harness.engine.cleaning import Cleaner
from harness.engine.execution import Screen, finished_stages
from harness.engine.tracking import Tracking
from harness.engine.tracking_uri import default_uri
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan
from tests.unit.engine.at_once import FILE, executed


class Told(Screen):
    def __init__(self):
        self.lines = []

    def damaged(self, stage, why):
        self.lines.append((stage.name, why))


def planned(budgets):
    return make_plan(load_study(STUDIES / "quick.yaml", ["seeds=[1]", f"labels.budgets={budgets}"]), {})


@pytest.fixture(scope="module")
def plan():
    return planned([100])


@pytest.fixture
def root(plan, tmp_path):
    """The folder of an execution that did everything."""
    executed(plan, tmp_path)
    return tmp_path


def stages_of(plan, kind):
    return [stage for stage in plan.stages if stage.kind == kind]


def folder_of(plan, root, stage):
    return Path(finished_stages(plan, Tracking(default_uri(root), root=root))[stage.fingerprint].path)


def shorten(path):
    path.write_bytes(path.read_bytes()[:-1])


def damaged_again(plan, root, *stages, file=FILE):
    """What the next execution computes and tells when the last byte of these stages' files is gone."""
    for stage in stages:
        shorten(folder_of(plan, root, stage) / file)
    screen = Told()
    execution, executor = executed(plan, root, screen=screen)
    assert {call.name for call in executor.calls} == set(execution.executed) and not execution.failures
    assert len(execution.executed) + len(execution.reused) == len(plan.stages)
    for stage in plan.stages:
        if stage.name in execution.executed:
            check_files(folder_of(plan, root, stage))
    assert executed(plan, root, screen=screen)[0].executed == []
    return sorted(execution.executed), screen.lines


@pytest.mark.parametrize("file", [FILE, OUTCOME_FILE])
def test_a_damaged_report_is_computed_again_from_what_is_there(plan, root, file):
    path = folder_of(plan, root, plan.report) / file
    names, lines = damaged_again(plan, root, plan.report, file=file)
    assert names == ["report"]
    (name, why), = lines
    assert name == "report" and why.startswith(f"{path}: ")


def test_what_nobody_reads_any_more_stays(plan, root):
    assert damaged_again(plan, root, *stages_of(plan, "pretrain"), *stages_of(plan, "ppo")) == ([], [])


def test_what_it_needs_is_checked_in_turn_and_what_was_made_of_it_stays(plan, root):
    ppo, reward_model = stages_of(plan, "ppo") + stages_of(plan, "reward_model")
    names, lines = damaged_again(plan, root, plan.report, ppo, reward_model)
    assert names == sorted(["report", ppo.name, reward_model.name])
    assert {name for name, _ in lines} == set(names)


def test_everything_damaged_is_everything_computed_again(plan, root):
    names, lines = damaged_again(plan, root, *plan.stages)
    assert names == sorted(stage.name for stage in plan.stages)
    assert len(lines) == len(plan.stages)


def test_another_finished_run_of_the_stage_is_taken_instead(plan, root):
    first = folder_of(plan, root, plan.report)
    (first / OUTCOME_FILE).rename(first / "away")
    assert executed(plan, root)[0].executed == ["report"]
    (first / "away").rename(first / OUTCOME_FILE)
    assert damaged_again(plan, root, plan.report)[0] == []


def test_the_run_says_what_is_damaged(plan, root):
    tracking = Tracking(default_uri(root), root=root)
    before = tracking.finished(plan.report.fingerprint)
    shorten(Path(before.path) / FILE)
    execution, _ = executed(plan, root)
    client = MlflowClient(tracking_uri=tracking.uri)
    assert f"{FILE}: has 5 bytes, and 6 were written" in client.get_run(before.run_id).data.tags["damaged"]
    tags = client.get_run(execution.run_id).data.tags
    assert tags[f"damaged.{plan.report.fingerprint[:12]}"].startswith(f"report: {before.path}/{FILE}: ")


def test_a_disk_that_keeps_nothing_ends_in_a_failure(plan, root, monkeypatch):
    shorten(folder_of(plan, root, plan.report) / FILE)
    moved = Tracking.finish_stage

    def spoiled(self, run_id, stage, work, outcome):
        ref = moved(self, run_id, stage, work, outcome)
        shorten(Path(ref.path) / FILE)
        return ref

    monkeypatch.setattr(Tracking, "finish_stage", spoiled)
    execution, executor = executed(plan, root)
    assert [call.name for call in executor.calls] == ["report"]
    assert list(execution.failures) == ["report"]
    assert execution.failures["report"].endswith("although it was just computed again. Check disk and memory")
    assert plan.report.fingerprint not in execution.refs


def test_a_report_without_the_arms_that_failed_may_need_what_its_plan_leaves_out(tmp_path):
    plan = planned([100, 1000])
    ppo = stages_of(plan, "ppo")[-1]
    failing = {ppo.name: ValueError("no")}
    first, _ = executed(plan, tmp_path, failing)
    assert first.plan.report != plan.report
    for stage in (first.plan.report, *stages_of(first.plan, "judge")[-1:], *stages_of(plan, "sample")[:1]):
        shorten(folder_of(first.plan, tmp_path, stage) / FILE)
    pretrain, = stages_of(plan, "pretrain")
    (folder_of(plan, tmp_path, pretrain) / OUTCOME_FILE).unlink()
    second, _ = executed(plan, tmp_path, failing)
    assert sorted(second.executed) == sorted(["report", "judge", stages_of(plan, "sample")[0].name, "pretrain"])
    assert second.plan.report == first.plan.report and second.plan.report.fingerprint in second.refs


def test_what_is_damaged_is_cleaned_away(plan, root):
    path = folder_of(plan, root, plan.report)
    ppo, = stages_of(plan, "ppo")
    store = Tracking(default_uri(root), root=root)
    store.give_up(store.finished(ppo.fingerprint), "a bit of it is another")
    waste = Cleaner(store.stored_runs(), root).find().waste
    assert [each.fingerprint for each in waste if each.kind == "stages"] == [ppo.fingerprint]
    assert executed(plan, root)[0].executed == [] and path.is_dir()
