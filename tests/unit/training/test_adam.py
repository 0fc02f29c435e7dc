"""Adam behind bfloat16 weights is torch's Adam in single precision.

Its step is harness.models.adam_step, on a CPU by harness.kernels.large.adam.
"""

import pytest
import torch

from harness.models import embedding
from harness.models.embedding import embed
from harness.training.adam import Adam
from harness.training.settings import ComputeSettings

BF16 = ComputeSettings(device="cpu", precision="bf16")

def test_gradients_of_many_micro_batches_are_summed_in_single_precision():
    """1024 equal gradients of 1/1024: in bfloat16 the sum would stop at a quarter."""
    module = torch.nn.Linear(1, 1)
    before = module.weight.detach().clone()
    optimizer = Adam(module, epsilon=1e-8, compute=BF16)
    for _ in range(1024):
        optimizer.accumulate(optimizer.gradients(module(torch.ones(1, 1, dtype=torch.bfloat16)).sum() / 1024))
    (total,) = (master.grad for master in optimizer.state_dict()["masters"] if master.dim() == 2)
    assert total.dtype is torch.float32
    assert total.item() == pytest.approx(1.0, rel=1e-2)
    optimizer.step(learning_rate=1e-5)
    optimizer.restore()
    # A step far below bfloat16's resolution is not lost.
    assert module.weight.dtype is torch.float32
    assert (before - module.weight).item() == pytest.approx(1e-5, rel=1e-2)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_sparse_gradient_trains_as_a_dense_one(monkeypatch, precision):
    """Alone, and summed over two micro-batches."""
    trained_weights = []
    for many in (1, 1 << 30):
        monkeypatch.setattr(embedding, "MANY", many)
        module = torch.nn.Embedding(40, 3, _weight=torch.linspace(-1, 1, 120).view(40, 3))
        optimizer = Adam(module, epsilon=1e-8, compute=ComputeSettings(device="cpu", precision=precision))
        for micro_batches in (1, 2):
            optimizer.zero_grad()
            for _ in range(micro_batches):
                looked_up = embed(torch.tensor([3, 3, 7, 39]), module.weight)
                optimizer.accumulate(optimizer.gradients(looked_up.square().sum()))
            optimizer.step(learning_rate=0.1)
        optimizer.restore()
        trained_weights.append(module.weight.detach())
    torch.testing.assert_close(*trained_weights)


class Mixed(torch.nn.Module):
    def __init__(self, generator):
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.randn(37, 111, generator=generator))
        self.vector = torch.nn.Parameter(torch.randn(19, generator=generator))
        self.unused = torch.nn.Parameter(torch.randn(5, generator=generator))


@pytest.mark.parametrize("weight_decay", [None, 0.1])
@pytest.mark.parametrize("micro_batches", [1, 3])
def test_weights_behind_halves_move_as_torch_s_adam_moves_them(weight_decay, micro_batches):
    """Beside torch's own optimizer in double precision, on the same gradients."""
    generator = torch.Generator().manual_seed(4)
    module = Mixed(generator)
    exact = {name: p.detach().double().requires_grad_() for name, p in module.named_parameters()}
    groups = [{"params": [exact["matrix"]], "weight_decay": weight_decay or 0.0},
              {"params": [exact["vector"]], "weight_decay": 0.0}]
    theirs = torch.optim.AdamW(groups, lr=0.01, eps=1e-5)
    optimizer = Adam(module, epsilon=1e-5, weight_decay=weight_decay, compute=BF16)
    names = [name for name, _ in module.named_parameters()]
    for _ in range(4):
        optimizer.zero_grad()
        theirs.zero_grad()
        for _ in range(micro_batches):
            drawn = {name: torch.randn(exact[name].shape, generator=generator).bfloat16() for name in names[:2]}
            for name, gradient in drawn.items():
                previous = exact[name].grad
                exact[name].grad = gradient.double() + (0.0 if previous is None else previous)
            optimizer.accumulate([*drawn.values(), None])
        optimizer.step(learning_rate=0.01)
        theirs.step()
    halves = {name: p.detach().clone() for name, p in module.named_parameters()}
    optimizer.restore()
    for name, parameter in module.named_parameters():
        torch.testing.assert_close(parameter.detach().double(), exact[name].detach(), rtol=1e-5, atol=1e-6)
        assert torch.equal(halves[name], parameter.detach().bfloat16())
