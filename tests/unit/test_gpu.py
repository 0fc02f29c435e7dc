"""The GPU path: its program on a CPU at a tiny shape, and, where there is a GPU, graphs and a host that never waits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from harness.models.generation import sample_responses
from harness.models.graphs import SamplingGraphs
from harness.training.rollout import collect
from harness.training.settings import EndRule
from tests import tiny

ROOT = Path(__file__).resolve().parents[2]
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
                end_token=21, end=EndRule(tokens=6, after=2), seed=1, micro_batch=None)
    finally:
        torch.cuda.set_sync_debug_mode("default")
