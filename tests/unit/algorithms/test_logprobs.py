"""The fused log-probability: its derivative, its range and its entropy."""

import pytest
import torch

from harness.algorithms.logprobs import token_logprobs
from harness.models import logprobs
from harness.models.generation import sample_responses
from harness.models.prompts import TokenBatch
from tests import tiny


def test_gradient_is_that_of_finite_differences():
    logits = torch.randn(4, 9, dtype=torch.float64, requires_grad=True)
    tokens = torch.tensor([0, 3, 8, 3])
    assert torch.autograd.gradcheck(lambda z: token_logprobs(z, tokens, temperature=0.7).logprobs, (logits,))


@pytest.mark.parametrize("token_logprobs", [token_logprobs, logprobs.token_logprobs],
                         ids=["torch", "as models take it"])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 80.0, 3e4])
def test_log_probabilities_stay_finite_and_accurate_for_extreme_logits(scale, token_logprobs):
    logits = scale * torch.randn(64, 1000, generator=torch.Generator().manual_seed(0))
    tokens = logits.argmin(dim=1)
    ours = token_logprobs(logits, tokens)
    exact = torch.log_softmax(logits.double(), dim=1)
    torch.testing.assert_close(ours.logprobs.double(), exact.gather(1, tokens[:, None])[:, 0], rtol=1e-6, atol=1e-5)
    entropy = torch.distributions.Categorical(logits=logits.double()).entropy()
    torch.testing.assert_close(ours.entropies.double(), entropy, rtol=1e-5, atol=1e-6 * max(1.0, scale))


def test_sampling_and_log_probabilities_share_one_temperature():
    """The trap: temperature while sampling, but not in the log-probabilities."""
    policy = tiny.policy(temperature=0.5)
    rows = 4000
    queries = tiny.random_queries([3]).tokens.expand(rows, 3).clone()
    sampled = sample_responses(policy, TokenBatch(queries), length=1, seed=0, stream_ids=torch.arange(rows))
    counts = torch.bincount(sampled.tokens.flatten(), minlength=tiny.VOCABULARY).double()
    with torch.no_grad():
        expected = torch.softmax(policy.language_model(queries[:1]).logits[0, -1].double() / 0.5, dim=0)
    chi_squared = ((counts - rows * expected) ** 2 / (rows * expected)).sum().item()
    assert chi_squared < 2.0 * tiny.VOCABULARY
    torch.testing.assert_close(sampled.logprobs.flatten().exp().double(), expected[sampled.tokens.flatten()],
                               rtol=1e-4, atol=1e-6)
