"""Collecting episodes: sample, truncate, score, and take the reference policy's log-probabilities (Ziegler 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from harness.algorithms.responses import penalize, truncate
from harness.models.generation import Responses, sample_responses
from harness.models.micro_batch import rows_per_micro_batch
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.threaded import run_threaded, threads_for
from harness.training.batching import micro_batches
from harness.training.settings import EndRule

Sample = Callable[..., Responses]
"""`sample_responses`, or something that is called like it."""

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
            end_token: int | None, end: EndRule, seed: int, micro_batch: int | None,
            sample: Sample = sample_responses) -> Rollout:
    """One episode a query. All `end.tokens` tokens are sampled; the score is of what truncation leaves. end_token:
    None where every response is whole and valid. sample: `sample_responses`, or the same as a graph.

    Raises ValueError where `score` does not give one number a response.
    """
    queries = queries.to(policy.device)
    sampled = sample(policy, queries, length=end.tokens, seed=seed, stream_ids=stream_ids, with_values=True)
    tokens = sampled.tokens.squeeze(1)
    if end_token is None:
        truncated, valid = tokens, torch.ones(len(queries), dtype=torch.bool, device=tokens.device)
    else:
        truncated, valid = truncate(tokens, end_token=end_token, truncate_after=end.truncate_after)
    raw = score(queries, truncated)
    if raw.shape != (len(queries),):
        raise ValueError(f"score gave {tuple(raw.shape)} for {len(queries)} responses")
    logprobs, values = sampled_logprobs_and_values(policy, queries, sampled, micro_batch=micro_batch)
    assert values is not None
    return Rollout(
        queries=queries, tokens=tokens, truncated=truncated, valid=valid,
        scores=penalize(raw.to(logprobs), valid, penalty=end.penalty),
        logprobs=logprobs, values=values,
        ref_logprobs=evaluate_in_micro_batches(reference, queries, tokens, micro_batch=micro_batch)[0],
    )


def sampled_logprobs_and_values(policy: Policy, queries: TokenBatch, sampled: Responses, *,
                                micro_batch: int | None = None) -> tuple[Tensor, Tensor | None]:
    """(log-probabilities, values if there are any) of one sampled response a query, each (rows, R).

    In half precision decoding one token at a time rounds otherwise than one forward pass over the whole response: the
    update's first ratio would not be 1, nor the KL of the start to itself 0. There the response is read again in one
    forward pass. In single precision the two agree to 3e-6, and that pass is saved.
    """
    if policy.is_half:
        return evaluate_in_micro_batches(policy, queries, sampled.tokens.squeeze(1), micro_batch=micro_batch)
    return sampled.logprobs.squeeze(1), None if sampled.values is None else sampled.values.squeeze(1)


def episodes_per_micro_batch(policy: Policy, queries: TokenBatch, length: int) -> int:
    """How many episodes with responses of `length` tokens the policy reads together, unless the settings say."""
    return rows_per_micro_batch(time=queries.tokens.shape[1] + length, width=policy.width, device=policy.device.type,
                                logits_per_row=length * policy.vocab_size)


def evaluate_in_micro_batches(policy: Policy, queries: TokenBatch, tokens: Tensor, *,
                              micro_batch: int | None = None) -> tuple[Tensor, Tensor]:
    """(log-probabilities, values) of whole responses, each (rows, R), in micro-batches of rows of like length."""
    logprobs = torch.empty(tokens.shape, device=tokens.device, dtype=policy.result_dtype)
    values = torch.empty_like(logprobs)
    size = micro_batch or episodes_per_micro_batch(policy, queries, tokens.shape[1])
    threads = threads_for(policy.width, policy.device)
    parts = micro_batches(queries.lengths, size=size, threads=threads)
    tasks = [partial(policy.evaluate, queries[rows], tokens[rows]) for rows in parts]
    for rows, evaluation in zip(parts, run_threaded(tasks, threads=threads), strict=True):
        logprobs[rows], values[rows] = evaluation.logprobs, evaluation.values
    return logprobs, values
