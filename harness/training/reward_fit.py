"""Fitting a reward model to best-of-k labels, and giving it a scale (Ziegler 2.1; released train_reward.py)."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from harness.algorithms.losses import reward_loss
from harness.algorithms.normalization import GainBias, gain_and_bias
from harness.algorithms.schedules import linear_decay
from harness.errors import InputError
from harness.models.divergence import diverged_model
from harness.models.micro_batch import rows_per_micro_batch
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.models.threaded import run_threaded, threads_for
from harness.statistics.calibration import Calibration, calibration
from harness.training.adam import Adam
from harness.training.batching import epoch_batches, micro_batches
from harness.training.checkpoint import Checkpoint
from harness.training.comparisons import LabelSource
from harness.training.loop import OnStep, run_steps
from harness.training.settings import DEFAULT_COMPUTE, ComputeSettings, RewardFitSettings

ADAM_EPSILON = 1e-5
"""As in the released code, which has one optimizer for reward model and policy."""

_EVALUATED_TOGETHER = 4096


class RewardEvaluation(NamedTuple):
    """loss: nats per label. accuracy: the share of labels whose best candidate scores highest (chance is 1/k).
    calibration: of the softmax of the scores, as they were fitted.
    """

    loss: float
    accuracy: float
    calibration: Calibration


def fit_reward_model(model: RewardModel, labels: LabelSource, *, settings: RewardFitSettings, seed: int,
                     compute: ComputeSettings = DEFAULT_COMPUTE, on_step: OnStep | None = None,
                     checkpoint: Checkpoint | None = None) -> dict[str, float]:
    """One epoch over the labels, the learning rate linearly to 0. Trains in place; gives the last step's metrics.

    Holds one batch of labels at a time. Raises ValueError where there are none, TrainingDiverged.
    """
    if len(labels) == 0:
        raise ValueError("there must be labels")
    alike = np.ones(len(labels))
    batches = epoch_batches(alike, batch_size=settings.batch_size, seed=seed, epoch=0)

    def backward(step: int) -> dict[str, float]:
        batch = labels.take(torch.from_numpy(batches[step]))
        size = settings.micro_batch or _rows_per_micro_batch(model, labels.width)

        def read(part: Tensor) -> tuple[tuple[float, float], list[Tensor | None]]:
            picked = batch.take(part)
            share = len(picked) / len(batch)
            scores = model.score(picked.queries.to(model.device), picked.candidates.to(model.device))
            result = reward_loss(scores, picked.best.to(model.device))
            gradients = optimizer.gradients(share * result.loss)
            return (share * result.loss.item(), share * result.accuracy.item()), gradients

        parts = micro_batches(batch.queries.lengths, size=size, threads=threads)
        loss = accuracy = 0.0
        for figures, gradients in run_threaded([partial(read, part) for part in parts], threads=threads):
            optimizer.accumulate(gradients)
            loss, accuracy = loss + figures[0], accuracy + figures[1]
        return {"train/loss": loss, "train/accuracy": accuracy}

    total = len(batches)
    threads = threads_for(model.head.in_features, model.device)
    model.trunk.checkpoint_activations = compute.checkpoint_activations
    optimizer = Adam(model, epsilon=ADAM_EPSILON, compute=compute, computing=model.body)
    return run_steps(
        model, optimizer, total=total, backward=backward, clip_gradient=None,
        learning_rate=lambda step: settings.learning_rate * linear_decay(step, total=total),
        on_step=on_step, checkpoint=checkpoint, guess=math.log(labels.take(torch.tensor([0])).candidates.shape[1]),
    )


def _rows_per_micro_batch(model: RewardModel, time: int) -> int:
    """time: tokens of a query and all its responses, which make one row."""
    return rows_per_micro_batch(time=time, width=model.head.in_features, device=model.device.type)


@torch.no_grad()
def score_in_micro_batches(model: RewardModel, queries: TokenBatch, responses: Tensor) -> Tensor:
    """`model.score` of any number of rows, in micro-batches of rows of like length. responses: (n, R) or (n, k, R)."""
    scores = torch.empty(responses.shape[:-1], device=model.device)
    threads = threads_for(model.head.in_features, model.device)
    size = _rows_per_micro_batch(model, queries.tokens.shape[1] + responses[0].numel())
    parts = micro_batches(queries.lengths, size=size, threads=threads)
    tasks = [partial(model.score, queries[rows].to(model.device), responses[rows].to(model.device)) for rows in parts]
    for rows, found in zip(parts, run_threaded(tasks, threads=threads), strict=True):
        scores[rows] = found.to(scores)
    return scores


def evaluate_reward_model(model: RewardModel, labels: LabelSource) -> RewardEvaluation:
    """Loss and accuracy on labels, without training."""
    loss = accuracy = 0.0
    chances = []
    for rows in torch.arange(len(labels)).split(_EVALUATED_TOGETHER):
        part = labels.take(rows)
        scores = score_in_micro_batches(model, part.queries, part.candidates)
        result = reward_loss(scores, part.best.to(model.device))
        chances.append((scores.double().softmax(dim=-1).cpu().numpy(), part.best.numpy()))
        share = len(part) / len(labels)
        loss, accuracy = loss + share * result.loss.item(), accuracy + share * result.accuracy.item()
    given, best = (np.concatenate(arrays) for arrays in zip(*chances, strict=True))
    return RewardEvaluation(loss=loss, accuracy=accuracy, calibration=calibration(given, best))


def normalize_reward_model(model: RewardModel, *, queries: TokenBatch, responses: Tensor) -> GainBias:
    """Set gain and bias so that the scores of these responses have mean 0 and variance 1; give them.

    responses: (n, R), truncated samples of the reference policy, 256 or more. Raises InputError where the scores are
    not finite or do not vary.
    """
    model.set_scale(gain=1.0, bias=0.0)
    scores = score_in_micro_batches(model, queries, responses)
    if not torch.isfinite(scores).all():
        raise diverged_model("the reward model's scores are not finite")
    try:
        scale = gain_and_bias(scores)
    except ValueError as error:
        raise InputError(f"the reward model has no scale: {error}", key="reward_model",
                         cure="Look at the labels, whose samples are alike perhaps, or try a learning rate 3 to 10 "
                              "times smaller.") from None
    model.set_scale(gain=scale.gain, bias=scale.bias)
    return scale
