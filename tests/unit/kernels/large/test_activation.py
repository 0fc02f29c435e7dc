"""GPT-2's activation in the large library beside torch's in double precision."""

import pytest
import torch
from torch.nn import functional

from harness.kernels.library import LARGE
from harness.models.activations import gelu

pytestmark = pytest.mark.skipif(not LARGE.is_available(), reason="needs a C++ compiler")


@pytest.mark.parametrize("count", [1, 15, 16, 4099, 100_000])
def test_gelu_in_bfloat16_is_the_double_precision_one_rounded(count):
    generator = torch.Generator().manual_seed(count)
    x, upstream = (4 * torch.randn(count, generator=generator).bfloat16() for _ in range(2))
    x.requires_grad_()
    exact = x.detach().double().requires_grad_()
    theirs = functional.gelu(exact, approximate="tanh")
    ours = gelu(x)
    rounded = theirs.bfloat16()
    torch.testing.assert_close(ours, rounded, rtol=2.0**-7, atol=1e-5)
    # Below that the oracle's 1 + tanh loses digits, too.
    assert float(((ours != rounded) & (theirs.abs() > 1e-3)).float().mean()) < 0.01
    expected = torch.autograd.grad(theirs, exact, upstream.double())[0]
    torch.testing.assert_close(torch.autograd.grad(ours, x, upstream)[0].double(), expected, rtol=4e-3, atol=1e-5)


def test_gelu_in_bfloat16_keeps_what_is_no_number():
    x = torch.tensor([float("nan"), float("inf"), -3.0, 1e30]).bfloat16()
    assert gelu(x).isnan().tolist() == [True, False, False, False]
    assert gelu(x)[1:].tolist() == functional.gelu(x, approximate="tanh")[1:].tolist()
