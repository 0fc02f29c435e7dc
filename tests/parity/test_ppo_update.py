"""A whole PPO batch beside a plain one: Hugging Face's own forward pass, loops, and Adam by hand, in float64."""

import copy

import numpy as np
import pytest
import torch

from harness.models.loading import ModelShape, build_language_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.training.ppo_update import PPOTrainer
from harness.training.settings import EndRule, KLSettings, PPOSettings
from tests.parity import numpy_method as method

TEMPERATURE, LENGTH, END = 0.7, 6, 3
QUERIES = [(1, 2, 3, 4), (5, 6), (7, 8, 9), (2,)]


def tiny_policy():
    shape = ModelShape(layers=2, width=16, heads=2, context=16, vocab_size=13)
    policy = Policy(build_language_model(shape, seed=5).double(), temperature=TEMPERATURE)
    generator = torch.Generator().manual_seed(1)
    for parameter in policy.parameters():  # large enough weights that every term of the update counts
        parameter.data += 0.1 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return policy


def plain_pass(policy, query, response):
    """(log-probabilities, values) of one episode, unpadded, by the module's own forward pass."""
    tokens = torch.tensor([[*query, *response]])
    out = policy.language_model(tokens, output_hidden_states=True)
    at = slice(len(query) - 1, len(query) - 1 + len(response))
    logprobs = torch.log_softmax(out.logits[0, at] / policy.temperature, dim=-1)
    values = policy.value_head(out.hidden_states[-1][0, at]).squeeze(-1)
    return logprobs.gather(1, torch.tensor(response)[:, None]).squeeze(1), values


def plain_update(policy, reference, responses, scores, settings, *, rate):
    """One batch of the released code's update, one episode at a time."""
    pairs = list(zip(QUERIES, responses, strict=True))
    with torch.no_grad():
        old = [plain_pass(policy, *pair) for pair in pairs]
        ref = [plain_pass(reference, *pair)[0] for pair in pairs]
    stack = lambda parts: torch.stack(list(parts)).numpy()  # noqa: E731
    old_logprobs, old_values = stack(p for p, _ in old), stack(v for _, v in old)
    rewards, kl = method.kl_rewards(old_logprobs, stack(ref), scores, settings.kl.coefficient)
    advantages, returns = method.gae(method.whiten(rewards, center=False), old_values, settings.gamma, settings.lam)
    advantages = method.whiten(advantages, center=True)
    parameters = list(policy.parameters())
    first = [torch.zeros_like(p) for p in parameters]
    second = [torch.zeros_like(p) for p in parameters]
    for count in range(1, settings.epochs + 1):
        new = [plain_pass(policy, *pair) for pair in pairs]
        logprobs, values = torch.stack([p for p, _ in new]), torch.stack([v for _, v in new])
        ratio = torch.exp(logprobs - torch.tensor(old_logprobs))
        gains = torch.tensor(advantages)
        policy_loss = torch.max(-gains * ratio, -gains * ratio.clamp(0.8, 1.2)).mean()
        targets, before = torch.tensor(returns), torch.tensor(old_values)
        near = before + (values - before).clamp(-0.2, 0.2)
        value_loss = 0.5 * torch.max((values - targets) ** 2, (near - targets) ** 2).mean()
        grads = torch.autograd.grad(policy_loss + 0.1 * value_loss, parameters)
        with torch.no_grad():
            for p, g, m, v in zip(parameters, grads, first, second, strict=True):
                m.mul_(0.9).add_(g, alpha=0.1)
                v.mul_(0.999).add_(g * g, alpha=0.001)
                p -= rate * (m / (1 - 0.9**count)) / ((v / (1 - 0.999**count)).sqrt() + settings.adam_epsilon)
    return kl.mean()


@pytest.mark.parametrize("micro_batch", [None, 1, 3])
def test_one_batch_moves_every_weight_as_a_plain_implementation_does(micro_batch):
    settings = PPOSettings(episodes=4 * 10, batch_size=4, learning_rate=1e-2, micro_batch=micro_batch,
                           kl=KLSettings(coefficient=0.3))
    trained, reference = tiny_policy(), tiny_policy()
    reference.language_model.transformer.wte.weight.data *= 1.1
    plain = copy.deepcopy(trained)
    trainer = PPOTrainer(trained, reference, settings=settings, end_token=END,
                         end=EndRule(tokens=LENGTH, truncate_after=2), seed=9)
    raw = torch.tensor([0.5, -0.7, 1.2, 0.1], dtype=torch.float64)
    step = trainer.step(TokenBatch.from_sequences(QUERIES), torch.arange(4), lambda queries, truncated: raw)

    responses = step.tokens.tolist()
    valid = [method.truncate(response, END, 2, -1)[1] for response in responses]
    scores = np.where(valid, raw.numpy(), -1.0)
    kl = plain_update(plain, reference, responses, scores, settings, rate=1e-2)

    assert step.scores.tolist() == pytest.approx(scores.tolist())
    assert step.metrics["objective/kl"] == pytest.approx(kl, rel=1e-9)
    for (name, ours), theirs in zip(trained.named_parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-9, msg=lambda text, name=name: f"{name}: {text}")
