"""Draws one token from each distribution of a batch."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from harness.algorithms.logprobs import widen

BLOCK = 64
"""Tokens a block: about the root of a vocabulary, so that the two searches are of like length."""

BELOW_ONE = 1.0 - 2.0**-48


class Picked(NamedTuple):
    """Both (rows, k). tokens: int64. logprobs: nats."""

    tokens: Tensor
    logprobs: Tensor


def pick(logits: Tensor, chance: Tensor) -> Picked:
    """logits: (rows, 1 or k, vocabulary). chance: (rows, k) float64 in [0, 1)."""
    probs = torch.softmax(widen(logits), dim=-1)
    tokens = pick_at(probs, chance)
    logprobs = probs.expand(-1, chance.shape[1], -1).gather(2, tokens.unsqueeze(2)).squeeze(2).log()
    return Picked(tokens, logprobs)


def pick_at(probs: Tensor, chance: Tensor) -> Tensor:
    """(rows, k) int64: the token at which the cumulative distribution passes the chance.

    probs: (rows, 1 or k, vocabulary) in single precision. chance: (rows, k) float64 in [0, 1). First the block of
    tokens is found, then the token in it, with sums in double precision over the blocks and inside the block: in
    single precision the rounding of one long sum would move the share of rare tokens. A token of probability 0 is
    never picked, because no sum passes anything there.
    """
    (rows, k), vocabulary = chance.shape, probs.shape[-1]
    whole = vocabulary // BLOCK * BLOCK
    sums = probs[..., :whole].unflatten(-1, (whole // BLOCK, BLOCK)).sum(dim=-1)
    if whole < vocabulary:
        sums = torch.cat([sums, probs[..., whole:].sum(dim=-1, keepdim=True)], dim=-1)
    sums = sums.double().expand(rows, k, -1)
    bounds = sums.cumsum(dim=-1)
    threshold = chance.unsqueeze(-1) * bounds[..., -1:]
    block = torch.searchsorted(bounds, threshold, right=True)
    size = sums.gather(2, block)
    share = (threshold - (bounds.gather(2, block) - size)) / size
    inside = block * BLOCK + torch.arange(BLOCK, device=block.device)
    here = probs.expand(rows, k, vocabulary).gather(2, inside.clamp(max=vocabulary - 1))
    within = here.double().masked_fill(inside >= vocabulary, 0.0).cumsum(dim=-1)
    offset = torch.searchsorted(within, share.clamp(0.0, BELOW_ONE) * within[..., -1:], right=True)
    return (block * BLOCK + offset).squeeze(-1)
