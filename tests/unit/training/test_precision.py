"""Half precision and checkpoints: what they may change, and what they must not.

Tolerances of bf16, which keeps 8 bits, beside single precision on these small models with large weights:
log-probabilities within 0.03 nats on average and 0.15 at most, values within 3% and gradients within 8% in norm.
"""

import pytest
import torch

from harness.models.generation import sample_responses
from harness.training.language_model_fit import evaluate_language_model, fit_language_model
from harness.training.ppo_update import PPOTrainer
from harness.training.settings import (
    DEFAULT_COMPUTE,
    ComputeSettings,
    EndRule,
    KLSettings,
    LanguageModelFitSettings,
    PPOSettings,
)
from tests import tiny

BF16 = ComputeSettings(device="cpu", precision="bf16")
architectures = pytest.mark.parametrize("builder", tiny.BUILDERS.values(), ids=tiny.BUILDERS.keys())
QUERIES = tiny.random_queries([3, 7, 1, 5, 2, 6, 4, 3])
RESPONSES = torch.randint(0, tiny.VOCABULARY, (8, 6), generator=torch.Generator().manual_seed(1))


def gradients(module, loss):
    module.zero_grad()
    loss.backward()
    return {name: p.grad.float().clone() for name, p in module.named_parameters()}


def evaluate(policy):
    evaluation = policy.evaluate(QUERIES, RESPONSES)
    return evaluation, gradients(policy, evaluation.logprobs.sum() + evaluation.values.square().sum())


@architectures
def test_bf16_is_single_precision_to_its_own_tolerance(builder):
    policy = tiny.policy(builder=builder)
    (single, grads), (half, half_grads) = evaluate(policy), evaluate(halved(builder))
    assert half.logprobs.dtype is half.values.dtype is half.entropies.dtype is torch.float32
    assert (half.logprobs - single.logprobs).abs().max() < 0.15
    assert (half.logprobs - single.logprobs).abs().mean() < 0.03
    assert (half.values - single.values).norm() < 0.03 * single.values.norm()
    for name, grad in grads.items():
        assert (half_grads[name] - grad).norm() <= 0.08 * grad.norm() + 1e-3, name


def halved(builder):
    made = tiny.policy(builder=builder)
    made.language_model.to(torch.bfloat16)
    return made


@architectures
def test_checkpoints_leave_every_gradient_unchanged(builder):
    kept, checkpointed = tiny.policy(builder=builder), tiny.policy(builder=builder)
    checkpointed.trunk.checkpoint_activations = True
    (plain, grads), (again, same) = evaluate(kept), evaluate(checkpointed)
    torch.testing.assert_close(again.logprobs, plain.logprobs, rtol=0, atol=0)
    for name, grad in grads.items():
        torch.testing.assert_close(same[name], grad, rtol=1e-5, atol=1e-6 * float(grad.abs().max()))
    sampled = [sample_responses(p, QUERIES, length=6, seed=1, stream_ids=torch.arange(8)).tokens
               for p in (kept, checkpointed)]
    assert torch.equal(*sampled)


@architectures
def test_a_fit_with_dropout_and_checkpoints_is_the_one_without_checkpoints(builder):
    data = [[int(t) for t in (row + torch.arange(12)) % 8] for row in range(16)]
    settings = LanguageModelFitSettings(learning_rate=1e-3, batch_size=8, steps=4, dropout=0.1)
    weights = []
    for keep in (False, True):
        model = builder()
        fit_language_model(model, tokens=data, settings=settings, seed=0,
                           compute=ComputeSettings(device="cpu", checkpoint_activations=keep))
        weights.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
    torch.testing.assert_close(*weights, rtol=1e-5, atol=1e-6)


@architectures
def test_checkpoints_keep_less(builder):
    def kept(checkpoint):
        policy, total = tiny.policy(builder=builder), 0
        policy.trunk.checkpoint_activations = checkpoint

        def pack(tensor):
            nonlocal total
            total += tensor.nbytes
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            policy.evaluate(QUERIES, RESPONSES)
        return total

    assert kept(True) < 0.5 * kept(False)


