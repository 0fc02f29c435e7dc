"""Samples of the start policy for the frontier: of validation queries, cut by the end rule, scored by the labeler."""

import numpy as np

from harness.labels.frontier_samples import FrontierSamples
from harness.labels.scorers import get_scorer
from harness.models.loading import load_tokenizer
from harness.records import PAD
from harness.study.slices import FrontierSamplesSlice
from harness.tasks.query_table import read_queries
from harness.tasks.text_tokens import decode, single_token
from tests.unit.stages.stage_calls import STUDY, call_stage


def test_every_query_has_as_many_samples_that_end_where_they_are_valid(inputs):
    found = FrontierSamples.load(inputs["frontier_samples"])
    assert found.responses.shape == (4, 16, STUDY.task.response.tokens)
    tokenizer = load_tokenizer(inputs["start"] / "model")
    end = single_token(tokenizer, ".", key="")
    lengths = (found.responses != PAD).sum(axis=2)
    last = np.take_along_axis(found.responses, lengths[..., None] - 1, axis=2)[..., 0]
    assert (last[found.valid] == end).all()
    assert 0 < found.valid.mean() < 1
    assert len(np.unique(found.responses[0], axis=0)) > 1, "samples differ"
    query = read_queries(inputs["queries"] / "valid.arrow")[3]
    texts = decode(tokenizer, found.responses[3].tolist())
    assert found.gold[3].tolist() == list(get_scorer("vader")([query] * 16, texts))


def test_where_people_label_no_score_is_known(inputs, tmp_path):
    settings = FrontierSamplesSlice(task=STUDY.task, gold_scorer=None, queries=99, samples=2, compute=STUDY.compute)
    done = call_stage(settings, {"policy": inputs["start"], "queries": inputs["queries"]}, tmp_path)
    found = FrontierSamples.load(tmp_path)
    assert len(found.valid) == STUDY.task.queries.valid, "no more queries than there are"
    assert np.isnan(found.gold).all() and "gold_score" not in done.summary
