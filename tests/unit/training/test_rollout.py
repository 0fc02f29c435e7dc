"""Episodes hold what was sampled, what truncation leaves of it, and what both policies say of it."""

import pytest
import torch

from harness.algorithms.responses import truncate
from harness.models.generation import sample_responses
from harness.training.rollout import collect, sampled_logprobs_and_values
from harness.training.settings import EndRule
from tests import tiny

END_TOKEN, END = 21, EndRule(tokens=6, truncate_after=2, penalty=-1.0)
QUERIES = tiny.random_queries([3, 7, 1, 5, 2, 6, 4, 3])

def collected(score, *, end_token=END_TOKEN, micro_batch=None):
    return collect(tiny.policy(), tiny.policy(seed=1), QUERIES, torch.arange(8), score=score, end_token=end_token,
                   end=END, seed=5, micro_batch=micro_batch)


def ten(queries, truncated):
    return torch.full((len(queries),), 10.0)


@pytest.mark.parametrize("micro_batch", [None, 3])
def test_log_probabilities_and_values_are_those_of_both_policies(micro_batch):
    rollout = collected(ten, micro_batch=micro_batch)
    policy, reference = (tiny.policy(seed=seed).evaluate(QUERIES, rollout.tokens) for seed in (0, 1))
    torch.testing.assert_close(rollout.logprobs, policy.logprobs, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(rollout.values, policy.values, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(rollout.ref_logprobs, reference.logprobs, rtol=1e-5, atol=1e-5)


def test_a_response_without_an_end_in_time_has_the_penalty_for_its_score():
    rollout = collected(ten)
    expected = truncate(rollout.tokens, end_token=END_TOKEN, truncate_after=END.truncate_after)
    assert torch.equal(rollout.truncated, expected.tokens)
    assert rollout.scores.tolist() == [10.0 if valid else -1.0 for valid in expected.valid]
    assert expected.valid.any() and not expected.valid.all()


def test_without_an_end_every_response_is_whole_and_valid():
    rollout = collected(ten, end_token=None)
    assert torch.equal(rollout.truncated, rollout.tokens)
    assert rollout.valid.all() and set(rollout.scores.tolist()) == {10.0}


def test_a_score_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match="8 responses"):
        collected(lambda queries, truncated: torch.zeros(8, 1))


def test_in_half_precision_sampled_responses_are_read_again_in_one_pass():
    """Decoding rounds otherwise; the ratio of an update to these must begin at 1."""
    policy = tiny.policy()
    policy.language_model.to(torch.bfloat16)
    sampled = sample_responses(policy, QUERIES, length=6, seed=1, stream_ids=torch.arange(8), with_values=True)
    with torch.no_grad():
        logprobs, values = sampled_logprobs_and_values(policy, QUERIES, sampled, micro_batch=8)
        whole = policy.evaluate(QUERIES, sampled.tokens.squeeze(1))
    torch.testing.assert_close(logprobs, whole.logprobs, rtol=0, atol=1e-6)
    torch.testing.assert_close(values, whole.values, rtol=0, atol=1e-6)
