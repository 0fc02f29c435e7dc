"""Each learning rate of the supervised sweep is a stage of its own, and the best on validation wins."""

import json

from harness.artifacts.call import StageCall
from harness.artifacts.log import StageLog
from harness.stages import supervised_choice
from harness.study.inputs import Inputs, in_order
from harness.study.loading import load_study
from harness.study.plan import make_plan
from harness.study.slices import SupervisedChoiceSlice
from tests.e2e.runs import ROOT

QUICK = ROOT / "studies" / "quick.yaml"


def _plan(rates):
    return make_plan(load_study(QUICK, [f"supervised.learning_rates={rates}"]), {})


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


def test_the_lowest_loss_on_validation_wins_and_all_are_kept(tmp_path):
    folders = {}
    for number, (rate, loss) in enumerate([(1e-4, 3.1), (2e-4, 2.9), (3e-4, 3.0)]):
        folders[number] = folder = tmp_path / str(number)
        (folder / "model").mkdir(parents=True)
        (folder / "model" / "weights").write_text(str(rate))
        (folder / "outcome.json").write_text(json.dumps({"summary": {
            "validation_nats": loss, "validation_nats_before": 4.0, "learning_rate": rate}}))
    out = tmp_path / "out"
    out.mkdir()
    call = StageCall(name="supervised", inputs=Inputs(in_order("rates", folders)), out=out, seed=0, threads=1,
                     settings=SupervisedChoiceSlice(learning_rates=(1e-4, 2e-4, 3e-4)))
    for _ in range(2):  # killed and begun again
        outcome = supervised_choice.run(call, StageLog(out, lambda progress: None))
    assert outcome.summary["learning_rate"] == 2e-4
    assert (out / "model" / "weights").read_text() == "0.0002"
    assert json.loads((out / "sweep.json").read_text())["validation_nats_per_token"] == {
        "0.0001": 3.1, "0.0002": 2.9, "0.0003": 3.0}
