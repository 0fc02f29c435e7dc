"""A saved policy is the same policy, here and in Hugging Face's own classes."""

import pytest
import torch
from transformers import AutoModelForCausalLM

from harness.models.policy import Policy
from tests import tiny

architectures = pytest.mark.parametrize("builder", tiny.BUILDERS.values(), ids=tiny.BUILDERS.keys())

@architectures
def test_a_policy_survives_saving_and_loads_in_hugging_face(tmp_path, builder):
    policy = tiny.policy(builder=builder)
    policy.save_pretrained(tmp_path)
    queries, responses = tiny.random_queries([3, 5]), torch.tensor([[1, 2, 3], [4, 5, 6]])
    again = Policy.from_pretrained(tmp_path, temperature=0.7)
    for ours, theirs in zip(again.evaluate(queries, responses), policy.evaluate(queries, responses), strict=True):
        assert torch.equal(ours, theirs)
    plain = AutoModelForCausalLM.from_pretrained(tmp_path)
    tokens = torch.tensor([[1, 2, 3, 4]])
    assert torch.equal(plain(tokens).logits, policy.language_model(tokens).logits)
