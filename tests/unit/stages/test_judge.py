"""The simulated judge: the better text wins, equal texts tie, and each pair is judged query by query."""

import json

from harness.artifacts.files import write_samples
from harness.records import ArmKey, Contrast, Query, Sample
from harness.study.inputs import of_arms
from harness.study.loading import load_study
from harness.study.parts import ChoiceModel
from harness.study.plan import make_plan
from harness.tasks.query_table import write_queries
from tests.e2e.runs import ROOT
from tests.unit.stages.stage_calls import call_stage

RL, ZERO_SHOT = ArmKey("rl", 40, 1), ArmKey("zero_shot")
TEXTS = {RL: ["A wonderful day!", "A cruel death.", "It rained."], ZERO_SHOT: ["A cruel death.", "Joy!", "It rained."]}


def test_the_better_text_wins_and_equal_texts_tie(tmp_path):
    planned = make_plan(load_study(ROOT / "studies" / "quick.yaml"), {})
    settings = next(stage.settings for stage in planned.stages if stage.kind == "judge").model_copy(update={
        "judge": ChoiceModel(scorer="vader", noise=0, lapse_rate=0), "pairs": (Contrast(RL, ZERO_SHOT),)})
    for arm, texts in TEXTS.items():
        (tmp_path / arm.arm).mkdir()
        write_samples(tmp_path / arm.arm, [
            Sample(query_id=f"q{number}", arm=arm, text=text, tokens=(), valid=True)
            for number, text in enumerate(texts)])
    write_queries(tmp_path / "test.arrow", [Query(id=f"q{number}", tokens=(1,), text="So") for number in range(3)])
    done = call_stage(settings, {"queries": tmp_path, **of_arms("samples", {arm: tmp_path / arm.arm for arm in TEXTS})},
                      tmp_path / "out")
    assert done.summary == {"comparisons": 3.0}
    assert json.loads((tmp_path / "out" / "outcomes.json").read_text()) == {
        "judge": "simulated", "scorer": "vader", "queries": ["q0", "q1", "q2"],
        "pairs": [{"arm": "rl/40/1", "baseline": "zero_shot", "outcomes": [1.0, 0.0, 0.5]}]}
    frozen = json.loads((tmp_path / "out" / "analysis_plan.json").read_text())
    assert frozen["gatekeeping"] == ["zero_shot", "supervised"], "the plan lies beside the outcomes"
