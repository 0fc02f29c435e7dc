"""PPO against an answer known in closed form.

With one-token responses and fixed β the best policy is π*(y) ∝ ρ(y)·exp(r(y)/β): the maximiser of
E[r] − β·KL(π‖ρ).
"""

import pytest
import torch

from harness.models.loading import ModelShape, build_language_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
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


@pytest.mark.parametrize("whiten_rewards", [True, False])
def test_ppo_finds_the_optimum_known_in_closed_form(whiten_rewards):
    trained, reference = policy(), policy()
    start = distribution(reference)
    optimum = start * torch.exp(REWARDS / BETA)
    optimum /= optimum.sum()
    settings = PPOSettings(episodes=BATCH * BATCHES, batch_size=BATCH, learning_rate=3e-3,
                           whiten_rewards=whiten_rewards, kl=KLSettings(coefficient=BETA))
    trainer = PPOTrainer(trained, reference, settings=settings, end_token=None,
                         end=EndRule(tokens=1, truncate_after=0), seed=2)
    queries = TokenBatch(QUERY.expand(BATCH, -1))
    for batch in range(BATCHES):
        trainer.step(queries, BATCH * batch + torch.arange(BATCH), lambda queries, truncated: REWARDS[truncated[:, 0]])

    assert total_variation(start, optimum) > 0.3, "the test needs a policy that has somewhere to go"
    assert total_variation(distribution(trained), optimum) < 0.02
    assert torch.equal(distribution(reference), start)
