"""Stage: of the supervised policies of a sweep, take the one with the lowest loss on validation demonstrations."""

from __future__ import annotations

import shutil

from harness.artifacts.call import StageCall
from harness.artifacts.log import StageLog
from harness.artifacts.outcome import summary_of
from harness.json_records import write_json
from harness.records import Done
from harness.study.slices import SupervisedChoiceSlice


def run(call: StageCall[SupervisedChoiceSlice], log: StageLog) -> Done:
    """Copy the winner's model; the figures of all rates stand beside each other in sweep.json."""
    folders = call.inputs.in_order("rates")
    figures = [summary_of(folder) for folder in folders]
    best = min(range(len(figures)), key=lambda number: figures[number]["validation_nats"])
    shutil.copytree(folders[best] / "model", call.out / "model", dirs_exist_ok=True)
    by_rate = {str(row["learning_rate"]): row["validation_nats"] for row in figures}
    write_json(call.out / "sweep.json", {"validation_nats_per_token": by_rate, "best": figures[best]["learning_rate"],
                                         "before": figures[best]["validation_nats_before"]})
    return Done(figures[best])
