"""The memory that a plan promises is what the tensors of a real forward pass take."""

import pytest
import torch

from harness.kernels.large import heads, logits
from harness.kernels.library import LARGE
from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.loading import ModelShape, build_language_model
from harness.models.policy import Policy
from harness.models.prompts import TokenBatch
from harness.training.adam import Adam
from harness.training.memory import (
    TransformerShape,
    activation_bytes,
    logits_bytes,
    ppo_memory,
    sampling_bytes,
)
from harness.training.settings import ComputeSettings, EndRule, PPOSettings
from tests import tiny

SHAPE = TransformerShape(layers=6, width=64, heads=4, vocabulary=300, context=64)
ROWS, QUERY, RESPONSE = 3, 30, 12
BF16 = ComputeSettings(precision="bf16")


def policy():
    """On torch's operators, as large models are."""
    made = compiled_policy()
    made.trunk = GPT2Trunk(made.language_model.base_model, made.language_model.get_output_embeddings())
    return made


def compiled_policy():
    return Policy(build_language_model(ModelShape(layers=6, width=64, heads=4, context=64, vocab_size=300), seed=0),
                  temperature=0.7)


@pytest.mark.parametrize(("name", "layers", "width", "heads", "millions"), [
    ("gpt2", 12, 768, 12, 124.4), ("gpt2-medium", 24, 1024, 16, 354.8), ("gpt2-large", 36, 1280, 20, 774.0),
    ("gpt2-xl", 48, 1600, 25, 1557.6)])
def test_parameters_are_those_of_the_released_models(name, layers, width, heads, millions):
    shape = TransformerShape(layers=layers, width=width, heads=heads, vocabulary=50257, context=1024)
    assert round(shape.parameters / 1e6, 1) == millions


def test_parameters_are_those_of_the_module():
    assert SHAPE.parameters == sum(p.numel() for p in policy().language_model.parameters())


def kept_bytes(made, *, checkpoint):
    """How many bytes a forward pass keeps for its backward pass, without the weights."""
    made.trunk.checkpoint_activations = checkpoint
    weights = {p.untyped_storage().data_ptr() for p in made.parameters()}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage
        return tensor

    generator = torch.Generator().manual_seed(0)
    queries = TokenBatch(torch.randint(0, 300, (ROWS, QUERY), generator=generator))
    responses = torch.randint(0, 300, (ROWS, RESPONSE), generator=generator)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        evaluation = made.evaluate(queries, responses)
    del evaluation
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("checkpoint", [False, True], ids=["whole", "checkpoints"])
@pytest.mark.parametrize("compiled", [False, True], ids=["torch", "kernels"])
def test_activations_are_those_that_a_forward_pass_keeps(precision, checkpoint, compiled, monkeypatch):
    """Through the kernels no more than that: neither attention nor log-probabilities keep probabilities."""
    if not compiled:
        monkeypatch.setattr(heads, "serves", lambda *_: False)
        monkeypatch.setattr(logits, "serves", lambda *_: False)
    made, number = policy(), 2 if precision == "bf16" else 4
    if precision == "bf16":
        made.language_model.to(torch.bfloat16)
    shape = SHAPE
    promised = ROWS * activation_bytes(shape, time=QUERY + RESPONSE - 1, number=number, fused=False,
                                       checkpoint=checkpoint)
    # The block that a checkpoint makes again is not there yet when the forward pass ends.
    block = ROWS * activation_bytes(shape, time=QUERY + RESPONSE - 1, number=number, fused=False, checkpoint=False)
    promised -= block / shape.layers if checkpoint else 0
    probabilities = ROWS * RESPONSE * shape.vocabulary * 4
    kept = kept_bytes(made, checkpoint=checkpoint)
    if compiled and LARGE.is_available():
        assert 0.4 * promised < kept < 1.3 * promised + probabilities
    else:
        assert kept - probabilities == pytest.approx(promised, rel=0.3)


def test_adam_and_weights_in_half_precision_are_as_promised():
    made = policy()
    optimizer = Adam(made, epsilon=1e-5, compute=BF16, computing=made.language_model)
    optimizer.accumulate(optimizer.gradients(sum(p.sum() for p in made.parameters())))
    optimizer.step(learning_rate=1e-3)
    state = [t for s in optimizer.state_dict()["state"].values() for t in s.values() if t.numel() > 1]
    promised = ppo_memory(SHAPE, settings=PPOSettings(episodes=8, batch_size=8), compute=BF16, query_tokens=QUERY,
                          response=EndRule(tokens=RESPONSE, truncate_after=2))
    masters = optimizer.state_dict()["masters"]
    weights = sum(p.nbytes for p in [*made.language_model.parameters(), *masters])
    assert promised.policy == weights
    assert promised.adam == pytest.approx(sum(t.nbytes for t in state), rel=0.01)


def test_keys_and_values_are_as_promised():
    made = policy()
    _, decoding = made.trunk.prefill(TokenBatch(torch.ones(ROWS, QUERY, dtype=torch.int64)), candidates=4,
                                     length=RESPONSE)
    cached = [t for name in ("query_keys", "query_values", "keys", "values") for t in getattr(decoding, name)]
    logits = 4 * SHAPE.vocabulary * (4 + 8 + 8)
    promised = sampling_bytes(SHAPE, query_tokens=QUERY, response=RESPONSE, number=4, candidates=4) - logits
    assert sum(t.nbytes for t in cached) == ROWS * promised
    assert sum(t.numel() for t in cached) == ROWS * made.trunk.cached(query=QUERY, candidates=4, length=RESPONSE)


def test_the_kernels_keys_and_values_are_counted_right():
    made = compiled_policy()
    _, decoding = made.trunk.prefill(TokenBatch(torch.ones(ROWS, QUERY, dtype=torch.int64)), candidates=4,
                                     length=RESPONSE)
    cached = decoding.queries.numel() + decoding.own.numel()
    assert cached == ROWS * made.trunk.cached(query=QUERY, candidates=4, length=RESPONSE)


def test_another_architecture_s_keys_and_values_are_counted_right():
    made = Policy(tiny.llama(), temperature=0.7)
    _, decoding = made.trunk.prefill(TokenBatch(torch.ones(ROWS, 9, dtype=torch.int64)), candidates=2, length=5)
    decoding.step(torch.ones(ROWS, 2, dtype=torch.int64))
    cached = [t for layer in decoding.cache.layers for t in (layer.keys, layer.values)]
    assert sum(t.numel() for t in cached) == ROWS * made.trunk.cached(query=9, candidates=2, length=1)


def test_queries_are_sampled_in_parts_whose_keys_and_values_fit():
    large = TransformerShape(layers=36, width=1280, heads=20, vocabulary=50257, context=1024)
    for batch in (64, 512):
        promised = ppo_memory(large, settings=PPOSettings(batch_size=batch), compute=BF16, query_tokens=512,
                              response=EndRule(tokens=75, truncate_after=55))
        assert promised.sampling < 9e9


def test_774m_with_its_reference_reward_model_and_adam_fits_80_gb():
    large = TransformerShape(layers=36, width=1280, heads=20, vocabulary=50257, context=1024)
    for batch in (512, 1024):
        promised = ppo_memory(large, settings=PPOSettings(batch_size=batch), compute=BF16, query_tokens=64,
                              response=EndRule())
        assert promised.peak < 55e9
    assert logits_bytes(50257, number=2) > 4 * 50257
