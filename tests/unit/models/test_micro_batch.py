"""Micro-batches stay under their bounds and never are empty."""

import pytest

from harness.models.micro_batch import (
    MICRO_BATCH_LOGITS,
    SAMPLED_CACHE,
    SAMPLED_LOGITS,
    queries_per_micro_batch,
    rows_per_micro_batch,
)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("logits", [1, 10_000, 1 << 22, 1 << 30])
def test_a_micro_batch_has_a_row_and_no_more_logits_than_its_device_takes(device, logits):
    rows = rows_per_micro_batch(time=100, width=768, device=device, logits_per_row=logits)
    assert rows == 1 or rows * logits <= MICRO_BATCH_LOGITS[device]
    assert rows >= 1


def test_longer_rows_and_wider_models_make_smaller_micro_batches():
    rows = [rows_per_micro_batch(time=time, width=width, device="cpu")
            for time, width in ((50, 64), (100, 64), (100, 512))]
    assert rows == sorted(rows, reverse=True) and len(set(rows)) == 3


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize(("logits", "cache"), [(1, 1), (1 << 20, 1), (1, 1 << 28), (1 << 40, 1 << 40)])
def test_sampling_takes_a_query_and_no_more_than_the_caches_and_logits_that_fit(device, logits, cache):
    queries = queries_per_micro_batch(device=device, width=768, candidates=4, logits_per_query=logits,
                                      cache_per_query=cache)
    assert queries == 1 or (queries * logits <= SAMPLED_LOGITS[device] and queries * cache <= SAMPLED_CACHE[device])
    assert queries >= 1
