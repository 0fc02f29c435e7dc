"""A reward model is fitted on its budget's labels less a validation share, then set to mean 0 and variance 1."""

import pytest
import torch

from harness.labels.reference_samples import reference_samples
from harness.models.loading import load_tokenizer
from harness.models.policy import Policy
from harness.models.reward import RewardModel
from harness.study.inputs import in_order
from harness.study.slices import LabelsSlice, RewardModelSlice
from harness.tasks.query_table import QueryTable
from harness.training.settings import RewardFitSettings
from tests.unit.stages.stage_calls import STUDY, call_stage


def test_a_budget_takes_a_prefix_of_its_last_piece_and_the_scale_is_set_at_the_end(inputs, tmp_path):
    for start, stop in ((0, 16), (16, 40)):
        call_stage(LabelsSlice(task=STUDY.task, labels=STUDY.labels, start=start, stop=stop, compute=STUDY.compute),
                   {"policy": inputs["start"], "queries": inputs["queries"]}, tmp_path / str(start))
    fit = RewardFitSettings(learning_rate=1e-3, batch_size=4, normalization_samples=64, validation_share=0.25)
    settings = RewardModelSlice(response=STUDY.task.response, temperature=STUDY.task.temperature, label_budget=24,
                                fit=fit, compute=STUDY.compute)
    done = call_stage(settings, {**{name: inputs[name] for name in ("start", "queries")},
                                 **in_order("labels", {16: tmp_path / "16", 0: tmp_path / "0"})}, tmp_path / "out")
    assert (done.summary["trained_on"], done.summary["validated_on"]) == (18, 6)
    model = RewardModel.from_pretrained(tmp_path / "out" / "model")
    reference = Policy.from_pretrained(inputs["start"] / "model", temperature=STUDY.task.temperature)
    drawn = reference_samples(reference, load_tokenizer(inputs["start"] / "model"),
                              QueryTable(inputs["queries"] / "train.arrow"), count=64, rule=STUDY.task.response, seed=7)
    with torch.no_grad():
        scores = model.score(drawn.queries, drawn.responses)
    assert scores.mean().item() == pytest.approx(0, abs=1e-4)
    assert scores.var(correction=0).item() == pytest.approx(1, abs=1e-3)
