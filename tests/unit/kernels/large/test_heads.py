"""Attention of all heads in the large library beside plain attention in double precision."""

import pytest
import torch

from harness.kernels.large.heads import attend_heads
from harness.kernels.library import LARGE
from harness.kernels.rows import Rows

pytestmark = pytest.mark.skipif(not LARGE.is_available(), reason="needs a C++ compiler")


def plain_attention(query, key, value, bias, scale):
    return torch.softmax(query @ key.transpose(-1, -2) * scale + bias, dim=-1) @ value


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("time", "width", "count"), [(1, 16, 3), (33, 48, 1), (87, 64, 2)])
@pytest.mark.parametrize("picks", ["all", "last", "anywhere"])
@pytest.mark.parametrize("padded", [False, True], ids=["dense", "padded"])
def test_heads_give_plain_attention_and_its_gradients(dtype, time, width, count, picks, padded):
    generator = torch.Generator().manual_seed(time)
    rows, total = 3, count * width
    asked = torch.arange(time).expand(rows, -1)
    if picks == "last":
        asked = asked[:, time // 2:]
    elif picks == "anywhere":
        some = [torch.randperm(time, generator=generator)[:time // 3 + 1] for _ in range(rows)]
        asked = torch.stack(some).sort(dim=1).values
    visible = torch.ones(rows, time, time, dtype=torch.bool).tril() if padded else None
    if padded and time > 4:
        visible[1, :, :3] = False
        visible[1, range(3), range(3)] = True
    x = torch.randn(rows, time, 3 * total, generator=generator).to(dtype).requires_grad_()
    query, key_value = x, None
    if picks != "all":
        query = x[..., :total].gather(1, asked[..., None].expand(-1, -1, total))
        key_value = x[..., total:]
    ours = attend_heads(query, key_value, Rows(time, asked.contiguous(), visible), heads=count, scale=0.3)
    exact = x.detach().double().requires_grad_()
    q, k, v = (part.unflatten(-1, (count, width)).transpose(1, 2) for part in exact.chunk(3, dim=-1))
    bias = torch.full((time, time), -1e30, dtype=torch.float64).triu(1).expand(rows, 1, -1, -1)
    if padded:
        bias = torch.zeros(rows, 1, time, time, dtype=torch.float64).masked_fill(~visible[:, None], -1e30)
    everywhere = plain_attention(q, k, v, bias, 0.3).transpose(1, 2).flatten(2)
    theirs = everywhere.gather(1, asked[..., None].expand(-1, -1, total))
    tolerance = {"rtol": 2.0**-6, "atol": 2.0**-7} if dtype is torch.bfloat16 else {"rtol": 1e-4, "atol": 1e-5}
    torch.testing.assert_close(ours.double(), theirs, **tolerance)
    upstream = torch.randn(ours.shape, generator=generator).to(dtype)
    mine = torch.autograd.grad(ours, x, upstream)[0]
    other = torch.autograd.grad(theirs, exact, upstream.double())[0]
    torch.testing.assert_close(mine.double(), other, **tolerance)
    assert (mine.double() - other).norm() < (6e-3 if dtype is torch.bfloat16 else 1e-6) * other.norm()
