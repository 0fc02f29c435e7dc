"""Arms and contrasts in a slice are written as files spell them."""

from harness.records import ArmKey, Contrast
from harness.study.loading import load_study
from harness.study.plan import make_plan
from harness.study.slices import JudgeSlice, ReportSlice
from tests.e2e.runs import ROOT

PLAN = make_plan(load_study(ROOT / "studies" / "quick.yaml"), {})


def test_pairs_are_written_as_the_two_arms_and_the_plan_is_left_out():
    (judge,) = (stage.settings for stage in PLAN.stages if isinstance(stage.settings, JudgeSlice))
    settings = judge.model_copy(update={"pairs": (Contrast(ArmKey("rl", 5000, 2), ArmKey("zero_shot")),)})
    assert settings.model_dump(mode="json") == {
        "judge": judge.judge.model_dump(mode="json"), "pairs": [["rl/5000/2", "zero_shot"]]}


def test_what_is_kept_by_arm_is_written_by_the_arm_s_name():
    assert isinstance(PLAN.report.settings, ReportSlice)
    settings = PLAN.report.settings.model_copy(update={
        "responses": {ArmKey("rl", 5000, 2): "aa", ArmKey("zero_shot"): "bb"},
        "left_out": {ArmKey("rl", 20, 1): "why"}})
    written = settings.model_dump(mode="json")
    assert written["responses"] == {"rl/5000/2": "aa", "zero_shot": "bb"}
    assert written["left_out"] == {"rl/20/1": "why"}
