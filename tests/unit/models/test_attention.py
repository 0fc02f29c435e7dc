"""Attention in blocks of queries, on torch's operators, is plain attention."""

import pytest
import torch

from harness.models.attention import attend


def plain_attention(query, key, value, bias, scale):
    return torch.softmax(query @ key.transpose(-1, -2) * scale + bias, dim=-1) @ value


@pytest.mark.parametrize(("time", "queries"), [(1, 1), (33, 33), (70, 70), (97, 40), (64, 24)])
@pytest.mark.parametrize("padded", [False, True], ids=["dense", "padded"])
@pytest.mark.parametrize("side_by_side", [True, False], ids=["last", "anywhere"])
def test_blocks_of_queries_give_plain_attention_and_its_gradients(time, queries, padded, side_by_side):
    generator = torch.Generator().manual_seed(time)
    rows, heads, width = 3, 2, 5
    q, k, v = (torch.randn(rows, heads, m, width, generator=generator, dtype=torch.float64).requires_grad_()
               for m in (queries, time, time))
    bias = torch.full((1, 1, time, time), -1e30, dtype=torch.float64).triu(1).repeat(rows if padded else 1, 1, 1, 1)
    if padded and time > 4:
        bias[1, :, :, :3] = -1e30
        bias[1, :, range(3), range(3)] = 0.0
    bias = bias[:, :, time - queries:]
    ours = attend(q, k, v, bias, scale=0.3, first=time - queries if side_by_side else None)
    theirs = plain_attention(q, k, v, bias, 0.3)
    torch.testing.assert_close(ours, theirs)
    upstream = torch.randn(ours.shape, generator=generator, dtype=torch.float64)
    for mine, other in zip(torch.autograd.grad(ours, (q, k, v), upstream),
                           torch.autograd.grad(theirs, (q, k, v), upstream), strict=True):
        torch.testing.assert_close(mine, other)
