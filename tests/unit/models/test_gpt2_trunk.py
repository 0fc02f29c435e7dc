"""The trunk on torch's operators keeps nothing between its calls."""

import pytest
import torch

from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.trunk import sequence_layout
from tests import tiny

ROWS = [tiny.random_queries([7, 5], seed=seed).tokens for seed in (0, 1)]


def passes_interleaved(model):
    trunk = GPT2Trunk(model.base_model, model.get_output_embeddings())
    found = [trunk.hidden(sequence_layout(rows, select=3, longest=7)) for rows in ROWS]
    return [trunk.logits(states, temperature=0.7, head=head) for states, head in found]


def passes_in_turn(model):
    trunk, logits = GPT2Trunk(model.base_model, model.get_output_embeddings()), []
    for rows in ROWS:
        states, head = trunk.hidden(sequence_layout(rows, select=3, longest=7))
        logits.append(trunk.logits(states, temperature=0.7, head=head))
    return logits


@pytest.mark.parametrize("which", [0, 1])
def test_two_forward_passes_may_wait_for_their_logits(which):
    gradients = []
    for order in (passes_interleaved, passes_in_turn):
        model = tiny.gpt2()
        order(model)[which].pow(2).sum().backward()
        gradients.append([p.grad for p in model.parameters()])
    for ours, expected in zip(*gradients, strict=True):
        assert torch.equal(ours, expected)
