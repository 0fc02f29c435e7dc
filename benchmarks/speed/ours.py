"""This project's program in every comparison."""

from __future__ import annotations

import itertools
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.speed.contest import Work
from benchmarks.speed.workload import BETA, END, EPOCHS, LEARNING_RATE, SHAPES, STOP, TEMPERATURE, Shape
from harness.algorithms.losses import reward_loss
from harness.models.generation import sample_responses
from harness.models.loading import ModelShape, build_language_model
from harness.models.memory import prepare_process
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.training.adam import Adam
from harness.training.ppo_update import PPOTrainer
from harness.training.reward_fit import score_in_micro_batches
from harness.training.settings import ComputeSettings, KLSettings, PPOSettings

UPDATES = 100_000
"""More than any comparison takes: the learning rate hardly falls."""


def language_model(shape: Shape) -> Any:
    """Random weights, the same for every program."""
    context = 1024 if shape.name == "c" else 128
    return build_language_model(ModelShape(layers=shape.layers, width=shape.width, heads=shape.heads, context=context,
                                           vocab_size=shape.vocabulary), seed=1)


def ppo(name: str, precision: str) -> Work:
    """One update: real padding masks, truncation, penalty, scale of the scores, statistics, a line of log."""
    prepare_process()
    shape = SHAPES[name]
    compute = ComputeSettings(device="cpu", precision=precision)  # type: ignore[arg-type]
    reference, reward_model = language_model(shape), RewardModel.from_language_model(language_model(shape), seed=1)
    reward_model.requires_grad_(False).set_scale(gain=1.3, bias=-0.2)
    if precision == "bf16":
        reference.to(torch.bfloat16)
        reward_model.body.to(torch.bfloat16)
    settings = PPOSettings(episodes=UPDATES * shape.batch, batch_size=shape.batch, epochs=EPOCHS,
                           learning_rate=LEARNING_RATE,
                           kl=KLSettings(coefficient=BETA, target=6.0))
    trainer = PPOTrainer(Policy(language_model(shape), temperature=TEMPERATURE),
                         Policy(reference, temperature=TEMPERATURE), settings=settings, end_token=STOP,
                         end=END, seed=1, compute=compute)
    rows = shape.query_rows(rows=16 * shape.batch)
    log = Path(tempfile.mkdtemp()) / "metrics.jsonl"
    score = partial(score_in_micro_batches, reward_model)

    def work() -> int:
        first = trainer.steps_done * shape.batch
        batch = TokenBatch.from_sequences([rows[(first + row) % len(rows)] for row in range(shape.batch)])
        step = trainer.step(batch, torch.arange(first, first + shape.batch), score)
        with log.open("a") as file:
            file.write(json.dumps(step.metrics) + "\n")
        return shape.batch

    return work


def sampling(name: str, candidates: int) -> Work:
    """k responses to each query of a batch; units are responses."""
    prepare_process()
    shape = SHAPES[name]
    policy = Policy(language_model(shape), temperature=TEMPERATURE)
    queries, seeds = TokenBatch.from_sequences(shape.query_rows(rows=64)), itertools.count()

    def work() -> int:
        found = sample_responses(policy, queries, length=END.tokens, seed=next(seeds),
                                 stream_ids=torch.arange(64), candidates=candidates)
        return found.tokens.shape[0] * candidates

    return work


def reward_step(name: str, shares_query: bool) -> Work:
    """One step of training on 32 labels: the query read once for its candidates, or in k passes."""
    prepare_process()
    shape, labels = SHAPES[name], 32
    model = RewardModel.from_language_model(language_model(shape), seed=1)
    optimizer = Adam(model, epsilon=1e-5)
    queries = TokenBatch.from_sequences(shape.query_rows(rows=labels))
    candidates, best = shape.labelled_candidates(labels=labels)

    def work() -> int:
        optimizer.zero_grad()
        if shares_query:
            scores = model.score(queries, candidates)
        else:
            scores = torch.stack([model.score(queries, candidates[:, k]) for k in range(candidates.shape[1])], dim=1)
        reward_loss(scores, best).loss.backward()
        optimizer.step(learning_rate=LEARNING_RATE)
        return labels

    return work
