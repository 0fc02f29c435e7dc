"""Long fits, which show whether memory grows with the work, and fits on few threads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.speed import ours
from benchmarks.speed.contest import Work
from benchmarks.speed.workload import CANDIDATES, QUERY, RESPONSE, SHAPES, STOP
from harness.artifacts.label_table import LabelFiles, LabelTable
from harness.models.memory import prepare_process
from harness.models.reward import RewardModel
from harness.stages.reward_model import StoredLabels
from harness.training.reward_fit import fit_reward_model
from harness.training.settings import RewardFitSettings

_PIECE = 2_500


def repeated(name: str, precision: str, amount: int) -> Work:
    """PPO: the first run is `amount` updates, the others nothing."""
    step = ours.ppo(name, precision)
    return _once(iter(step() for _ in range(amount)))


def narrow(name: str, threads: int) -> Work:
    """PPO on so many threads."""
    torch.set_num_threads(threads)
    return ours.ppo(name, "fp32")


def reward_fit(amount: int) -> Work:
    """The first run fits a reward model of shape (a) to `amount` labels, which lie on disk as those of a study do."""
    prepare_process()
    folder = tempfile.TemporaryDirectory()
    pieces = [_label_piece(Path(folder.name) / str(start), min(_PIECE, amount - start), seed=start)
              for start in range(0, amount, _PIECE)]
    labels = StoredLabels(LabelFiles(pieces), np.arange(amount))

    def fit() -> Iterator[int]:
        with folder:
            model = RewardModel.from_language_model(ours.language_model(SHAPES["a"]), seed=1)
            fit_reward_model(model, labels, settings=RewardFitSettings(batch_size=32, learning_rate=1e-4), seed=1)
        yield amount

    return _once(fit())


def _label_piece(folder: Path, labels: int, *, seed: int) -> Path:
    """A folder with so many random labels, none of which ends early."""
    rng, words = np.random.default_rng(seed), SHAPES["a"].vocabulary
    folder.mkdir()
    LabelTable(queries=rng.integers(STOP + 1, words, (labels, QUERY), dtype=np.int32),
               candidates=rng.integers(STOP + 1, words, (labels, CANDIDATES, RESPONSE), dtype=np.int32),
               best=rng.integers(CANDIDATES, size=labels), scores=np.zeros((labels, CANDIDATES)),
               rows=np.arange(labels)).save(folder)
    return folder


def _once(steps: Iterator[int]) -> Work:
    def work() -> int:
        return sum(steps)
    return work
