"""Times a few PPO updates at the shape of a paper's study, from random weights.

    python -m benchmarks.paper_shape --study tldr --preset released --updates 2 --batch 8

124M or 774M parameters and queries of full length. Prints seconds and episodes a second, what the whole run would take
at that rate, and the memory that was estimated and taken. The weights' values change nothing: the work is that of the
real ones.
"""

from __future__ import annotations

import argparse
import copy
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch

from harness.models.loading import ModelShape, build_language_model
from harness.models.memory import prepare_process
from harness.models.placement import frozen, trained
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.study.loading import load_study
from harness.study.model_shape import model_shape
from harness.study.spec import StudySpec
from harness.training.memory import TransformerShape, ppo_memory
from harness.training.ppo_update import PPOTrainer

STUDIES = Path(__file__).parents[1] / "studies" / "paper"
_GIB = 1 << 30


def main() -> None:
    """Read the study, make its models, update, print."""
    parser = argparse.ArgumentParser(description="PPO at a paper study's own shape.")
    parser.add_argument("--study", choices=("sentiment", "descriptiveness", "tldr", "cnndm"), default="sentiment")
    parser.add_argument("--preset", choices=("paper", "released"), default="released")
    parser.add_argument("--updates", type=int, default=3, help="the first is not counted (default 3)")
    parser.add_argument("--batch", type=int, default=None, help="episodes a batch (default: the study's)")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    if arguments.updates < 2:
        parser.error("--updates must be 2 or more")
    prepare_process()
    study = load_study(STUDIES / f"{arguments.study}.yaml", [f"preset={arguments.preset}", *arguments.overrides])
    known = model_shape(study.base_model)
    assert known is not None
    batch = arguments.batch or study.ppo.batch_size
    seconds = _updates(study, known.shape, batch=batch, updates=arguments.updates)
    _print(study, known.shape, batch=batch, seconds=seconds)


def _updates(study: StudySpec, shape: TransformerShape, *, batch: int, updates: int) -> list[float]:
    """Seconds of each update but the first."""
    task, compute = study.task, study.compute
    model = build_language_model(
        ModelShape(layers=shape.layers, width=shape.width, heads=shape.heads, context=shape.context,
                   vocab_size=shape.vocabulary), seed=1)
    place, frozen_place = trained(compute), frozen(compute)
    reward_model = RewardModel.from_language_model(model, seed=2).to(frozen_place.device)
    reward_model.body.to(frozen_place.dtype)  # its head stays in single precision
    reference = Policy(copy.deepcopy(model).to(frozen_place.device, frozen_place.dtype), temperature=task.temperature)
    policy = Policy(model.to(place.device), temperature=task.temperature)
    settings = replace(study.ppo, batch_size=batch, episodes=batch * updates)
    trainer = PPOTrainer(policy, reference, settings=settings, end_token=13, end=task.response, seed=3, compute=compute)
    generator = torch.Generator().manual_seed(4)
    found = []
    for number in range(updates):
        queries = TokenBatch(torch.randint(shape.vocabulary, (batch, task.query_tokens), generator=generator))
        began = time.perf_counter()
        trainer.step(queries.to(place.device), torch.arange(batch) + number * batch, reward_model.score)
        found.append(time.perf_counter() - began)
        print(f"update {number + 1}: {found[-1]:.1f} s", file=sys.stderr)
    return found[1:]


def _print(study: StudySpec, shape: TransformerShape, *, batch: int, seconds: list[float]) -> None:
    rate = batch * len(seconds) / sum(seconds)
    promised = ppo_memory(shape, settings=replace(study.ppo, batch_size=batch, episodes=batch), compute=study.compute,
                          query_tokens=study.task.query_tokens, response=study.task.response,
                          fused=torch.cuda.is_available())
    on_gpu = torch.cuda.is_available() and study.compute.device != "cpu"
    taken = torch.cuda.max_memory_reserved() if on_gpu else 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    device = torch.cuda.get_device_name() if on_gpu else f"{torch.get_num_threads()} threads"
    millions = shape.parameters / 1e6
    print(f"{study.study}: {millions:.0f}M parameters, batch {batch}, {study.compute.precision} on {device}")
    print(f"{sum(seconds) / len(seconds):.2f} s an update, {rate:.2f} episodes/s; "
          f"{study.ppo.episodes:,} episodes at that rate: {study.ppo.episodes / rate / 3600:,.1f} h")
    print(f"memory: {promised.peak / _GIB:.1f} GiB promised, {taken / _GIB:.1f} GiB "
          f"{'set aside on the GPU' if on_gpu else 'of the whole process'}")


if __name__ == "__main__":
    main()
