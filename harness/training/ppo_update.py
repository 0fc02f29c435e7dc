"""Proximal policy optimisation of a language model against a score and a KL penalty (Ziegler 2.2)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from harness.algorithms.advantages import Advantages, gae, whiten
from harness.algorithms.kl import approximate_kl, kl_controller, kl_rewards
from harness.algorithms.losses import policy_loss, value_loss
from harness.algorithms.schedules import linear_decay
from harness.errors import TrainingDiverged
from harness.models.generation import sample_responses
from harness.models.graphs import SamplingGraphs
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.threaded import run_threaded, threads_for
from harness.seeds import derive_seed
from harness.training.adam import Adam
from harness.training.batching import micro_batches
from harness.training.loop import LOWER_RATE, require_finite, require_sound
from harness.training.rollout import Rollout, Sample, Score, collect, episodes_per_micro_batch
from harness.training.settings import DEFAULT_COMPUTE, ComputeSettings, EndRule, PPOSettings

_FARTHEST = 100.0
"""In nats squared, as the approximate KL is: within one batch, tokens became exp(14) times as likely or unlikely. The
clip range of 0.2 keeps it below 0.1."""


@dataclass(frozen=True, eq=False)
class PPOStep:
    """One batch. metrics: under the released code's names. The rest is for sample tables.

    tokens, truncated: (rows, R). valid, scores, kl_to_reference: (rows,), kl in nats per episode.
    """

    metrics: dict[str, float]
    tokens: Tensor
    truncated: Tensor
    valid: Tensor
    scores: Tensor
    kl_to_reference: Tensor


class PPOTrainer:
    """Trains `policy` in place; `reference` is frozen and shares nothing with it.

    Everything random is a function of the seed and the step (or the caller's stream ids), so `state_dict` holds
    weights, optimizer, step and β, and a resumed run ends with the same bits as one that was never stopped.
    """

    def __init__(self, policy: Policy, reference: Policy, *, settings: PPOSettings, end_token: int | None, end: EndRule,
                 seed: int, compute: ComputeSettings = DEFAULT_COMPUTE) -> None:
        """end_token: None where every response is whole and valid. policy: in single precision whatever `compute`
        says; it is computed in the precision that `compute` names until `finish`.

        Raises ValueError where reference and policy share a parameter, or differ in temperature.
        """
        shared = {p.data_ptr() for p in policy.parameters()} & {p.data_ptr() for p in reference.parameters()}
        if shared:
            raise ValueError("the reference policy shares parameters with the policy: it would move along")
        if policy.temperature != reference.temperature:
            raise ValueError(f"the policy's temperature is {policy.temperature}, the reference's "
                             f"{reference.temperature}: their KL would compare different distributions")
        self.policy, self.reference = policy, reference.requires_grad_(False)
        self.settings, self.end, self.end_token, self.seed = settings, end, end_token, seed
        policy.trunk.checkpoint_activations = compute.checkpoint_activations
        self.sample: Sample = SamplingGraphs() if policy.device.type == "cuda" else sample_responses
        self.optimizer = Adam(policy, epsilon=settings.adam_epsilon, compute=compute,
                              computing=policy.language_model)
        kl = settings.kl
        self.kl = kl_controller(coefficient=kl.coefficient, target=kl.target, horizon=kl.horizon)
        self.steps_done = 0
        self.last_good: int | None = None
        """The step of the last state taken or loaded, for the message of TrainingDiverged."""

    def step(self, queries: TokenBatch, stream_ids: Tensor, score: Score) -> PPOStep:
        """One batch: collect, shape the rewards, update, adapt β.

        stream_ids: (rows,) int64, different for every episode of the run. Raises TrainingDiverged.
        """
        began = time.perf_counter()
        settings, beta = self.settings, self.kl.beta
        # 1. Collect episodes, score them, ask the reference.
        rollout = collect(self.policy, self.reference, queries, stream_ids, score=score, end_token=self.end_token,
                          end=self.end, seed=derive_seed(self.seed, "rollout"), micro_batch=settings.micro_batch,
                          sample=self.sample)
        collected = time.perf_counter()
        # 2. The KL penalty makes a reward of each token.
        rewards, kl = kl_rewards(rollout.logprobs, rollout.ref_logprobs, rollout.scores, beta=beta)
        # 3. Update the policy and the value function.
        rate = settings.learning_rate * linear_decay(self.steps_done, total=settings.updates)
        losses = self._update(rollout, rewards, learning_rate=rate)
        # 4. Move β, once a batch.
        mean_kl = kl.mean().item()
        self.kl.update(mean_kl, episodes=len(queries))
        self.steps_done += 1
        # 5. Report.
        score_mean = rollout.scores.mean().item()
        seconds = time.perf_counter() - began
        metrics = {
            "objective/kl": mean_kl,
            "objective/kl_coef": beta,
            "objective/entropy": -rollout.logprobs.sum(dim=1).mean().item(),
            "objective/score": score_mean,
            "objective/score_total": score_mean - beta * mean_kl,
            "objective/valid": rollout.valid.double().mean().item(),
            **losses,
            "ppo/val/var_explained": 1.0 - losses["ppo/val/error"] / max(losses["ppo/returns/var"], 1e-12),
            "ppo/lr": rate,
            "episodes": float(self.steps_done * settings.batch_size),
            "episodes/s": len(queries) / seconds,
            "tokens/s": rollout.tokens.numel() / seconds,
            "seconds/collect": collected - began,
            "seconds/update": seconds - (collected - began),
        }
        return PPOStep(metrics=metrics, tokens=rollout.tokens, truncated=rollout.truncated, valid=rollout.valid,
                       scores=rollout.scores, kl_to_reference=kl)

    def _update(self, rollout: Rollout, rewards: Tensor, *, learning_rate: float) -> dict[str, float]:
        """Epochs of minibatches; the metrics are means over all of them, as the released code gives them."""
        settings, rows = self.settings, len(rollout.queries)
        totals: dict[str, float] = {}
        updates = 0
        for epoch in range(settings.epochs):
            for minibatch in self._minibatches(rows, epoch):
                metrics = self.train_minibatch(rollout, rewards, minibatch)
                require_finite("the PPO loss", metrics["ppo/loss/total"], step=self.steps_done,
                               last_good=self.last_good)
                if (moved := metrics["ppo/policy/approxkl"]) > _FARTHEST:
                    raise TrainingDiverged(
                        f"the policy moved by an approximate KL of {moved:.3g} nats a token in one batch",
                        step=self.steps_done, last_good=self.last_good, advice=LOWER_RATE)
                self.optimizer.step(learning_rate=learning_rate)
                updates += 1
                for name, value in metrics.items():
                    totals[name] = totals.get(name, 0.0) + value
        self.optimizer.zero_grad()
        return {name: value / updates for name, value in totals.items()}

    def _minibatches(self, rows: int, epoch: int) -> list[Tensor]:
        if self.settings.minibatches == 1:
            return [torch.arange(rows)]
        generator = torch.Generator().manual_seed(derive_seed(self.seed, "minibatches", self.steps_done, epoch))
        return list(torch.randperm(rows, generator=generator).chunk(self.settings.minibatches))

    def train_minibatch(self, rollout: Rollout, rewards: Tensor, minibatch: Tensor) -> dict[str, float]:
        """Leaves the minibatch's gradients in the policy; the optimizer has not moved yet."""
        settings = self.settings
        minibatch = minibatch.to(rewards.device)
        queries, tokens = rollout.queries[minibatch], rollout.tokens[minibatch]
        old_logprobs, old_values = rollout.logprobs[minibatch], rollout.values[minibatch]
        advantages, returns = shaped_advantages(rewards[minibatch], old_values, settings)
        self.optimizer.zero_grad()
        sums: dict[str, Tensor] = {}
        size = settings.micro_batch or episodes_per_micro_batch(self.policy, queries, tokens.shape[1])

        def read(part: Tensor) -> tuple[dict[str, Tensor], list[Tensor | None]]:
            share = part.shape[0] / minibatch.shape[0]
            new = self.policy.evaluate(queries[part], tokens[part])
            policy = policy_loss(new.logprobs, old_logprobs[part], advantages[part], clip=settings.clip)
            value = value_loss(new.values, old_values[part], returns[part], clip=settings.clip_value)
            loss = policy.loss + settings.value_coefficient * value.loss
            gradients = self.optimizer.gradients(share * loss)
            figures = {
                "ppo/loss/policy": policy.loss, "ppo/loss/value": value.loss, "ppo/loss/total": loss,
                "ppo/policy/entropy": new.entropies.mean(),
                "ppo/policy/approxkl": approximate_kl(new.logprobs, old_logprobs[part]),
                "ppo/policy/clipfrac": policy.clip_fraction, "ppo/val/vpred": new.values.mean(),
                "ppo/val/error": value.error, "ppo/val/clipfrac": value.clip_fraction,
            }
            return {name: share * figure.detach() for name, figure in figures.items()}, gradients

        threads = threads_for(self.policy.width, self.policy.device)
        parts = micro_batches(queries.lengths, size=size, threads=threads)
        for figures, gradients in run_threaded([partial(read, part) for part in parts], threads=threads):
            self.optimizer.accumulate(gradients)
            for name, figure in figures.items():
                sums[name] = sums[name] + figure if name in sums else figure
        variances = {"ppo/returns": returns, "ppo/val": old_values}
        for name, x in variances.items():
            sums[f"{name}/var"], sums[f"{name}/mean"] = torch.var_mean(x, correction=0)
        return {name: value.item() for name, value in sums.items()}

    def finish(self) -> None:
        """Give the policy its single-precision weights back; no step may follow. Raises TrainingDiverged where they are
        not finite.
        """
        self.optimizer.restore()
        require_sound(self.policy, step=self.steps_done, last_good=self.last_good)

    def weights(self) -> dict[str, Tensor]:
        """Copies of the policy's weights in single precision, in the processor's memory, as a state dict."""
        masters = self.optimizer.masters()
        behind = {name: masters[parameter] for name, parameter
                  in self.policy.named_parameters(remove_duplicate=False) if parameter in masters}
        return {name: behind.get(name, value).detach().to("cpu", copy=True)
                for name, value in self.policy.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """All that a resumed run needs, as copies."""
        self.last_good = self.steps_done
        return {
            "policy": _copied(self.policy.state_dict()),
            "optimizer": _copied(self.optimizer.state_dict()),
            "steps_done": self.steps_done,
            "kl": self.kl.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.policy.load_state_dict(state["policy"])
        self.optimizer.load_state_dict(_copied(state["optimizer"]))
        self.steps_done = int(state["steps_done"])
        self.kl.load_state_dict(state["kl"])
        self.last_good = self.steps_done


def shaped_advantages(rewards: Tensor, values: Tensor, settings: PPOSettings) -> Advantages:
    """Whitened advantages and value targets of a minibatch: all (rows, R) (released train_policy.py, `loss`)."""
    if settings.whiten_rewards:
        rewards = whiten(rewards, center=False)
    advantages, returns = gae(rewards, values, gamma=settings.gamma, lam=settings.lam)
    return Advantages(advantages=whiten(advantages), returns=returns)


def _copied(state: Any) -> Any:
    if isinstance(state, Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: _copied(value) for key, value in state.items()}
    return [_copied(value) for value in state] if isinstance(state, list) else state
