"""The favourite of more samples is never worse."""

import numpy as np
import torch

from harness.artifacts.files import read_samples
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.records import ArmKey
from harness.study.slices import BestOfSlice
from harness.tasks.query_table import read_queries
from tests.unit.stages.stage_calls import STUDY, call_stage


def test_more_samples_never_make_the_favourite_worse(inputs, tmp_path):
    """The first 2 of 8 samples are those of 2; so each query's favourite of 8 scores no less, and on average more."""
    model = RewardModel.from_pretrained(inputs["reward_model"] / "model")
    found = {}
    for n in (2, 8):
        settings = BestOfSlice(task=STUDY.task, n=n, compute=STUDY.compute)
        call_stage(settings, {"policy": inputs["start"], **inputs}, tmp_path / str(n),
              arm=ArmKey(f"best_of_{n}", 40, 1))
        samples = read_samples(tmp_path / str(n))
        asked = TokenBatch.from_sequences([query.tokens for query in read_queries(inputs["queries"] / "test.arrow")])
        given = TokenBatch.from_sequences([each.tokens for each in samples], side="right").tokens
        with torch.no_grad():
            scores = model.score(asked, given).numpy()
        found[n] = np.where([each.valid for each in samples], scores, -1.0)
        assert {each.kl_to_reference for each in samples} == {np.log(n) - (n - 1) / n}
    assert (found[8] >= found[2] - 1e-5).all()
    assert found[8].mean() > found[2].mean() + 0.01
