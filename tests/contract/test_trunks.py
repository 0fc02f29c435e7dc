"""The contract of every trunk: what Hugging Face's own forward pass says of one unpadded row at a time
(`trunk`, `trunks`, `generic_trunk`)."""

import pytest
import torch

from harness.errors import InputError
from harness.models.compiled_trunk import CompiledTrunk
from harness.models.generation import EndToken, sample_responses
from harness.models.generic_trunk import GenericTrunk
from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.loading import load_language_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from harness.models.trunks import trunk_of
from harness.records import PAD
from tests import tiny
from tests.shared_data import shared_folder

TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
architectures = pytest.mark.parametrize("builder", tiny.BUILDERS.values(), ids=tiny.BUILDERS.keys())
sides = pytest.mark.parametrize("side", ["left", "right"])


def row_logits(model, tokens):
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0]


def row_hidden(model, tokens):
    return model.base_model(torch.tensor([tokens])).last_hidden_state[0]


def test_gpt2_shapes_get_the_trunk_of_their_own():
    assert type(trunk_of(tiny.gpt2())) is CompiledTrunk
    assert type(trunk_of(tiny.gpt2(width=40))) is GPT2Trunk
    assert type(trunk_of(tiny.llama())) is GenericTrunk


@architectures
@sides
def test_evaluation_is_the_module_s_own_log_softmax(builder, side):
    policy = tiny.policy(builder=builder)
    queries = tiny.random_queries([7, 3, 1, 7], side=side)
    responses = torch.randint(0, tiny.VOCABULARY, (4, 5), generator=torch.Generator().manual_seed(3))
    ours = policy.evaluate(queries, responses)
    for row, query in enumerate(queries.sequences()):
        tokens = [*query, *responses[row].tolist()]
        at = slice(len(query) - 1, len(tokens) - 1)
        logprobs = torch.log_softmax(row_logits(policy.language_model, tokens)[at] / 0.7, dim=-1)
        torch.testing.assert_close(ours.logprobs[row], logprobs.gather(1, responses[row, :, None])[:, 0], **TOLERANCE)
        torch.testing.assert_close(ours.entropies[row], -(logprobs.exp() * logprobs).sum(-1), **TOLERANCE)
        values = policy.value_head(row_hidden(policy.language_model, tokens)[at])[:, 0]
        torch.testing.assert_close(ours.values[row], values, **TOLERANCE)


@architectures
@sides
@pytest.mark.parametrize("candidates", [1, 3])
def test_sampled_logprobs_and_values_are_those_of_a_whole_pass(builder, side, candidates):
    policy = tiny.policy(builder=builder)
    queries = tiny.random_queries([6, 2, 4], side=side)
    sampled = sample_responses(policy, queries, length=8, seed=1, stream_ids=torch.arange(3),
                               candidates=candidates, with_values=True)
    for k in range(candidates):
        whole = policy.evaluate(queries, sampled.tokens[:, k])
        torch.testing.assert_close(sampled.logprobs[:, k], whole.logprobs, **TOLERANCE)
        torch.testing.assert_close(sampled.values[:, k], whole.values, **TOLERANCE)


@architectures
@sides
def test_a_query_read_once_scores_and_trains_as_separate_forward_passes_do(builder, side):
    """Scores, and every gradient, equal those of k unpadded rows through the module itself."""
    lm = builder()
    model = RewardModel.from_language_model(lm, seed=4)
    model.set_scale(gain=1.7, bias=-0.3)
    queries = tiny.random_queries([6, 2, 4], side=side)
    candidates = torch.randint(0, tiny.VOCABULARY, (3, 4, 5), generator=torch.Generator().manual_seed(8))
    candidates[0, 1, 3:] = PAD
    candidates[2, 3, 1:] = PAD
    weights = torch.linspace(-1, 2, 12).view(3, 4)

    scores = model.score(queries, candidates)
    (scores * weights).sum().backward()
    shared = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}

    model.zero_grad()
    plain = torch.zeros(3, 4)
    for row, query in enumerate(queries.sequences()):
        for k in range(4):
            tokens = [*query, *(t for t in candidates[row, k].tolist() if t != PAD)]
            hidden = model.body(torch.tensor([tokens])).last_hidden_state[0, -1]
            plain[row, k] = 1.7 * model.head(hidden)[0] - 0.3
    (plain * weights).sum().backward()

    torch.testing.assert_close(scores, plain, **TOLERANCE)
    separate = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert shared.keys() == separate.keys()
    for name, grad in separate.items():
        torch.testing.assert_close(shared[name], grad, rtol=1e-5, atol=1e-5 * float(grad.abs().max()))


