"""Sampling responses: one random stream a sample, the query read once for all its candidates."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from harness.algorithms.logprobs import widen
from harness.models.micro_batch import queries_per_micro_batch
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.streams import uniforms
from harness.models.threaded import run_threaded, threads_for
from harness.records import PAD

DROPPED_BELOW = 0.75
"""Rows that have ended are dropped when no more than this share is left: each time the keys and values are copied."""


class EndToken(NamedTuple):
    """A response ends with its first `token` at or after position `truncate_after`."""

    token: int
    truncate_after: int


class Responses(NamedTuple):
    """All (rows, k, R). tokens: as sampled; PAD only after an end, where an end was given.

    logprobs: nats, at the policy's temperature; 0 at PAD. values: of the state before each token, or None.
    """

    tokens: Tensor
    logprobs: Tensor
    values: Tensor | None


def sampling_micro_batch(policy: Policy, *, query: int, candidates: int, length: int) -> int:
    """How many queries of so many tokens to sample from together (see `micro_batch`). No sample depends on it."""
    cached = policy.trunk.cached(query=query, candidates=candidates, length=length)
    return queries_per_micro_batch(device=policy.device.type, width=policy.width, candidates=candidates,
                                   logits_per_query=candidates * policy.vocab_size, cache_per_query=cached)


@torch.no_grad()
def sample_responses(
    policy: Policy,
    queries: TokenBatch,
    *,
    length: int,
    seed: int,
    stream_ids: Tensor,
    candidates: int = 1,
    with_values: bool = False,
    micro_batch: int | None = None,
    end: EndToken | None = None,
) -> Responses:
    """k responses of `length` tokens to each query, sampled from the policy.

    stream_ids: (rows,) int64, one for each query. A sample is a function of the weights, its query and (seed,
    stream id, candidate, position): not of the batch it is in. micro_batch: how many queries at a time;
    `sampling_micro_batch` says where it is None. end: give PAD after each end, and read no further where all
    candidates of a query have ended; without it all tokens are sampled, as PPO needs them.
    """
    rows = len(queries)
    if stream_ids.shape != (rows,):
        raise ValueError(f"{rows} queries need as many stream ids, not {tuple(stream_ids.shape)}")
    threads = threads_for(policy.width, policy.device)
    most = micro_batch or sampling_micro_batch(policy, query=queries.tokens.shape[1], candidates=candidates,
                                               length=length)
    size = min(most, -(-rows // threads))
    parts = list(run_threaded([
        partial(_sample, policy, queries[start:start + size], length=length, seed=seed,
                stream_ids=stream_ids[start:start + size], candidates=candidates, with_values=with_values, end=end)
        for start in range(0, rows, size)
    ], threads=threads))
    return Responses(
        tokens=torch.cat([part.tokens for part in parts]),
        logprobs=torch.cat([part.logprobs for part in parts]),
        values=torch.cat([part.values for part in parts if part.values is not None]) if with_values else None,
    )


def _sample(policy: Policy, queries: TokenBatch, *, length: int, seed: int, stream_ids: Tensor, candidates: int,
            with_values: bool, end: EndToken | None) -> Responses:
    device = policy.device
    queries = queries.to(device)
    shape = (len(queries), candidates, length)
    chance = uniforms(seed=seed, stream_ids=stream_ids.to(device), candidates=candidates, length=length)
    tokens = torch.full(shape, PAD, dtype=torch.int64, device=device)
    hidden, decoding = policy.trunk.prefill(queries, candidates=candidates, length=length)
    logprobs = widen(hidden.new_zeros(shape))
    values = widen(hidden.new_zeros(shape)) if with_values else None
    ended = torch.zeros(shape[:2], dtype=torch.bool, device=device)
    rows = torch.arange(shape[0], device=device)  # those with a candidate that has not ended
    hidden = hidden.unsqueeze(1)  # one state for all candidates, until they part
    for position in range(length):
        picked, logprob = decoding.pick(hidden, chance[rows, :, position], temperature=policy.temperature)
        if values is not None:
            values[rows, :, position] = policy.values(hidden).expand(-1, candidates)
        if end is None:
            tokens[:, :, position], logprobs[:, :, position] = picked, logprob
        else:
            tokens[rows, :, position] = picked.masked_fill(ended, PAD)
            logprobs[rows, :, position] = logprob.masked_fill(ended, 0.0)
            if position >= end.truncate_after:
                ended = ended | (picked == end.token)
                unfinished = (~ended.all(dim=1)).nonzero().squeeze(1)
                if not len(unfinished):
                    break
                if len(unfinished) <= DROPPED_BELOW * len(rows):
                    rows, picked, ended = rows[unfinished], picked[unfinished], ended[unfinished]
                    decoding.keep(unfinished)
        if position + 1 < length:
            hidden = decoding.step(picked)
    return Responses(tokens=tokens, logprobs=logprobs, values=values)
