"""Measures the KL of a policy to its reference, with far less noise than training's own figure for it."""

from __future__ import annotations

import torch
from torch import Tensor

from harness.models.generation import sample_responses
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.trunk import response_layout
from harness.training.rollout import episodes_per_micro_batch


def kl_of_responses(policy: Policy, reference: Policy, queries: TokenBatch, *, length: int, seed: int) -> Tensor:
    """(rows,) nats an episode, KL(π‖ρ) of responses of `length` tokens, one of π's samples to each query."""
    return sampled_with_kl(policy, reference, queries, length=length, seed=seed)[1]


@torch.no_grad()
def sampled_with_kl(policy: Policy, reference: Policy, queries: TokenBatch, *, length: int,
                    seed: int) -> tuple[Tensor, Tensor]:
    """One sample of π to each query, (rows, length), and KL(π‖ρ) there, (rows,) nats an episode.

    At each token of the sample the divergence of the next token is summed over the whole vocabulary, not read off the
    one that was drawn: the same expectation, conditioned on what came before (Rao–Blackwell), with less variance.
    """
    queries = queries.to(policy.device)
    sampled = sample_responses(policy, queries, length=length, seed=seed, stream_ids=torch.arange(len(queries)))
    tokens = sampled.tokens.squeeze(1)
    found = torch.empty(len(queries), dtype=torch.float64)
    for rows in torch.arange(len(queries)).split(episodes_per_micro_batch(policy, queries, length)):
        own, other = (_next_tokens(model, queries[rows], tokens[rows]) for model in (policy, reference))
        found[rows] = (own.exp() * (own - other)).sum(dim=-1).sum(dim=-1).cpu()
    return tokens, found


def _next_tokens(policy: Policy, queries: TokenBatch, tokens: Tensor) -> Tensor:
    """(rows, R, vocabulary) log-probabilities, in double precision: differences of many small terms are summed."""
    states, head = policy.trunk.hidden(response_layout(queries, tokens))
    return policy.trunk.logits(states, temperature=policy.temperature, head=head).double().log_softmax(dim=-1)
