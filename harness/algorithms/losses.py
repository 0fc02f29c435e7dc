"""The losses of PPO and of the reward model, each with the figures worth logging.

Means run over every element given: give no padding.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


class PolicyLoss(NamedTuple):
    """clip_fraction: the share of tokens whose clipped surrogate was the larger one."""

    loss: Tensor
    clip_fraction: Tensor


class ValueLoss(NamedTuple):
    """error: mean squared distance of the prediction from its target, unclipped."""

    loss: Tensor
    clip_fraction: Tensor
    error: Tensor


class RewardLoss(NamedTuple):
    """accuracy: the share of labels whose best candidate has the highest score; of m with the same score it is each
    to one m-th, as a choice among them by chance would be.
    """

    loss: Tensor
    accuracy: Tensor


def policy_loss(logprobs_new: Tensor, logprobs_old: Tensor, advantages: Tensor, *, clip: float) -> PolicyLoss:
    """PPO's clipped surrogate (Schulman et al. 2017), to be minimised. All (batch, time)."""
    ratio = torch.exp(logprobs_new - logprobs_old)
    unclipped = -advantages * ratio
    clipped = -advantages * torch.clamp(ratio, 1.0 - clip, 1.0 + clip)
    return PolicyLoss(
        loss=torch.maximum(unclipped, clipped).mean(),
        clip_fraction=(clipped > unclipped).to(ratio.dtype).mean(),
    )


def value_loss(values_new: Tensor, values_old: Tensor, returns: Tensor, *, clip: float) -> ValueLoss:
    """½·mean of the larger of the clipped and unclipped squared errors (released code). All (batch, time)."""
    clipped_values = torch.clamp(values_new, values_old - clip, values_old + clip)
    unclipped = (values_new - returns) ** 2
    clipped = (clipped_values - returns) ** 2
    return ValueLoss(
        loss=0.5 * torch.maximum(unclipped, clipped).mean(),
        clip_fraction=(clipped > unclipped).to(values_new.dtype).mean(),
        error=unclipped.mean(),
    )


def reward_loss(scores: Tensor, best: Tensor) -> RewardLoss:
    """−log softmax of the chosen candidate, the mean over labels (Ziegler 2.1, eq. 1).

    scores: (labels, k). best: (labels,), int64 in [0, k).
    """
    highest = (scores == scores.amax(dim=1, keepdim=True)).to(scores.dtype)
    chosen = highest.gather(1, best[:, None]).squeeze(1)
    return RewardLoss(loss=functional.cross_entropy(scores, best), accuracy=(chosen / highest.sum(dim=1)).mean())
