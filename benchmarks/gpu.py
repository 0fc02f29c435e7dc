"""Times PPO on one GPU, with a table of where the time goes.

    python benchmarks/gpu.py [--shape 774m] [--batch 512] [--precision bf16] [--updates 5] [--no-graph]

Needs torch and transformers alone. The same code as a study's: half precision over single-precision weights, fused
attention and Adam, sampling as one CUDA graph, no host synchronisation inside a rollout.
`--device cpu --shape tiny --batch 8` tries the program itself.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.speed.workload import Shape
from harness.algorithms.kl import kl_rewards
from harness.algorithms.responses import truncate
from harness.models.generation import sample_responses
from harness.models.loading import ModelShape, build_language_model
from harness.models.memory import prepare_process
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.seeds import derive_seed
from harness.training.memory import TransformerShape, ppo_memory
from harness.training.ppo_update import PPOTrainer
from harness.training.reward_fit import score_in_micro_batches
from harness.training.rollout import collect, evaluate_in_micro_batches
from harness.training.settings import ComputeSettings, EndRule, PPOSettings

SHAPES = {
    "774m": TransformerShape(layers=36, width=1280, heads=20, vocabulary=50257, context=1024),
    "124m": TransformerShape(layers=12, width=768, heads=12, vocabulary=50257, context=1024),
    "tiny": TransformerShape(layers=2, width=64, heads=2, vocabulary=512, context=128),
}
QUERY, END, STOP, TEMPERATURE = 64, EndRule(tokens=24, truncate_after=16), 13, 0.7
GOAL = 120
"""Episodes a second of the 774M shape at batch 512 on one H200."""


def main() -> None:
    """Warm up, time whole updates, then time each part by itself."""
    options = _options()
    prepare_process()
    shape, device = SHAPES[options.shape], torch.device(options.device)
    compute = ComputeSettings(device=options.device, precision=options.precision)
    settings = PPOSettings(episodes=10_000 * options.batch, batch_size=options.batch, micro_batch=options.micro_batch)
    trainer, reward_model = _models(shape, settings, compute, device)
    if options.no_graph:
        trainer.sample = sample_responses
    score = partial(score_in_micro_batches, reward_model)
    batch = _queries(shape, options.batch)
    clock = _Clock(device)

    def update() -> None:
        trainer.step(batch, torch.arange(options.batch) + options.batch * trainer.steps_done, score)

    update()
    whole = clock.seconds(update, times=options.updates)
    held = torch.cuda.max_memory_reserved() if device.type == "cuda" else None
    parts = _parts(trainer, reward_model, batch, clock)
    _print(options, shape, compute, settings, whole, parts, held)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--shape", choices=SHAPES, default="774m")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--micro-batch", type=int, default=None, help="episodes a training pass (default: by logits)")
    parser.add_argument("--updates", type=int, default=5)
    parser.add_argument("--no-graph", action="store_true", help="sample without a CUDA graph")
    return parser.parse_args()


def _models(shape: TransformerShape, settings: PPOSettings, compute: ComputeSettings,
            device: torch.device) -> tuple[PPOTrainer, RewardModel]:
    """Random weights: their values do not change how long anything takes."""
    def language_model() -> Any:
        return build_language_model(ModelShape(layers=shape.layers, width=shape.width, heads=shape.heads,
                                               context=shape.context, vocab_size=shape.vocabulary), seed=1)

    half = torch.bfloat16 if compute.precision == "bf16" else torch.float32
    reward_model = RewardModel.from_language_model(language_model(), seed=1).to(device).requires_grad_(False)
    reward_model.body.to(half)
    policy = Policy(language_model().to(device), temperature=TEMPERATURE)
    reference = Policy(language_model().to(device, half), temperature=TEMPERATURE)
    return PPOTrainer(policy, reference, settings=settings, end_token=STOP, end=END, seed=1,
                      compute=compute), reward_model


def _queries(shape: TransformerShape, rows: int) -> TokenBatch:
    """On the host, as a study has them; one in eight a little shorter than the rest."""
    generator = torch.Generator().manual_seed(0)
    lengths = [QUERY - (1 + row % 7) * (row % 8 == 7) for row in range(rows)]
    return TokenBatch.from_sequences(
        [torch.randint(STOP + 1, shape.vocabulary, (length,), generator=generator).tolist() for length in lengths])


class _Clock:
    """Seconds of work that a device does behind the host's back."""

    def __init__(self, device: torch.device) -> None:
        self._wait: Callable[[], None] = torch.cuda.synchronize if device.type == "cuda" else lambda: None

    def seconds(self, work: Callable[[], Any], *, times: int = 3) -> float:
        """The median of a few times, after a first that is not counted."""
        work()
        found = []
        for _ in range(times):
            self._wait()
            began = time.perf_counter()
            work()
            self._wait()
            found.append(time.perf_counter() - began)
        return statistics.median(found)


