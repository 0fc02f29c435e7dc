"""Of the learning rates of a sweep, the best on validation wins."""

import json

from harness.study.inputs import in_order
from harness.study.slices import SupervisedChoiceSlice
from tests.unit.stages.stage_calls import call_stage


def test_the_lowest_loss_on_validation_wins_and_all_are_kept(tmp_path):
    folders = {}
    for number, (rate, loss) in enumerate([(1e-4, 3.1), (2e-4, 2.9), (3e-4, 3.0)]):
        folders[number] = folder = tmp_path / str(number)
        (folder / "model").mkdir(parents=True)
        (folder / "model" / "weights").write_text(str(rate))
        (folder / "outcome.json").write_text(json.dumps({"summary": {
            "validation_nats": loss, "validation_nats_before": 4.0, "learning_rate": rate}}))
    out = tmp_path / "out"
    settings = SupervisedChoiceSlice(learning_rates=(1e-4, 2e-4, 3e-4))
    for _ in range(2):  # killed and begun again
        outcome = call_stage(settings, in_order("rates", folders), out)
    assert outcome.summary["learning_rate"] == 2e-4
    assert (out / "model" / "weights").read_text() == "0.0002"
    assert json.loads((out / "sweep.json").read_text())["validation_nats_per_token"] == {
        "0.0001": 3.1, "0.0002": 2.9, "0.0003": 3.0}
