"""The GPU path: its program on a CPU at a tiny shape, and, where there is a GPU, graphs and a host that never waits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from harness.models import micro_batch
from harness.models.generation import sample_responses
from harness.models.graphs import SamplingGraphs
from harness.models.policy import Policy
from harness.models.reward import RewardModel
from harness.training.comparisons import Comparisons
from harness.training.language_model_fit import fit_language_model
from harness.training.ppo_update import PPOTrainer
from harness.training.reward_fit import fit_reward_model
from harness.training.rollout import collect
from harness.training.settings import (
    ComputeSettings,
    EndRule,
    LanguageModelFitSettings,
    PPOSettings,
    RewardFitSettings,
)
from tests import tiny

ROOT = Path(__file__).resolve().parents[3]
QUERIES = tiny.random_queries([3, 7, 1, 5])
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def test_the_benchmark_s_program_runs_and_its_parts_are_all_of_an_update():
    words = ["--device", "cpu", "--shape", "tiny", "--batch", "8", "--updates", "1"]
    process = subprocess.run([sys.executable, str(ROOT / "benchmarks" / "gpu.py"), *words], text=True, check=True,
                             capture_output=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    figures = json.loads(process.stdout.splitlines()[-1])
    assert figures["episodes_per_second"] == pytest.approx(8 / figures["seconds"])
    assert all(seconds >= 0 for seconds in figures["parts"].values())
    assert len(figures["parts"]) == 6


def test_a_batch_that_is_known_answers_without_its_tokens():
    batch = tiny.random_queries([3, 7, 1])
    copy = type(batch)(torch.empty(3, 7, dtype=torch.int64, device="meta")).known_as(batch)
    assert (copy.is_padded, copy.longest, copy.left_padded) == (True, 7, copy)
    assert len(copy[[0, 1]]) == 2
    assert copy[[0, 1]].longest == 7


@needs_gpu
def test_a_graph_s_samples_are_those_without_it():
    policy = tiny.policy().to("cuda")
    graphs, settings = SamplingGraphs(), {"length": 8, "seed": 1, "with_values": True}
    for first in (0, 40):
        for move in (0.0, 0.1):
            with torch.no_grad():
                policy.language_model.transformer.wte.weight += move
            ids = torch.arange(first, first + 4)
            plain, graph = (draw(policy, QUERIES, stream_ids=ids, **settings) for draw in (sample_responses, graphs))
            assert torch.equal(plain.tokens, graph.tokens)
            torch.testing.assert_close(plain.logprobs, graph.logprobs)
            torch.testing.assert_close(plain.values, graph.values)


@needs_gpu
def test_the_host_never_waits_in_a_rollout():
    policy, reference = tiny.policy().to("cuda"), tiny.policy().to("cuda")
    queries, ids = QUERIES.to("cuda"), torch.arange(4, device="cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        collect(policy, reference, queries, ids, score=lambda queries, truncated: truncated.float().mean(dim=1),
                end_token=21, end=EndRule(tokens=6, truncate_after=2), seed=1, micro_batch=None)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@needs_gpu
@pytest.mark.parametrize("build", tiny.BUILDERS.values(), ids=tiny.BUILDERS)
def test_a_batch_too_large_for_its_keys_and_values_is_sampled_in_parts(build, monkeypatch):
    policy = Policy(build().to("cuda"), temperature=0.7)
    settings = {"length": 8, "seed": 1, "stream_ids": torch.arange(4), "with_values": True}
    whole = sample_responses(policy, QUERIES, **settings)
    monkeypatch.setitem(micro_batch.SAMPLED_CACHE, "cuda", 3 * policy.trunk.cached(query=7, candidates=1, length=8))
    parts = SamplingGraphs()(policy, QUERIES, **settings)
    assert torch.equal(whole.tokens, parts.tokens)
    torch.testing.assert_close(whole.logprobs, parts.logprobs)
    torch.testing.assert_close(whole.values, parts.values)


def ppo(device, precision="fp32"):
    """(the policy, the metrics of each batch)."""
    policy, reference = tiny.policy().to(device), tiny.policy().to(device)
    compute = ComputeSettings(device=device, precision=precision)
    if precision == "bf16":
        reference.language_model.to(torch.bfloat16)
    trainer = PPOTrainer(policy, reference, end_token=21, end=EndRule(tokens=6, truncate_after=2), seed=3,
                         compute=compute, settings=PPOSettings(episodes=40, batch_size=4, learning_rate=1e-4))
    metrics = [trainer.step(QUERIES, torch.arange(4) + 4 * batch,
                            lambda queries, truncated: truncated.float().mean(dim=1) / 10).metrics
               for batch in range(3)]
    trainer.finish()
    return policy, metrics


def reward(device):
    model = RewardModel.from_language_model(tiny.gpt2(), seed=2).to(device)
    candidates = torch.randint(0, 8, (4, 4, 5), generator=torch.Generator().manual_seed(0))
    return model, fit_reward_model(model, Comparisons(QUERIES, candidates, torch.arange(4)), seed=1,
                                   settings=RewardFitSettings(learning_rate=1e-4, batch_size=2))


def language_model(device):
    model = tiny.gpt2().to(device)
    return model, fit_language_model(model, tokens=[[row % 8, 1, 2, 3, row % 5][:2 + row % 4] for row in range(16)],
                                     seed=0, settings=LanguageModelFitSettings(learning_rate=1e-4, batch_size=8,
                                                                               steps=3))


@needs_gpu
@pytest.mark.parametrize("train", [ppo, reward, language_model])
def test_a_gpu_trains_what_a_cpu_does(train):
    weights = [torch.cat([p.detach().flatten().cpu() for p in train(device)[0].parameters()])
               for device in ("cpu", "cuda")]
    torch.testing.assert_close(*weights, rtol=1e-4, atol=1e-4)


@needs_gpu
def test_in_half_precision_a_policy_on_a_gpu_begins_at_its_reference():
    _, (first, *later) = ppo("cuda", precision="bf16")
    assert first["objective/kl"] == pytest.approx(0.0, abs=1e-4)
    assert all(torch.isfinite(torch.tensor(list(metrics.values()))).all() for metrics in (first, *later))


@needs_gpu
def test_a_vocabulary_out_of_step_has_the_logits_and_gradients_of_a_cpu():
    assert tiny.VOCABULARY % 8
    found = []
    for device in ("cpu", "cuda"):
        policy = tiny.policy().to(device)
        evaluation = policy.evaluate(QUERIES.to(device), torch.full((4, 5), 3, device=device))
        (evaluation.logprobs.sum() + evaluation.entropies.sum()).backward()
        found.append((evaluation.logprobs.detach().cpu(), policy.language_model.transformer.wte.weight.grad.cpu()))
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-5)
