"""Padding, batch sizes and micro-batches change no number (`batching`, `prompts`)."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.algorithms.advantages import whiten
from harness.models.generation import sample_responses
from harness.models.prompts import TokenBatch, width_for
from harness.models.reward import RewardModel
from harness.records import PAD
from harness.training.batching import epoch_batches, micro_batches
from tests import tiny

POLICY = tiny.policy()
REWARD = RewardModel.from_language_model(POLICY.language_model, seed=3)
sequences = st.lists(st.lists(st.integers(0, tiny.VOCABULARY - 1), min_size=1, max_size=9), min_size=1, max_size=5)
few = settings(deadline=None, max_examples=25)


@few
@given(rows=sequences, side=st.sampled_from(["left", "right"]), extra=st.integers(0, 6))
def test_padding_on_either_side_changes_no_number(rows, side, extra):
    batch = TokenBatch.from_sequences(rows, side=side)
    wall = torch.full((len(rows), extra), PAD)
    parts = [wall, batch.tokens] if side == "left" else [batch.tokens, wall]
    padded = TokenBatch(torch.cat(parts, dim=1))
    responses = torch.arange(4 * len(rows)).view(-1, 4) % tiny.VOCABULARY
    assert padded.sequences() == [tuple(row) for row in rows]
    with torch.no_grad():
        together, scores = POLICY.evaluate(padded, responses), REWARD.score(padded, responses)
        for index, row in enumerate(rows):
            alone = TokenBatch.from_sequences([row])
            single = POLICY.evaluate(alone, responses[[index]])
            torch.testing.assert_close(together.logprobs[[index]], single.logprobs, rtol=1e-5, atol=2e-5)
            torch.testing.assert_close(together.values[[index]], single.values, rtol=1e-5, atol=2e-5)
            torch.testing.assert_close(scores[[index]], REWARD.score(alone, responses[[index]]), rtol=1e-5, atol=2e-5)


@few
@given(rows=sequences, order=st.randoms(use_true_random=False), micro_batch=st.integers(1, 5))
def test_a_sample_does_not_depend_on_its_neighbours(rows, order, micro_batch):
    batch = TokenBatch.from_sequences(rows)
    streams = torch.arange(len(rows)) * 7 + 3
    draw = {"length": 6, "seed": 4, "candidates": 2}
    alone = sample_responses(POLICY, batch, stream_ids=streams, **draw)
    shuffled = list(range(len(rows)))
    order.shuffle(shuffled)
    other = sample_responses(POLICY, batch[shuffled], stream_ids=streams[shuffled], micro_batch=micro_batch, **draw)
    assert torch.equal(other.tokens, alone.tokens[shuffled])
    more = sample_responses(POLICY, batch, stream_ids=streams, length=6, seed=4, candidates=3)
    assert torch.equal(more.tokens[:, :2], alone.tokens)


@few
@given(seed=st.integers(0, 2**31), rows=st.integers(2, 6), time=st.integers(2, 9),
       scale=st.floats(1.0, 1e3), shift=st.floats(-100, 100))
def test_whitening_laws(seed, rows, time, scale, shift):
    x = torch.randn(rows, time, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * scale + shift
    white = whiten(x)
    assert white.mean().item() == pytest.approx(0.0, abs=1e-9)
    variance = x.var(correction=0).item()
    assert white.var(correction=0).item() == pytest.approx(variance / (variance + 1e-8), rel=1e-6)
    # Uncentred whitening leaves the mean where it was: the trap is a flag that means the opposite.
    assert whiten(x, center=False).mean().item() == pytest.approx(x.mean().item(), abs=1e-9 * (1 + abs(shift)))
    torch.testing.assert_close(whiten(3.0 * x + 5.0), white, rtol=1e-6, atol=1e-7)


@given(lengths=st.lists(st.integers(1, 50), min_size=1, max_size=200), batch_size=st.integers(1, 9),
       seed=st.integers(0, 99))
def test_an_epoch_takes_every_row_once(lengths, batch_size, seed):
    batches = epoch_batches(np.array(lengths), batch_size=batch_size, seed=seed, epoch=0)
    assert sorted(int(row) for batch in batches for row in batch) == list(range(len(lengths)))
    assert max(len(batch) for batch in batches) <= batch_size
    again = epoch_batches(np.array(lengths), batch_size=batch_size, seed=seed, epoch=0)
    assert all(np.array_equal(a, b) for a, b in zip(batches, again, strict=True))


@given(lengths=st.lists(st.integers(1, 50), min_size=1, max_size=64), size=st.integers(1, 9))
def test_micro_batches_take_every_row_once_and_short_rows_first(lengths, size):
    parts = micro_batches(torch.tensor(lengths), size=size)
    rows = torch.cat(parts)
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    assert max(len(part) for part in parts) <= size
    if size < len(lengths):
        assert torch.tensor(lengths)[rows].diff().ge(0).all()


@given(lengths=st.lists(st.integers(1, 1024), min_size=1, max_size=12), side=st.sampled_from(["left", "right"]),
       data=st.data())
@settings(deadline=None, max_examples=60)
def test_rows_of_every_length_make_few_shapes(lengths, side, data):
    picked = data.draw(st.lists(st.integers(0, len(lengths) - 1), min_size=1, max_size=12))
    batch = TokenBatch.from_sequences([list(range(length)) for length in lengths], side=side)
    for here, expected in ((batch, lengths), (batch[torch.tensor(picked)], [lengths[row] for row in picked])):
        assert here.lengths.tolist() == expected
        longest, width = max(expected), here.tokens.shape[1]
        assert longest <= width <= longest * 17 / 16
        # One length needs no padding, and a fast path is for rows without.
        assert width == longest if len(set(expected)) == 1 else width == width_for(longest)
    assert len({width_for(length) for length in range(1, 1025)}) == 32 + 16 * 5


def test_tokens_keep_their_order_where_padding_is_cut_or_added():
    batch = TokenBatch.from_sequences([list(range(1, n)) for n in (40, 36, 90)])
    assert batch[[1, 0]].sequences() == [tuple(range(1, 36)), tuple(range(1, 40))]
    assert batch[[1, 0]].left_padded.tokens[:, -1].tolist() == [35, 39]
