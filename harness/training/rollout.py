"""Collecting episodes: sample, truncate, score, and ask the reference (Ziegler 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.algorithms.responses import penalize, truncate
from harness.models.generation import sample_responses
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.training.batching import passes
from harness.training.settings import EndRule

Score = Callable[[TokenBatch, Tensor], Tensor]
"""(queries, truncated responses (rows, R)) -> (rows,) scores: a reward model's, or any function's."""


@dataclass(frozen=True, eq=False)
class Rollout:
    """A batch of episodes. (rows, R) unless said otherwise.

    tokens: as sampled. truncated: PAD after the end. valid: (rows,), whether there was an end in time. scores:
    (rows,), the penalty in place where it is due. logprobs, values: the policy's, when it sampled.
    """

    queries: TokenBatch
    tokens: Tensor
    truncated: Tensor
    valid: Tensor
    scores: Tensor
    logprobs: Tensor
    values: Tensor
    ref_logprobs: Tensor


@torch.no_grad()
def collect(policy: Policy, reference: Policy, queries: TokenBatch, stream_ids: Tensor, *, score: Score,
            end_token: int | None, end: EndRule, seed: int, micro_batch: int | None) -> Rollout:
    """One episode a query. All `end.tokens` tokens are sampled; the score is of what truncation leaves. end_token:
    None where every response is whole and valid.

    Raises ValueError where `score` does not give one number a response.
    """
    queries = queries.to(policy.device)
    sampled = sample_responses(policy, queries, length=end.tokens, seed=seed, stream_ids=stream_ids, with_values=True)
    tokens = sampled.tokens.squeeze(1)
    if end_token is None:
        truncated, valid = tokens, torch.ones(len(queries), dtype=torch.bool, device=tokens.device)
    else:
        truncated, valid = truncate(tokens, end_token=end_token, after=end.after)
    raw = score(queries, truncated)
    if raw.shape != (len(queries),):
        raise ValueError(f"score gave {tuple(raw.shape)} for {len(queries)} responses")
    logprobs, values = sampled.logprobs.squeeze(1), sampled.values
    assert values is not None
    values = values.squeeze(1)
    if logprobs.dtype != policy.value_head.weight.dtype:
        # In half precision, decoding one token at a time rounds otherwise than a whole pass does: the update's
        # first ratio would not be 1. In single precision the two agree to 3e-6, and the pass is saved.
        logprobs, values = _evaluate(policy, queries, tokens, micro_batch=micro_batch)
    return Rollout(
        queries=queries, tokens=tokens, truncated=truncated, valid=valid,
        scores=penalize(raw.to(logprobs), valid, penalty=end.penalty),
        logprobs=logprobs, values=values,
        ref_logprobs=_evaluate(reference, queries, tokens, micro_batch=micro_batch)[0],
    )


def _evaluate(policy: Policy, queries: TokenBatch, tokens: Tensor, *,
              micro_batch: int | None) -> tuple[Tensor, Tensor]:
    """(log-probabilities, values), each (rows, R)."""
    logprobs, values = None, None
    for rows in passes(queries.lengths, size=micro_batch):
        evaluation = policy.evaluate(queries[rows], tokens[rows])
        if logprobs is None or values is None:
            logprobs = evaluation.logprobs.new_empty(tokens.shape)
            values = evaluation.values.new_empty(tokens.shape)
        logprobs[rows], values[rows] = evaluation.logprobs, evaluation.values
    assert logprobs is not None and values is not None
    return logprobs, values
