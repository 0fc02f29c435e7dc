"""The activation and its derivative are torch's, with and without the compiled kernel."""

import pytest
import torch
from torch.nn import functional

from harness.models.activations import gelu


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gelu_and_its_derivative_are_torch_s(dtype):
    x = torch.cat([torch.linspace(-12, 12, 2001), torch.tensor([-1e4, 0.0, 1e4])]).to(dtype).requires_grad_()
    upstream = torch.linspace(-1, 1, x.numel(), dtype=dtype)
    theirs = functional.gelu(x, approximate="tanh")
    torch.testing.assert_close(gelu(x), theirs, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(torch.autograd.grad(gelu(x), x, upstream)[0],
                               torch.autograd.grad(theirs, x, upstream)[0], rtol=1e-5, atol=1e-6)
