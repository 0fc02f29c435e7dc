"""Activation checkpoints: the same gradients, and a module that is afterwards as it was."""

import pytest
import torch

from harness.models.checkpoints import layer_checkpoints
from tests import tiny

TOKENS = torch.randint(0, tiny.VOCABULARY, (3, 9), generator=torch.Generator().manual_seed(0))


def _gradients(model, *, enabled: bool) -> dict[str, torch.Tensor]:
    model.zero_grad()
    with layer_checkpoints(model, enabled=enabled):
        model(TOKENS).logits.square().mean().backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None}


@pytest.mark.parametrize("builder", [tiny.gpt2, tiny.llama])
def test_gradients_are_those_without_checkpoints(builder) -> None:
    model = builder().eval()
    expected, found = _gradients(model, enabled=False), _gradients(model, enabled=True)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient)


def test_no_dropout_is_switched_on_and_the_modes_come_back() -> None:
    model = tiny.gpt2().eval()
    dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout)]
    before = [module.training for module in model.modules()]
    with layer_checkpoints(model, enabled=True):
        assert dropouts
        assert not any(module.training for module in dropouts)
        assert [module.training for module in model.modules()] != before
    assert [module.training for module in model.modules()] == before
