"""KL divergences: the penalty for each token with its coefficient β (Ziegler 2.2; train_policy.py)."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class KLRewards(NamedTuple):
    """What PPO maximises, token by token, and the divergence that it paid for."""

    rewards: Tensor
    """(batch, time): −β·kl, plus the score at the last token."""
    kl_to_reference: Tensor
    """(batch,): nats per episode, the sum over its tokens."""


def kl_rewards(logprobs: Tensor, ref_logprobs: Tensor, scores: Tensor, *, beta: float) -> KLRewards:
    """Per-token rewards of whole sampled responses.

    logprobs, ref_logprobs: (batch, time), nats, of the tokens as sampled (not truncated: the policy pays for
    what it samples). scores: (batch,), the penalty already in place of the score where it is due.
    """
    kl = logprobs - ref_logprobs
    rewards = -beta * kl
    rewards[:, -1] += scores
    return KLRewards(rewards=rewards, kl_to_reference=kl.sum(dim=1))


class KLController(Protocol):
    """Holds β, and may move it once a batch."""

    @property
    def beta(self) -> float: ...

    def update(self, kl_to_reference: float, *, episodes: int) -> None:
        """kl_to_reference: nats, the mean over the batch's `episodes`."""

    def state_dict(self) -> dict[str, float]: ...

    def load_state_dict(self, state: dict[str, float]) -> None: ...


class FixedKL:
    """β stays where it starts."""

    def __init__(self, coefficient: float) -> None:
        self.beta = coefficient

    def update(self, kl_to_reference: float, *, episodes: int) -> None:
        """Nothing moves."""

    def state_dict(self) -> dict[str, float]:
        return {"beta": self.beta}

    def load_state_dict(self, state: dict[str, float]) -> None:
        self.beta = state["beta"]


class AdaptiveKL(FixedKL):
    """β follows the divergence: β ← β·(1 + clip(KL/target − 1, ±0.2)·n/horizon) (Ziegler 2.2)."""

    def __init__(self, coefficient: float, *, target: float, horizon: int) -> None:
        super().__init__(coefficient)
        self.target, self.horizon = target, horizon

    def update(self, kl_to_reference: float, *, episodes: int) -> None:
        error = min(max(kl_to_reference / self.target - 1.0, -0.2), 0.2)
        self.beta *= 1.0 + error * episodes / self.horizon


def kl_controller(*, coefficient: float, target: float | None, horizon: int) -> KLController:
    """Adaptive with a target (nats an episode), fixed without one."""
    return FixedKL(coefficient) if target is None else AdaptiveKL(coefficient, target=target, horizon=horizon)


def approximate_kl(logprobs_new: Tensor, logprobs_old: Tensor) -> Tensor:
    """The released code's `approxkl`: ½·mean((logπ_new − logπ_old)²), nats per token. Any shapes alike."""
    return 0.5 * torch.mean((logprobs_new - logprobs_old) ** 2)
