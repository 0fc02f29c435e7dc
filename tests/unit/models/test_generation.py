"""Sampling in parts gives the samples of the whole batch (`micro_batch`)."""

import torch

from harness.models import micro_batch
from harness.models.generation import sample_responses
from tests import tiny


def test_a_batch_whose_keys_and_values_do_not_fit_is_sampled_in_parts(monkeypatch):
    made, read = tiny.policy(), []
    queries = tiny.random_queries([3, 7, 1, 5, 2])
    settings = {"length": 6, "seed": 1, "stream_ids": torch.arange(5)}
    whole = sample_responses(made, queries, **settings)
    prefill = made.trunk.prefill

    def recorded(rows, **more):
        read.append(len(rows))
        return prefill(rows, **more)

    monkeypatch.setattr(made.trunk, "prefill", recorded)
    time = queries.tokens.shape[1]
    monkeypatch.setitem(micro_batch.SAMPLED_CACHE, "cpu", 2 * made.trunk.cached(query=time, candidates=1, length=6))
    assert torch.equal(sample_responses(made, queries, **settings).tokens, whole.tokens)
    assert sorted(read) == [1, 2, 2]