def trainer(compute, reference_dtype=torch.float32):
    reference = tiny.policy()
    reference.language_model.to(reference_dtype)
    settings = PPOSettings(episodes=80, batch_size=8, learning_rate=1e-3, epochs=1,
                           kl=KLSettings(coefficient=0.2, target=1.0, horizon=100))
    return PPOTrainer(tiny.policy(), reference, settings=settings, end_token=21,
                      end=EndRule(tokens=6, truncate_after=2), seed=3, compute=compute)


def score(queries, truncated):
    return (truncated.clamp(min=0) % 7).float().mean(dim=1)


def test_the_first_ratio_is_one_in_bf16_too():
    step = trainer(BF16, torch.bfloat16).step(QUERIES, torch.arange(8), score)
    assert step.metrics["ppo/policy/approxkl"] == 0.0
    assert step.metrics["ppo/policy/clipfrac"] == 0.0


def test_a_bf16_run_is_resumable_to_the_bit_and_gives_single_precision_back(tmp_path):
    def run(made, first, last):
        for batch in range(first, last):
            made.step(QUERIES, torch.arange(8) + 8 * batch, score)

    undisturbed = trainer(BF16)
    run(undisturbed, 0, 4)
    stopped = trainer(BF16)
    run(stopped, 0, 2)
    torch.save(stopped.state_dict(), tmp_path / "state.pt")
    resumed = trainer(BF16)
    resumed.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    run(resumed, 2, 4)
    assert resumed.policy.language_model.dtype is torch.bfloat16
    for made in (undisturbed, resumed):
        made.finish()
    weights = [torch.cat([p.detach().flatten() for p in made.policy.parameters()]) for made in (undisturbed, resumed)]
    assert weights[0].dtype is torch.float32
    assert torch.equal(*weights)


@pytest.mark.parametrize("compute", [BF16, DEFAULT_COMPUTE], ids=["bf16", "fp32"])
def test_the_weights_of_a_snapshot_are_the_single_precision_ones_and_stay_what_they_were(compute):
    made = trainer(compute)
    made.step(QUERIES, torch.arange(8), score)
    taken = made.weights()
    held = {name: value.clone() for name, value in taken.items()}
    assert {value.dtype for value in taken.values()} == {torch.float32}
    made.finish()
    assert taken.keys() == made.policy.state_dict().keys()
    for name, value in made.policy.state_dict().items():
        assert torch.equal(taken[name], value), name
    for value in made.policy.state_dict().values():  # after all: tied weights are one tensor of two names
        value.zero_()
    assert all(torch.equal(taken[name], held[name]) for name in taken), "they are copies"


def test_a_bf16_policy_goes_where_a_single_precision_policy_goes():
    moved = []
    start = torch.cat([p.detach().flatten() for p in tiny.policy().parameters()])
    for compute in (ComputeSettings(device="cpu"), BF16):
        made = trainer(compute)
        made.step(QUERIES, torch.arange(8), score)
        made.finish()
        moved.append(torch.cat([p.detach().flatten() for p in made.policy.parameters()]) - start)
    assert torch.cosine_similarity(moved[0], moved[1], dim=0) > 0.8


def test_a_language_model_fit_in_bf16_learns_what_one_in_single_precision_learns():
    data = [[int(t) for t in (row + torch.arange(12)) % 8] for row in range(32)]
    settings = LanguageModelFitSettings(learning_rate=1e-2, batch_size=16, steps=60)
    nats = []
    for compute in (ComputeSettings(device="cpu"), BF16):
        model = tiny.gpt2()
        fit_language_model(model, tokens=data, settings=settings, seed=0, compute=compute)
        assert model.dtype is torch.float32
        nats.append(evaluate_language_model(model, tokens=data))
    assert max(nats) < 0.3
