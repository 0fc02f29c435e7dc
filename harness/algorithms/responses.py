"""The response rules (Ziegler 3.1 and 3.2; released train_policy.py): truncation and the penalty."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from harness.records import PAD


class Truncation(NamedTuple):
    """tokens: as given, PAD after the end token. valid: (...,), whether there is an end token in time."""

    tokens: Tensor
    valid: Tensor


def truncate(tokens: Tensor, *, end_token: int, truncate_after: int) -> Truncation:
    """Keep each response up to its first end token at or after position `truncate_after` (counted from 0).

    tokens: (..., time) int64. A response without such a token stays whole and is not valid.
    """
    position = torch.arange(tokens.shape[-1], device=tokens.device)
    ends = (tokens == end_token) & (position >= truncate_after)
    ended_before = ends.cumsum(dim=-1) - ends.long() > 0
    return Truncation(tokens=tokens.masked_fill(ended_before, PAD), valid=ends.any(dim=-1))


def penalize(scores: Tensor, valid: Tensor, *, penalty: float) -> Tensor:
    """The penalty replaces (never adds to) the score of a response that breaks the rule. All (batch,)."""
    return torch.where(valid, scores, torch.full_like(scores, penalty))
