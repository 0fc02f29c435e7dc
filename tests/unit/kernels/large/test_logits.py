"""Log-probabilities from logits in the large library beside a softmax in double precision."""

import pytest
import torch

from harness.kernels.large.logits import token_logprobs
from harness.kernels.library import LARGE

pytestmark = pytest.mark.skipif(not LARGE.is_available(), reason="needs a C++ compiler")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [1, 17, 256, 257, 50_257])
def test_log_probabilities_from_logits_are_the_double_precision_ones(dtype, size):
    generator = torch.Generator().manual_seed(size)
    x = (5 * torch.randn(3, 4, size, generator=generator)).to(dtype).requires_grad_()
    tokens = torch.randint(0, size, (3, 4), generator=generator)
    tokens[0, 0] = size - 1
    upstream = torch.randn(3, 4, generator=generator)
    ours, entropies = token_logprobs(x, tokens)
    exact = x.detach().double().requires_grad_()
    everything = torch.log_softmax(exact, dim=-1)
    theirs = everything.gather(-1, tokens[..., None])[..., 0]
    torch.testing.assert_close(ours.double(), theirs, rtol=1e-6, atol=1e-5)
    torch.testing.assert_close(entropies.double(), -(everything.exp() * everything).sum(dim=-1), rtol=1e-5, atol=1e-5)
    mine = torch.autograd.grad(ours, x, upstream)[0]
    other = torch.autograd.grad(theirs, exact, upstream.double())[0]
    tolerance = {"rtol": 2.0**-8, "atol": 1e-9} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-7}
    torch.testing.assert_close(mine.double(), other, **tolerance)
