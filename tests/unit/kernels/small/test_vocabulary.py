"""Log-probabilities from hidden states in the small library beside a softmax in double precision."""

import pytest
import torch

from harness.kernels.library import SMALL
from harness.kernels.small.vocabulary import Vocabulary

pytestmark = pytest.mark.skipif(not SMALL.is_available(), reason="needs a C++ compiler")


@pytest.mark.parametrize("size", [5, 256, 301, 1000])
@pytest.mark.parametrize("spread", [0.1, 30.0])
def test_log_probabilities_are_those_of_the_softmax_in_double_precision(small_kernels, size, spread):
    generator = torch.Generator().manual_seed(size)
    hidden = spread * torch.randn(70, 32, generator=generator)
    table = torch.randn(size, 32, generator=generator)
    tokens = torch.randint(0, size, (70,), generator=generator)
    upstream = torch.randn(70, generator=generator)
    head = Vocabulary(hidden, table, tokens, 0.7)
    found = head.logprobs()
    for_hidden, for_table = head.backward(found.normalizers, upstream)
    double = [x.double().requires_grad_() for x in (hidden, table)]
    logprobs = torch.log_softmax(double[0] @ double[1].t() / 0.7, dim=-1)
    picked = logprobs.gather(1, tokens[:, None])[:, 0]
    close = {"rtol": 1e-5, "atol": 1e-5 * max(1.0, spread)}
    torch.testing.assert_close(found.logprobs.double(), picked, **close)
    torch.testing.assert_close(found.entropies.double(), -(logprobs.exp() * logprobs).sum(-1), **close)
    gradients = torch.autograd.grad(picked, double, upstream.double())
    for ours, theirs in zip((for_hidden, for_table), gradients, strict=True):
        torch.testing.assert_close(ours.double(), theirs, rtol=1e-4, atol=1e-5 * float(theirs.abs().max()))


def test_a_token_outside_the_vocabulary_has_no_log_probability():
    found = Vocabulary(torch.randn(2, 32), torch.randn(10, 32), torch.tensor([-1, 10]), 1.0).logprobs()
    assert found.logprobs.isnan().all()
