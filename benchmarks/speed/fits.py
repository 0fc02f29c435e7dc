"""Work as stages do it: long runs, for the question whether memory grows with them, and runs on few threads."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.speed import ours
from benchmarks.speed.contest import Turn
from benchmarks.speed.shapes import CANDIDATES, SHAPES, STOP, query_rows
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.training.reward_fit import fit_reward_model
from harness.training.settings import RewardFitSettings


def repeated(name: str, precision: str, amount: int) -> Turn:
    """PPO: the first turn is `amount` updates, the others nothing."""
    step = ours.ppo(name, precision)
    return _once(iter(step() for _ in range(amount)))


def narrow(name: str, threads: int) -> Turn:
    """PPO on so many threads."""
    torch.set_num_threads(threads)
    return ours.ppo(name, "fp32")


def reward_fit(amount: int) -> Turn:
    """The first turn fits a reward model of shape (a) to `amount` labels."""
    shape, response = SHAPES["a"], 24
    generator = torch.Generator().manual_seed(0)
    queries = TokenBatch.from_sequences(query_rows(shape, rows=amount))
    candidates = torch.randint(STOP + 1, shape.vocabulary, (amount, CANDIDATES, response), generator=generator)
    best = torch.randint(0, CANDIDATES, (amount,), generator=generator)

    def fit() -> Iterator[int]:
        model = RewardModel.from_language_model(ours.language_model(shape), seed=1)
        fit_reward_model(model, queries=queries, candidates=candidates, best=best, seed=1,
                         settings=RewardFitSettings(batch_size=32, learning_rate=1e-4))
        yield amount

    return _once(fit())


def _once(work: Iterator[int]) -> Turn:
    def turn() -> int:
        return sum(work)
    return turn
