"""What further runs would take is counted from the stages that a run of other seeds does not share."""

import pytest

from harness.engine.run_times import run_times, seconds_of_stages
from harness.engine.stage_usage import noted_usage
from harness.records import ArmKey, ArtifactRef, Contrast
from harness.shipped import STUDIES
from harness.study.loading import load_study
from harness.study.plan import make_plan

CONTRAST = Contrast(ArmKey("rl", 1000), ArmKey("rl", 100))


@pytest.fixture(scope="module")
def plan():
    return make_plan(load_study(STUDIES / "quick.yaml", ["seeds=[1,2]", "labels.budgets=[100,400,1000]"]), {})


def test_a_run_adds_its_training_and_not_what_all_runs_share(plan) -> None:
    costs = {"ppo": 100.0, "reward_model": 10.0, "judge": 7.0, "report": 2.0}
    seconds = {stage.fingerprint: costs.get(stage.kind, 0.0) for stage in plan.stages}
    found = run_times(plan, seconds, jobs=1)
    # Two budgets of one seed; the third budget is none of theirs.
    assert found.another[str(CONTRAST)] == 220
    assert found.again == 9
    assert found.seconds(CONTRAST, 3) == 3 * 220 + 9
    base = {stage.fingerprint: float(stage.kind in ("base_model", "queries", "supervised")) for stage in plan.stages}
    assert run_times(plan, base, jobs=1).another[str(CONTRAST)] == 0


def test_runs_are_trained_beside_each_other(plan) -> None:
    seconds = {stage.fingerprint: 10.0 if stage.kind == "ppo" else 0.0 for stage in plan.stages}
    found = run_times(plan, seconds, jobs=4)
    # One run is two policies; four processes have no more to do than that.
    assert [found.seconds(CONTRAST, more) for more in (1, 2, 4)] == [10, 10, 20]
    assert found.seconds(Contrast(ArmKey("rl", 1000), ArmKey("other", 100)), 1) is None


def test_without_the_seconds_of_a_stage_nothing_is_said(plan) -> None:
    seconds = {stage.fingerprint: 1.0 for stage in plan.stages if stage.arm != ArmKey("rl", 100, 2)}
    found = run_times(plan, seconds, jobs=1)
    assert found.seconds(CONTRAST, 2) is None
    assert found.seconds(Contrast(ArmKey("rl", 1000), ArmKey("rl", 400)), 2) is not None


def test_seconds_are_those_noted_beside_the_files(tmp_path) -> None:
    with noted_usage(tmp_path):
        pass
    refs = {"a": ArtifactRef("a", str(tmp_path)), "b": ArtifactRef("b", str(tmp_path / "elsewhere"))}
    assert list(seconds_of_stages(refs)) == ["a"]