@architectures
def test_a_padded_batch_trains_as_its_rows_do(builder):
    policy = tiny.policy(builder=builder)
    queries = tiny.random_queries([7, 1, 4])
    responses = torch.randint(0, tiny.VOCABULARY, (3, 5), generator=torch.Generator().manual_seed(3))
    evaluation = policy.evaluate(queries, responses)
    (evaluation.logprobs.sum() + evaluation.values.sum()).backward()
    batched = {name: p.grad.clone() for name, p in policy.named_parameters()}
    policy.zero_grad()
    for row in range(3):
        alone = policy.evaluate(queries[[row]], responses[[row]])
        (alone.logprobs.sum() + alone.values.sum()).backward()
    for name, parameter in policy.named_parameters():
        torch.testing.assert_close(batched[name], parameter.grad, rtol=1e-4,
                                   atol=1e-5 * float(parameter.grad.abs().max()))


@architectures
def test_a_stopped_sample_is_the_start_of_an_unstopped_one(builder):
    policy = tiny.policy(builder=builder, temperature=1.3)
    queries = tiny.random_queries([3, 5, 2, 4, 4, 1])
    settings = {"length": 12, "seed": 2, "stream_ids": torch.arange(6), "candidates": 2}
    whole = sample_responses(policy, queries, **settings)
    often = int(whole.tokens[..., 3:].flatten().mode().values)
    stopped = sample_responses(policy, queries, **settings, end=EndToken(token=often, truncate_after=3))
    ended = 0
    for row in range(6):
        for k in range(2):
            tokens = whole.tokens[row, k].tolist()
            end = next((t for t in range(3, 12) if tokens[t] == often), None)
            expected = tokens if end is None else tokens[:end + 1] + [PAD] * (11 - end)
            assert stopped.tokens[row, k].tolist() == expected
            ended += end is not None
    assert ended >= 2, "the test needs responses that end"


@architectures
def test_a_row_longer_than_the_context_is_the_user_s_mistake(builder):
    policy = tiny.policy(builder=builder)
    with pytest.raises(InputError, match="48"):
        sample_responses(policy, tiny.random_queries([40]), length=9, seed=0, stream_ids=torch.zeros(1).long())
    with pytest.raises(InputError, match="48"):
        policy.evaluate(TokenBatch(torch.ones(1, 45, dtype=torch.int64)), torch.ones(1, 9, dtype=torch.int64))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["novels-gpt2", "stories260K"])
@sides
def test_trained_models_of_both_architectures_say_what_their_modules_say(name, side):
    policy = Policy(load_language_model(shared_folder("models", name)), temperature=0.7)
    generator = torch.Generator().manual_seed(0)
    rows = [torch.randint(3, policy.vocab_size - 1, (length,), generator=generator).tolist() for length in (60, 33, 2)]
    queries = TokenBatch.from_sequences(rows, side=side)
    sampled = sample_responses(policy, queries, length=24, seed=0, stream_ids=torch.arange(3))
    responses = sampled.tokens[:, 0]
    with torch.no_grad():
        ours = policy.evaluate(queries, responses)
    for row, query in enumerate(rows):
        tokens = [*query, *responses[row].tolist()]
        logprobs = torch.log_softmax(row_logits(policy.language_model, tokens)[len(query) - 1:-1] / 0.7, dim=-1)
        expected = logprobs.gather(1, responses[row, :, None])[:, 0]
        torch.testing.assert_close(ours.logprobs[row], expected, rtol=1e-5, atol=3e-5)
        torch.testing.assert_close(sampled.logprobs[row, 0], expected, rtol=1e-5, atol=3e-5)
