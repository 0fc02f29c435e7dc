"""What a policy gains for its KL, on validation queries."""

import numpy as np
import pytest
import torch

from harness.labels.frontier_samples import FrontierSamples
from harness.labels.held_out import HeldOut, measured_steps
from harness.labels.simulated import SimulatedLabeler
from harness.models.loading import load_tokenizer
from harness.models.policy import Policy
from harness.tasks.query_table import read_queries
from tests.unit.stages.stage_calls import STUDY, finished_stages


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return finished_stages(tmp_path_factory.mktemp("stages"))


def letters(queries, responses):
    """A scorer: the share of letters that are e."""
    return [text.count("e") / max(len(text), 1) for text in responses]


def lengths(queries, responses):
    return (responses >= 0).sum(dim=-1).double()


def held_out(inputs, samples, labeler):
    return HeldOut(samples, read_queries(inputs["queries"] / "valid.arrow"),
                   load_tokenizer(inputs["start"] / "model"), rule=STUDY.task.response, score=lengths,
                   labeler=labeler, seed=3)


def test_the_start_is_at_no_kl_and_wins_half(inputs):
    samples = FrontierSamples.load(inputs["frontier_samples"])
    policy = Policy.from_pretrained(inputs["start"] / "model", temperature=STUDY.task.temperature)
    labeler = SimulatedLabeler(f"{__name__}:letters", noise=0.0, lapse_rate=0.0)
    rng = np.random.default_rng(1)
    gold = rng.choice([0.1, 0.2], samples.gold.shape)
    found = held_out(inputs, FrontierSamples(samples.responses, samples.valid, gold), labeler)
    figures = found.metrics(policy, policy)
    assert figures["held_out/kl"] == pytest.approx(0, abs=1e-9)
    assert 0 <= figures["held_out/win_rate"] <= 1
    better = FrontierSamples(samples.responses, samples.valid, np.full_like(gold, -1.0))
    assert held_out(inputs, better, labeler).metrics(policy, policy)["held_out/win_rate"] == 1.0
    worse = FrontierSamples(samples.responses, samples.valid, np.full_like(gold, 2.0))
    lapsing = SimulatedLabeler(f"{__name__}:letters", noise=0.1, lapse_rate=0.2)
    assert held_out(inputs, worse, lapsing).metrics(policy, policy)["held_out/win_rate"] == pytest.approx(0.1, abs=1e-4)
    assert held_out(inputs, samples, None).metrics(policy, policy).keys() == {"held_out/kl", "held_out/score"}


def test_the_reward_of_a_sample_is_its_score_or_the_penalty(inputs):
    samples = FrontierSamples.load(inputs["frontier_samples"])
    found = held_out(inputs, samples, None).rewards_of_reference()
    expected = np.where(samples.valid, (samples.responses >= 0).sum(axis=2), STUDY.task.response.penalty)
    assert found.tolist() == expected.tolist()
    assert torch.is_tensor(lengths(None, torch.zeros(1, 1)))


@pytest.mark.parametrize(("total", "every"), [(80, 1), (5, 1), (1000, 5)])
def test_times_are_logged_batches_up_to_the_last_and_closer_at_the_beginning(total, every):
    found = sorted(measured_steps(total, every=every))
    assert all(step % every == 0 and 0 < step <= total for step in found)
    assert found[-1] == total and len(found) <= 12
    gaps = np.diff(found)
    assert gaps[0] <= gaps[-1]
