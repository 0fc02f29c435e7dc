"""A scorer as the reward has the scale of a reward model."""

import numpy as np
import pytest

from harness.labels.gold_reward import GoldReward
from harness.labels.reference_samples import reference_samples
from harness.models.loading import load_tokenizer
from harness.models.policy import Policy
from harness.records import PAD
from harness.tasks.query_table import QueryTable
from tests.unit.stages.stage_calls import STUDY, finished_stages


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return finished_stages(tmp_path_factory.mktemp("stages"))


def letters(queries, responses):
    """A scorer: how many letters e."""
    return [text.count("e") for text in responses]


def test_the_gold_reward_has_mean_0_and_variance_1_on_samples_of_the_reference(inputs):
    model, tokenizer = inputs["start"] / "model", load_tokenizer(inputs["start"] / "model")
    reference = Policy.from_pretrained(model, temperature=STUDY.task.temperature)
    table = QueryTable(inputs["queries"] / "train.arrow")
    rule = STUDY.task.response
    reward = GoldReward(f"{__name__}:letters", reference, tokenizer, table, samples=64, rule=rule, seed=3)
    drawn = reference_samples(reference, tokenizer, table, count=64, rule=rule, seed=3)
    scores = reward.of(table, drawn.rows)(drawn.queries, drawn.responses)
    raw = letters([], tokenizer.batch_decode([[token for token in row if token != PAD]
                                              for row in drawn.responses.tolist()], skip_special_tokens=True))
    assert scores.mean().item() == pytest.approx(0, abs=1e-9)
    assert scores.var(correction=0).item() == pytest.approx(1, abs=1e-9)
    assert np.corrcoef(raw, scores.numpy())[0, 1] == pytest.approx(1)
