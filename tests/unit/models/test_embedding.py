"""Rows of a table have the gradient that torch gives them, in single precision and whole."""

import pytest
import torch

from harness.models import embedding, products
from harness.models.embedding import embed


def test_a_frequent_row_of_a_table_gets_its_whole_gradient():
    table = torch.zeros(3, 2, dtype=torch.bfloat16, requires_grad=True)
    embed(torch.zeros(64, 64, dtype=torch.int64), table).sum().backward()
    assert table.grad.tolist() == [[4096.0, 4096.0], [0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_a_large_table_has_the_gradient_of_a_small_one(monkeypatch, dtype):
    """With a head on the same table, and with the table alone; looked up rows repeat."""
    indices = torch.randint(0, 5, (4, 6), generator=torch.Generator().manual_seed(2)) * 4
    found = []
    for many in (1, 1 << 30):
        monkeypatch.setattr(embedding, "MANY", many)
        table = torch.linspace(-1, 1, 90).view(30, 3).to(dtype).requires_grad_()
        tied = embed(indices, table) @ table.t()
        both, alone = (torch.autograd.grad(x.square().sum(), table)[0] for x in (tied, embed(indices, table)))
        assert both.layout is torch.strided
        assert alone.is_sparse == (many == 1)
        found.append((both, alone.to_dense()))
    for mine, other in zip(*found, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-2 if dtype is torch.bfloat16 else 1e-6, atol=1e-6)


@pytest.mark.parametrize("many", [0, 1 << 22], ids=["sparse", "dense"])
def test_the_gradient_of_looked_up_rows_is_added_to_the_head_s_where_it_lies(monkeypatch, many):
    monkeypatch.setattr(embedding, "MANY", many)
    table, indices, x = torch.randn(50, 8, requires_grad=True), torch.tensor([[3, 4], [4, 49]]), torch.randn(4, 8)
    rows, head = embedding.apart(table)
    places = []
    head.register_hook(lambda grad: places.append(grad.data_ptr()))
    upstream = torch.randn(2, 2, 8), torch.randn(4, 50)
    looked_up, logits = embedding.embed(indices, rows), products.across(x, head)
    (ours,) = torch.autograd.grad((looked_up, logits), table, upstream)
    (theirs,) = torch.autograd.grad((table[indices], x @ table.t()), table, upstream)
    torch.testing.assert_close(ours, theirs)
    assert places == [ours.data_ptr()]
