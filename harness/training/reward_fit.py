"""Fitting a reward model to best-of-k labels, and giving it a scale (Ziegler 2.1; released train_reward.py)."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from harness.algorithms.losses import reward_loss
from harness.algorithms.normalization import GainBias, gain_and_bias
from harness.algorithms.schedules import linear_decay
from harness.models.at_once import rows_per_pass
from harness.models.lanes import in_lanes, lanes_for
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.training.adam import Adam
from harness.training.batching import epoch_batches, passes
from harness.training.checkpoint import Checkpoint
from harness.training.loop import OnStep, run_steps
from harness.training.settings import DEFAULT_COMPUTE, ComputeSettings, RewardFitSettings

ADAM_EPSILON = 1e-5
"""As in the released code, which has one optimizer for reward model and policy."""


class RewardEvaluation(NamedTuple):
    """loss: nats per label. accuracy: the share of labels whose best candidate scores highest (chance is 1/k)."""

    loss: float
    accuracy: float


def fit_reward_model(model: RewardModel, *, queries: TokenBatch, candidates: Tensor, best: Tensor,
                     settings: RewardFitSettings, seed: int, compute: ComputeSettings = DEFAULT_COMPUTE,
                     on_step: OnStep | None = None, checkpoint: Checkpoint | None = None) -> dict[str, float]:
    """One epoch over the labels, the learning rate linearly to 0. Trains in place; gives the last step's metrics.

    queries: n rows. candidates: (n, k, R), truncated, PAD after their ends. best: (n,) in [0, k). Raises
    ValueError where they do not fit, TrainingDiverged where the loss is not finite.
    """
    labels, k = candidates.shape[:2]
    if len(queries) != labels or best.shape != (labels,):
        raise ValueError(f"{len(queries)} queries, {labels} rows of candidates and best of {tuple(best.shape)}")
    if labels == 0 or not bool(((best >= 0) & (best < k)).all()):
        raise ValueError(f"there must be labels, and each best in 0..{k - 1}")
    lengths = torch.ones(labels).numpy()
    batches = epoch_batches(lengths, batch_size=settings.batch_size, seed=seed, epoch=0)

    def backward(step: int) -> dict[str, float]:
        rows = torch.from_numpy(batches[step])
        size = settings.micro_batch or _labels_per_pass(model, queries, candidates)

        def read(part: Tensor) -> tuple[RewardEvaluation, list[Tensor | None]]:
            picked = rows[part]
            share = len(picked) / len(rows)
            scores = model.score(queries[picked].to(model.device), candidates[picked].to(model.device))
            result = reward_loss(scores, best[picked].to(model.device))
            gradients = optimizer.gradients(share * result.loss)
            return RewardEvaluation(share * result.loss.item(), share * result.accuracy.item()), gradients

        parts = passes(queries.lengths[rows], size=size, lanes=lanes)
        loss = accuracy = 0.0
        for result, gradients in in_lanes([partial(read, part) for part in parts], lanes=lanes):
            optimizer.accumulate(gradients)
            loss, accuracy = loss + result.loss, accuracy + result.accuracy
        return {"train/loss": loss, "train/accuracy": accuracy}

    total = len(batches)
    lanes = lanes_for(model.head.in_features, model.device)
    model.trunk.checkpoint_activations = compute.checkpoint_activations
    optimizer = Adam(model, epsilon=ADAM_EPSILON, compute=compute, computing=model.body)
    return run_steps(
        model, optimizer, total=total, backward=backward, clip_gradient=None,
        learning_rate=lambda step: settings.learning_rate * linear_decay(step, total=total),
        on_step=on_step, checkpoint=checkpoint,
    )


def _labels_per_pass(model: RewardModel, queries: TokenBatch, responses: Tensor) -> int:
    """responses: (n, R) or (n, k, R): a row is a query and all its candidates."""
    time = queries.tokens.shape[1] + responses[0].numel()
    return rows_per_pass(time=time, width=model.head.in_features, device=model.device.type)


@torch.no_grad()
def score_in_passes(model: RewardModel, queries: TokenBatch, responses: Tensor) -> Tensor:
    """`model.score` of any number of rows, in passes of like length. responses: (n, R) or (n, k, R)."""
    scores = torch.empty(responses.shape[:-1], device=model.device)
    lanes = lanes_for(model.head.in_features, model.device)
    parts = passes(queries.lengths, size=_labels_per_pass(model, queries, responses), lanes=lanes)
    tasks = [partial(model.score, queries[rows].to(model.device), responses[rows].to(model.device)) for rows in parts]
    for rows, found in zip(parts, in_lanes(tasks, lanes=lanes), strict=True):
        scores[rows] = found.to(scores)
    return scores


def evaluate_reward_model(model: RewardModel, *, queries: TokenBatch, candidates: Tensor,
                          best: Tensor) -> RewardEvaluation:
    """Loss and accuracy on labels, without training."""
    result = reward_loss(score_in_passes(model, queries, candidates), best.to(model.device))
    return RewardEvaluation(loss=result.loss.item(), accuracy=result.accuracy.item())


def normalize_reward_model(model: RewardModel, *, queries: TokenBatch, responses: Tensor) -> GainBias:
    """Set gain and bias so that the scores of these responses have mean 0 and variance 1; give them.

    responses: (n, R), truncated samples of the reference policy, 256 or more. Raises ValueError where the scores
    do not vary.
    """
    model.set_scale(gain=1.0, bias=0.0)
    scale = gain_and_bias(score_in_passes(model, queries, responses))
    model.set_scale(gain=scale.gain, bias=scale.bias)
    return scale