@torch.no_grad()
def _rollout(trainer: PPOTrainer, reward_model: RewardModel, batch: TokenBatch) -> Any:
    return collect(trainer.policy, trainer.reference, batch, torch.arange(len(batch)), end=END, end_token=STOP,
                   seed=_seed(trainer), score=partial(score_in_micro_batches, reward_model),
                   micro_batch=trainer.settings.micro_batch, sample=trainer.sample)


def _seed(trainer: PPOTrainer) -> int:
    """The trainer's own, so that its graph serves here too."""
    return derive_seed(trainer.seed, "rollout")


def _parts(trainer: PPOTrainer, reward_model: RewardModel, batch: TokenBatch, clock: _Clock) -> dict[str, float]:
    """Seconds of each part of an update, by itself."""
    policy, micro_batch = trainer.policy, trainer.settings.micro_batch
    queries, stream_ids = batch.to(policy.device), torch.arange(len(batch))
    rollout = _rollout(trainer, reward_model, batch)
    truncated = truncate(rollout.tokens, end_token=STOP, truncate_after=END.truncate_after).tokens

    @torch.no_grad()
    def sampling() -> None:
        trainer.sample(policy, queries, length=END.tokens, seed=_seed(trainer), stream_ids=stream_ids,
                       with_values=True)

    @torch.no_grad()
    def evaluate(model: Policy) -> None:
        evaluate_in_micro_batches(model, queries, rollout.tokens, micro_batch=micro_batch)

    rewards, _ = kl_rewards(rollout.logprobs, rollout.ref_logprobs, rollout.scores, beta=0.15)
    everything = torch.arange(len(batch))
    return {
        "sampling": clock.seconds(sampling),
        "log-probabilities of the policy once more (half precision only)":
            clock.seconds(partial(evaluate, policy)) if policy.is_half else 0.0,
        "log-probabilities of the reference": clock.seconds(partial(evaluate, trainer.reference)),
        "scores": clock.seconds(lambda: score_in_micro_batches(reward_model, queries, truncated)),
        "forward and backward, four epochs":
            4 * clock.seconds(lambda: trainer.train_minibatch(rollout, rewards, everything)),
        "Adam, four steps": 4 * clock.seconds(lambda: trainer.optimizer.step(learning_rate=1e-6)),
    }


def _print(options: argparse.Namespace, shape: TransformerShape, compute: ComputeSettings, settings: PPOSettings,
           whole: float, parts: dict[str, float], held: int | None) -> None:
    """held: bytes, the most that was set aside on the GPU for updates."""
    cuda = held is not None
    name = torch.cuda.get_device_name() if cuda else "CPU"
    rate = options.batch / whole
    work = Shape(options.shape, shape.layers, shape.width, shape.heads, shape.vocabulary, options.batch)
    best = _product_rate(compute)
    share = rate * work.gflop_per_episode / best
    print(f"{name}, torch {torch.__version__}: {options.shape}, batch {options.batch}, {options.precision}, "
          f"{'no graph' if options.no_graph or not cuda else 'sampling as a graph'}")
    print(f"{rate:.1f} episodes/s (goal for 774m at 512 on an H200: {GOAL}), {whole:.3f} s an update")
    print(f"the least work, {work.gflop_per_episode:,.0f} GFLOP an episode, at {best / 1000:,.1f} TFLOP/s of matrix "
          f"products: {best / work.gflop_per_episode:.0f} episodes/s, of which this is {share:.0%}\n")
    print("| part | seconds | share |\n| --- | --- | --- |")
    for part, seconds in {**parts, "the rest": whole - sum(parts.values())}.items():
        print(f"| {part} | {seconds:.4f} | {seconds / whole:.0%} |")
    promised = ppo_memory(shape, settings=settings, compute=compute, query_tokens=QUERY, response=END)
    measured = "" if held is None else f", set aside {held / 2**30:.1f} GiB"
    print(f"\nmemory: promised {promised.peak / 2**30:.1f} GiB{measured}")
    print(json.dumps({"device": name, "shape": options.shape, "batch": options.batch, "episodes_per_second": rate,
                      "seconds": whole, "share_of_floor": share, "parts": parts}))


def _product_rate(compute: ComputeSettings) -> float:
    """Gflop/s of one large matrix product in the precision of the run."""
    size = 8192 if compute.device == "cuda" else 1024
    dtype = torch.bfloat16 if compute.precision == "bf16" else torch.float32
    x, y = (torch.randn(size, size, device=compute.device, dtype=dtype) for _ in range(2))
    return 2 * size**3 / _Clock(torch.device(compute.device)).seconds(lambda: x @ y, times=20) / 1e9


if __name__ == "__main__":
    main()
