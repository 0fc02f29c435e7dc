"""The trunk of small models beside the module's own float64, on both widths of vectors.

All of it goes through harness.kernels.small.blocks and harness.kernels.small.decoding.
"""

import pytest
import torch

from harness.kernels.library import SMALL
from harness.models.compiled_trunk import CompiledTrunk
from harness.models.generation import sample_responses
from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.loading import ModelShape, build_language_model
from harness.models.picking import pick_at
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.models.reward import RewardModel
from tests import tiny

VOCABULARY = 301
pytestmark = pytest.mark.skipif(not SMALL.is_available(), reason="needs a C++ compiler")


def model(*, layers=3, width=96, heads=4, dtype=torch.float32):
    shape = ModelShape(layers=layers, width=width, heads=heads, context=160, vocab_size=VOCABULARY)
    return tiny.roughened(build_language_model(shape, seed=0), seed=0).to(dtype)


def random_tokens(*shape, seed=0):
    return torch.randint(0, VOCABULARY, shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("layers", "width", "heads"), [(3, 96, 4), (1, 64, 2), (2, 32, 8), (2, 48, 1)])
def test_a_policy_and_its_gradients_are_the_module_s_in_double_precision(small_kernels, layers, width, heads):
    shape = {"layers": layers, "width": width, "heads": heads}
    policy, oracle = Policy(model(**shape), temperature=0.7), model(**shape, dtype=torch.float64)
    assert type(policy.trunk) is CompiledTrunk
    torch.nn.init.normal_(policy.value_head.weight, std=0.1, generator=torch.Generator().manual_seed(5))
    rows = [random_tokens(length, seed=length).tolist() for length in (71, 70, 33, 1)]
    responses = random_tokens(4, 29)
    found = policy.evaluate(TokenBatch.from_sequences(rows), responses)
    (found.logprobs.pow(2).sum() + found.values.pow(2).sum()).backward()

    total = torch.zeros((), dtype=torch.float64)
    for row, query in enumerate(rows):
        tokens = torch.tensor([[*query, *responses[row].tolist()]])
        at = slice(len(query) - 1, tokens.shape[1] - 1)
        out = oracle(tokens, output_hidden_states=True)
        logprobs = torch.log_softmax(out.logits[0, at] / 0.7, dim=-1)
        picked = logprobs.gather(1, responses[row, :, None])[:, 0]
        values = (out.hidden_states[-1][0, at] @ policy.value_head.weight.double().t())[:, 0]
        torch.testing.assert_close(found.logprobs[row].double(), picked, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(found.entropies[row].double(), -(logprobs.exp() * logprobs).sum(-1), rtol=1e-5,
                                   atol=1e-5)
        torch.testing.assert_close(found.values[row].double(), values, rtol=1e-5, atol=1e-5)
        total = total + picked.pow(2).sum() + values.pow(2).sum()
    total.backward()
    theirs = dict(oracle.named_parameters())
    for name, parameter in policy.language_model.named_parameters():
        expected = theirs[name].grad
        torch.testing.assert_close(parameter.grad.double(), expected, rtol=1e-4,
                                   atol=1e-5 * float(expected.abs().max()))


def test_a_reward_model_on_branches_is_that_of_torch_s_operators(small_kernels):
    queries = TokenBatch.from_sequences([random_tokens(length, seed=length).tolist() for length in (40, 37, 5)])
    candidates = random_tokens(3, 4, 21)
    candidates[0, 1, 7:] = -1
    found = []
    for trunk in (CompiledTrunk, GPT2Trunk):
        made = RewardModel.from_language_model(model(), seed=3)
        made.trunk = trunk(made.body)
        scores = made.score(queries, candidates)
        scores.pow(2).sum().backward()
        found.append((scores.detach(), {name: p.grad for name, p in made.named_parameters() if p.grad is not None}))
    (ours, grads), (theirs, expected) = found
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)
    assert grads.keys() == expected.keys()
    for name, grad in expected.items():
        torch.testing.assert_close(grads[name], grad, rtol=1e-4, atol=2e-5 * float(grad.abs().max()))


