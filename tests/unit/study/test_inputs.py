"""A plan hands each stage just the inputs that it takes; they are told apart by name, arm and number."""

import pytest

from harness.records import ArmKey
from harness.study.inputs import InputOf, Inputs, Takes, in_order, of_arms
from harness.study.loading import load_study
from harness.study.plan import make_plan
from harness.study.slices import JudgeSlice, MeasureSlice
from harness.study.stage import make_stage
from tests.e2e.runs import ROOT

RL, ZERO_SHOT = ArmKey("rl", 1000, 2), ArmKey("zero_shot")


def test_inputs_are_found_by_name_arm_and_number():
    inputs = Inputs({"queries": "q", **of_arms("samples", {RL: "a", ZERO_SHOT: "b"}), **of_arms("measures", {RL: "m"}),
                     **in_order("labels", {1000: "second", 0: "first", 2000: "third"}),
                     InputOf("rounds", arm=RL, number=0): "r0", InputOf("rounds", arm=RL, number=1): "r1"})
    assert inputs["queries"] == "q"
    assert "start" not in inputs and inputs.get("start") is None
    assert inputs.by_arm("samples") == {RL: "a", ZERO_SHOT: "b"}
    assert inputs.by_arm("measures") == {RL: "m"}
    assert inputs.in_order("labels") == ["first", "second", "third"]
    assert inputs.rounds() == {(RL, 0): "r0", (RL, 1): "r1"}
    assert inputs.map(str.upper).by_text() == {
        "queries": "Q", "samples:rl/1000/2": "A", "samples:zero_shot": "B", "measures:rl/1000/2": "M",
        "labels:1000": "SECOND", "labels:0": "FIRST", "labels:2000": "THIRD", "rounds:0:rl/1000/2": "R0",
        "rounds:1:rl/1000/2": "R1"}


@pytest.mark.parametrize(("inputs", "problem"), [
    ({"queries": "q", **of_arms("samples", {RL: "a"})}, None),
    ({"queries": "q", "previous": "p"}, None),
    (of_arms("samples", {RL: "a"}), "the stage of a test lacks queries"),
    ({"queries": "q", "judge": "j", "base": "b"}, "the stage of a test does not take base, judge"),
    ({"queries": "q", **of_arms("measures", {RL: "a"})}, "the stage of a test does not take measures"),
])
def test_a_missing_and_an_unknown_input_are_refused_by_name(inputs, problem):
    takes = Takes(needed=("queries",), optional=("previous",), several=("samples",))
    if problem is None:
        takes.check(Inputs(inputs), stage="of a test")
    else:
        with pytest.raises(ValueError, match=problem):
            takes.check(Inputs(inputs), stage="of a test")


def test_a_stage_with_the_wrong_inputs_cannot_be_planned():
    plan = make_plan(load_study(ROOT / "studies" / "quick.yaml"), {})
    (judge,) = (stage for stage in plan.stages if isinstance(stage.settings, JudgeSlice))
    measure = next(stage for stage in plan.stages if isinstance(stage.settings, MeasureSlice))
    queries = next(stage for stage in plan.stages if stage.kind == "queries")
    with pytest.raises(ValueError, match="the stage measure lacks sample"):
        make_stage("measure", measure.settings, inputs={"queries": queries}, seed=0)
    with pytest.raises(ValueError, match="the stage judge does not take sample"):
        make_stage("judge", judge.settings, inputs={"queries": queries, "sample": queries}, seed=0)
