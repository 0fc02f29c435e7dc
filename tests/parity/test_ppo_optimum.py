"""PPO against an answer known in closed form.

With one-token responses and fixed β the best policy is π*(y) ∝ ρ(y)·exp(r(y)/β): the maximiser of
E[r] − β·KL(π‖ρ). Over all β these are the frontier: no policy has a higher reward at its KL.
"""

import numpy as np
import pytest
import torch

from harness.models.loading import ModelShape, build_language_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.statistics.frontier import optimum
from harness.training.kl_measure import kl_of_responses
from harness.training.ppo_update import PPOTrainer
from harness.training.settings import EndRule, KLSettings, PPOSettings

VOCABULARY, BETA, BATCH, BATCHES = 6, 0.5, 128, 100
REWARDS = torch.tensor([1.0, -0.5, 0.3, 0.0, 0.8, -1.0])
QUERY = torch.tensor([[2, 3]])


def policy():
    shape = ModelShape(layers=1, width=16, heads=2, context=4, vocab_size=VOCABULARY)
    made = Policy(build_language_model(shape, seed=1), temperature=0.8)
    with torch.no_grad():  # a reference that is far from uniform
        made.language_model.transformer.wte.weight *= 5
    return made


def distribution(of):
    with torch.no_grad():
        every_token = torch.arange(VOCABULARY)[:, None]
        return of.evaluate(TokenBatch(QUERY.expand(VOCABULARY, -1)), every_token).logprobs[:, 0].exp()


def total_variation(p, q):
    return 0.5 * float((p - q).abs().sum())


def known_optimum(start, beta):
    best = start * torch.exp(REWARDS / beta)
    return best / best.sum()


def place(of, start):
    """(KL to the start, expected reward) of a distribution."""
    return float((of * (of / start).log()).sum()), float((of * REWARDS).sum())


@pytest.mark.parametrize("whiten_rewards", [True, False])
def test_ppo_finds_the_optimum_and_its_snapshots_lie_on_the_frontier_known_in_closed_form(whiten_rewards):
    trained, reference = policy(), policy()
    start = distribution(reference)
    best = known_optimum(start, BETA)
    settings = PPOSettings(episodes=BATCH * BATCHES, batch_size=BATCH, learning_rate=3e-3,
                           whiten_rewards=whiten_rewards, kl=KLSettings(coefficient=BETA))
    trainer = PPOTrainer(trained, reference, settings=settings, end_token=None,
                         end=EndRule(tokens=1, truncate_after=0), seed=2)
    queries = TokenBatch(QUERY.expand(BATCH, -1))
    snapshots = []
    for batch in range(BATCHES):
        trainer.step(queries, BATCH * batch + torch.arange(BATCH), lambda queries, truncated: REWARDS[truncated[:, 0]])
        if batch % 10 == 9:
            snapshots.append(place(distribution(trained), start))

    assert total_variation(start, best) > 0.3, "the test needs a policy that has somewhere to go"
    assert total_variation(distribution(trained), best) < 0.02
    assert torch.equal(distribution(reference), start)
    kls, rewards = zip(*(place(known_optimum(start, beta), start) for beta in np.geomspace(50, 0.05, 400)), strict=True)
    short = [np.interp(kl, kls, rewards) - reward for kl, reward in snapshots]
    assert min(short) > -1e-3, "nobody is above the frontier"
    assert max(short[-5:]) < 0.01, "and PPO at rest is on it"
    measured = kl_of_responses(trained, reference, TokenBatch(QUERY.expand(8, -1)), length=1, seed=3)
    assert measured.tolist() == pytest.approx([snapshots[-1][0]] * 8, abs=1e-5)


@pytest.mark.parametrize("beta", [2.0, 1.0, 0.5])
def test_reweighted_samples_of_the_start_lie_on_the_frontier(beta):
    start = distribution(policy())
    drawn = torch.multinomial(start, 20_000, replacement=True, generator=torch.Generator().manual_seed(1))
    rewards = REWARDS[drawn].double().numpy().reshape(2, -1)
    found = optimum(rewards, rewards, beta)
    assert (found.kl, found.value) == pytest.approx(place(known_optimum(start, beta), start), abs=0.02)