def test_a_row_has_the_same_bits_in_any_batch():
    policy = Policy(model(), temperature=0.7)
    rows = [random_tokens(50, seed=seed).tolist() for seed in range(5)]
    responses = random_tokens(5, 17)
    together = policy.evaluate(TokenBatch.from_sequences(rows), responses)
    for row in range(5):
        alone = policy.evaluate(TokenBatch.from_sequences(rows[row:row + 1]), responses[row:row + 1])
        assert torch.equal(alone.logprobs[0], together.logprobs[row])
        assert torch.equal(alone.values[0], together.values[row])


def test_a_sample_has_the_same_bits_in_any_batch_and_beside_any_candidates():
    policy = Policy(model(), temperature=0.7)
    queries = TokenBatch.from_sequences([random_tokens(30, seed=seed).tolist() for seed in range(6)])
    settings = {"length": 20, "seed": 4, "stream_ids": torch.arange(6), "with_values": True}
    whole = sample_responses(policy, queries, candidates=3, **settings)
    for found, many in ((sample_responses(policy, queries, candidates=3, micro_batch=1, **settings), 3),
                        (sample_responses(policy, queries, candidates=1, **settings), 1)):
        assert torch.equal(found.tokens, whole.tokens[:, :many])
        assert torch.equal(found.logprobs, whole.logprobs[:, :many])
        assert torch.equal(found.values, whole.values[:, :many])


@pytest.mark.parametrize("each", [1, 3])
def test_tokens_are_picked_as_often_as_their_probabilities_say(small_kernels, each):
    """Chances on a grid: a token gets as many of them as fit into its share, those that the plain search gives it."""
    policy = Policy(model(), temperature=0.9)
    queries = TokenBatch.from_sequences([random_tokens(9, seed=1).tolist()])
    hidden, decoding = policy.trunk.prefill(queries, candidates=each, length=2)
    grid = 999
    chance = ((torch.arange(grid, dtype=torch.float64) + 0.5) / grid).view(-1, each)
    states = hidden.expand(len(chance), -1).unsqueeze(1)
    tokens, logprobs = decoding.pick(states, chance, temperature=0.9)
    probs = torch.softmax(policy.logits(hidden).double()[0], dim=-1)
    counts = torch.bincount(tokens.flatten(), minlength=VOCABULARY)
    assert float((counts - grid * probs.detach()).abs().max()) <= 1.0
    torch.testing.assert_close(logprobs.double(), probs.log()[tokens], rtol=1e-5, atol=1e-5)
    plain = pick_at(torch.softmax(policy.logits(states), dim=-1), chance)
    assert int((plain != tokens).sum()) <= 1  # a chance at the edge of a share


def test_the_first_token_of_a_chance_of_zero_has_a_probability():
    policy = Policy(model(), temperature=0.01)
    hidden, decoding = policy.trunk.prefill(TokenBatch(random_tokens(1, 4)), candidates=1, length=1)
    for chance in (0.0, 1.0 - 2.0**-48):
        tokens, logprobs = decoding.pick(hidden.unsqueeze(1), torch.full((1, 1), chance, dtype=torch.float64),
                                         temperature=0.01)
        assert torch.isfinite(logprobs).all()
        assert 0 <= int(tokens) < VOCABULARY


def test_weights_that_are_no_numbers_are_not_hidden():
    """Training then stops with TrainingDiverged; nothing may make numbers of them on the way."""
    policy = Policy(model(), temperature=0.7)
    with torch.no_grad():
        policy.language_model.transformer.h[1].mlp.c_fc.weight[3, 7] = float("nan")
    queries = TokenBatch(random_tokens(2, 9))
    sampled = sample_responses(policy, queries, length=5, seed=0, stream_ids=torch.arange(2), with_values=True)
    assert sampled.logprobs.isnan().all()
    assert sampled.values.isnan().all()
    assert ((sampled.tokens >= 0) & (sampled.tokens < VOCABULARY)).all()
    found = policy.evaluate(queries, random_tokens(2, 5))
    assert found.logprobs.isnan().all()
