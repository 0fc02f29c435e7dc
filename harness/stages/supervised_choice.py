"""Stage: of the supervised policies of a sweep, the one with the lowest loss on validation demonstrations."""

from __future__ import annotations

import shutil

from harness.artifacts.call import StageCall, StageLog
from harness.artifacts.files import read_json, write_json
from harness.records import Done


def run(call: StageCall, log: StageLog) -> Done:
    """Copy the winner's model; the figures of all rates stand beside each other in sweep.json."""
    figures = {name: read_json(folder / "outcome.json")["summary"] for name, folder in call.inputs.items()}
    best = min(figures, key=lambda name: figures[name]["validation_nats"])
    shutil.copytree(call.inputs[best] / "model", call.out / "model", dirs_exist_ok=True)
    by_rate = {str(row["learning_rate"]): row["validation_nats"] for row in figures.values()}
    write_json(call.out / "sweep.json", {"validation_nats_per_token": by_rate, "best": figures[best]["learning_rate"],
                                         "before": figures[best]["validation_nats_before"]})
    return Done(figures[best])
