"""The algorithms beside two outside oracles: the numbers of method.json, and a NumPy transcription of the method."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.algorithms.advantages import gae, whiten
from harness.algorithms.kl import AdaptiveKL, approximate_kl, kl_rewards
from harness.algorithms.logprobs import token_logprobs
from harness.algorithms.losses import policy_loss, reward_loss, value_loss
from harness.algorithms.normalization import gain_and_bias
from harness.algorithms.responses import penalize, truncate
from harness.algorithms.schedules import online_labels
from harness.records import PAD
from harness.training.ppo_update import shaped_advantages
from harness.training.settings import PPOSettings
from tests.parity import numpy_method as method

FIXTURE = json.loads((Path(__file__).parent / "method.json").read_text())
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def close(ours, theirs, **tolerance):
    np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), **(tolerance or EXACT))


class TestFixture:
    @pytest.mark.parametrize("case", FIXTURE["whiten"], ids=lambda case: f"center={case['center']}")
    def test_whitening(self, case):
        close(whiten(tensor(case["values"]), center=case["center"]), case["expected"])

    @pytest.mark.parametrize("case", FIXTURE["gae"], ids=lambda case: f"{case['gamma']},{case['lam']}")
    def test_gae(self, case):
        ours = gae(tensor(case["rewards"]), tensor(case["values"]), gamma=case["gamma"], lam=case["lam"])
        close(ours.advantages, case["advantages"])
        close(ours.returns, case["returns"])

    def test_kl_rewards(self):
        case = FIXTURE["kl_rewards"]
        ours = kl_rewards(tensor(case["logprobs"]), tensor(case["ref_logprobs"]), tensor(case["scores"]),
                          beta=case["beta"])
        close(ours.rewards, case["rewards"])
        assert ours.kl_to_reference.mean().item() == pytest.approx(case["kl_to_reference_mean"], rel=1e-12)

    def test_update(self):
        case = FIXTURE["update"]
        settings = PPOSettings(gamma=case["gamma"], lam=case["lam"], whiten_rewards=case["whiten_rewards"])
        shaped = shaped_advantages(tensor(case["rewards"]), tensor(case["values_old"]), settings)
        close(whiten(tensor(case["rewards"]), center=False), case["whitened_rewards"])
        close(shaped.advantages, case["advantages"])
        close(shaped.returns, case["returns"])
        policy = policy_loss(tensor(case["logprobs_new"]), tensor(case["logprobs_old"]), shaped.advantages,
                             clip=case["clip"])
        value = value_loss(tensor(case["values_new"]), tensor(case["values_old"]), shaped.returns,
                           clip=case["clip_value"])
        close(policy.loss, case["policy_loss"])
        close(value.loss, case["value_loss"])
        close(policy.loss + case["value_coefficient"] * value.loss, case["total_loss"])
        close(policy.clip_fraction, case["policy_clip_fraction"])
        close(value.clip_fraction, case["value_clip_fraction"])
        close(approximate_kl(tensor(case["logprobs_new"]), tensor(case["logprobs_old"])), case["approx_kl"])

    def test_adaptive_kl(self):
        case = FIXTURE["adaptive_kl"]
        control = AdaptiveKL(case["start"], target=case["target"], horizon=case["horizon"])
        for step in case["path"]:
            control.update(step["kl"], episodes=case["episodes_per_batch"])
            assert control.beta == pytest.approx(step["beta_after"], rel=1e-12)

    def test_temperature(self):
        case = FIXTURE["temperature"]
        ours = token_logprobs(tensor(case["logits"]), torch.tensor(case["tokens"]), temperature=case["temperature"])
        close(ours.logprobs, case["logprobs"])
        close(ours.entropies, case["entropies"])

    @pytest.mark.parametrize("case", FIXTURE["truncation"], ids=lambda case: str(case["tokens"]))
    def test_truncation_and_penalty(self, case):
        assert case["pad"] == PAD
        ours = truncate(torch.tensor([case["tokens"]]), end_token=case["end"], truncate_after=case["after"])
        assert ours.tokens.tolist() == [case["truncated"]]
        assert ours.valid.tolist() == [case["valid"]]
        assert penalize(tensor([2.0]), ours.valid, penalty=-1.0).tolist() == [case["score_if_raw_is_2"]]

    def test_best_of_k(self):
        case = FIXTURE["best_of_k"]
        ours = reward_loss(tensor(case["scores"]), torch.tensor(case["best"]))
        close(ours.loss, case["loss"])
        close(ours.accuracy, case["accuracy"])

    def test_normalization(self):
        case = FIXTURE["normalisation"]
        ours = gain_and_bias(tensor(case["raw"]), target_mean=case["target_mean"], target_std=case["target_std"])
        assert ours == pytest.approx((case["gain"], case["bias"]), rel=1e-12)

    def test_online_schedule(self):
        case = FIXTURE["online_schedule"]
        for point in case["at"]:
            ours = online_labels(point["episode"], initial=case["initial"], total=case["total"],
                                 episodes=case["episodes"])
            assert ours == pytest.approx(point["labels"], rel=1e-12)


def arrays(seed, *shape, scale=1.0):
    return np.random.default_rng(seed).normal(size=shape) * scale


SEED, ROWS, TIME = st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 9)


@settings(deadline=None, max_examples=25)
@given(seed=SEED, rows=ROWS, time=TIME, gamma=st.floats(0, 1), lam=st.floats(0, 1))
def test_advantages_are_those_of_the_transcription(seed, rows, time, gamma, lam):
    rewards, values = arrays(seed, rows, time), arrays(seed + 1, rows, time)
    ours = gae(tensor(rewards), tensor(values), gamma=gamma, lam=lam)
    advantages, returns = method.gae(rewards, values, gamma, lam)
    close(ours.advantages, advantages, rtol=1e-9, atol=1e-10)
    close(ours.returns, returns, rtol=1e-9, atol=1e-10)


@settings(deadline=None, max_examples=25)
@given(seed=SEED, rows=ROWS, time=TIME, clip=st.floats(0.01, 0.5))
def test_losses_are_those_of_the_transcription(seed, rows, time, clip):
    new, old, advantages = (arrays(seed + i, rows, time) for i in range(3))
    policy = policy_loss(tensor(new), tensor(old), tensor(advantages), clip=clip)
    close((policy.loss, policy.clip_fraction), method.policy_loss(new, old, advantages, clip), rtol=1e-9)
    value = value_loss(tensor(new), tensor(old), tensor(advantages), clip=clip)
    close((value.loss, value.clip_fraction), method.value_loss(new, old, advantages, clip), rtol=1e-9)
    close(approximate_kl(tensor(new), tensor(old)), method.approximate_kl(new, old), rtol=1e-9)
    rewards = kl_rewards(tensor(new), tensor(old), tensor(advantages[:, 0]), beta=clip)
    for ours, theirs in zip(rewards, method.kl_rewards(new, old, advantages[:, 0], clip), strict=True):
        close(ours, theirs, rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=25)
@given(seed=SEED, rows=ROWS, k=st.integers(2, 5), temperature=st.floats(0.3, 2.0))
def test_choices_are_those_of_the_transcription(seed, rows, k, temperature):
    scores = arrays(seed, rows, k, scale=3.0)
    best = np.random.default_rng(seed).integers(0, k, rows)
    close(reward_loss(tensor(scores), torch.tensor(best)), method.reward_loss(scores.tolist(), best), rtol=1e-9)
    logprobs, entropies = method.token_logprobs(scores, best, temperature)
    ours = token_logprobs(tensor(scores), torch.tensor(best), temperature=temperature)
    close(ours.logprobs, logprobs, rtol=1e-9, atol=1e-11)
    close(ours.entropies, entropies, rtol=1e-8, atol=1e-11)


@settings(deadline=None, max_examples=50)
@given(tokens=st.lists(st.integers(0, 3), min_size=1, max_size=8), after=st.integers(0, 7))
def test_truncation_is_that_of_the_transcription(tokens, after):
    ours = truncate(torch.tensor([tokens]), end_token=2, truncate_after=after)
    assert (ours.tokens[0].tolist(), bool(ours.valid[0])) == method.truncate(tokens, 2, after, PAD)


@given(kl=st.floats(0, 100), beta=st.floats(0.001, 1), target=st.floats(0.1, 20), episodes=st.integers(1, 2048))
def test_adaptation_is_that_of_the_transcription(kl, beta, target, episodes):
    control = AdaptiveKL(beta, target=target, horizon=10_000)
    control.update(kl, episodes=episodes)
    assert control.beta == pytest.approx(method.adapt(beta, kl, target, episodes, 10_000))
