"""The KL of whole responses, against the sum over all that can be said."""

import itertools

import pytest
import torch

from harness.training.kl_measure import kl_of_responses
from tests.tiny import VOCABULARY, policy, random_queries


def test_its_mean_is_the_divergence_over_all_responses_of_two_tokens():
    ours, reference = policy(seed=1), policy(seed=2)
    query = random_queries([5])
    every = torch.tensor(list(itertools.product(range(VOCABULARY), repeat=2)))
    with torch.no_grad():
        many = random_queries([5]).__class__(query.tokens.expand(len(every), -1))
        own, other = (each.evaluate(many, every).logprobs.sum(dim=1).double() for each in (ours, reference))
    exact = float((own.exp() * (own - other)).sum())
    asked = query.__class__(query.tokens.expand(400, -1))
    found = kl_of_responses(ours, reference, asked, length=2, seed=3)
    assert float(found.mean()) == pytest.approx(exact, abs=4 * float(found.std()) / 20)
    assert float(found.std()) < 0.5 * exact, "the first token's divergence is exact, so little is left to chance"


def test_a_policy_is_nowhere_from_itself():
    assert kl_of_responses(policy(), policy(), random_queries([3, 6]), length=4, seed=1).abs().max() < 1e-6
