"""Sampling responses: one random stream a sample, the query read once for all its candidates."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from harness.algorithms.logprobs import widen
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.streams import uniforms
from harness.records import PAD


class EndToken(NamedTuple):
    """A response ends with its first `token` at or after position `after`."""

    token: int
    after: int


class Responses(NamedTuple):
    """All (rows, k, R). tokens: as sampled; PAD only after an end, where an end was given.

    logprobs: nats, at the policy's temperature; 0 at PAD. values: of the state before each token, or None.
    """

    tokens: Tensor
    logprobs: Tensor
    values: Tensor | None


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
    stream id, candidate, position): not of the batch it is in. micro_batch: how many queries at a time. end:
    stop where every response has ended, and give PAD after each end; without it all tokens are sampled, as PPO
    needs them.
    """
    rows = len(queries)
    if stream_ids.shape != (rows,):
        raise ValueError(f"{rows} queries need as many stream ids, not {tuple(stream_ids.shape)}")
    size = micro_batch or rows
    parts = [
        _sample(policy, queries[start:start + size], length=length, seed=seed,
                stream_ids=stream_ids[start:start + size], candidates=candidates, with_values=with_values, end=end)
        for start in range(0, rows, size)
    ]
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
    hidden = hidden.unsqueeze(1)  # one state for all candidates, until they part
    for position in range(length):
        log_probs = torch.log_softmax(widen(policy.logits(hidden)), dim=-1)
        picked = _pick(log_probs, chance[:, :, position])
        logprobs[:, :, position] = log_probs.expand(-1, candidates, -1).gather(2, picked.unsqueeze(2)).squeeze(2)
        tokens[:, :, position] = picked
        if values is not None:
            values[:, :, position] = policy.values(hidden)
        if end is not None:
            tokens[:, :, position].masked_fill_(ended, PAD)
            logprobs[:, :, position].masked_fill_(ended, 0.0)
            if position >= end.after:
                ended |= picked == end.token
                if bool(ended.all()):
                    break
        if position + 1 < length:
            hidden = decoding.step(picked)
    return Responses(tokens=tokens, logprobs=logprobs, values=values)


def _pick(log_probs: Tensor, chance: Tensor) -> Tensor:
    """The token at which the cumulative distribution passes the chance.

    log_probs: (rows, 1 or k, vocabulary). chance: (rows, k) float64 in [0, 1). The sum runs in double precision:
    in single precision its rounding would move the share of rare tokens. A token of probability 0 is never
    picked, because the sum does not pass anything there.
    """
    cumulative = log_probs.exp().cumsum(dim=-1, dtype=torch.float64)
    threshold = chance * cumulative[..., -1]
    if cumulative.shape[1] == 1:
        return torch.searchsorted(cumulative.squeeze(1), threshold, right=True)
    return torch.searchsorted(cumulative, threshold.unsqueeze(-1), right=True).squeeze(-1)
