"""The fast matrix product is torch's own product, also with its operator missing."""

import pytest
import torch

from harness.models import products


def operands(dtype):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 7, 12, generator=generator, dtype=dtype).requires_grad_()
    wide = torch.randn(12, 30, generator=generator, dtype=dtype).requires_grad_()
    bias = torch.randn(10, generator=generator, dtype=dtype).requires_grad_()
    return x, wide, bias


@pytest.mark.parametrize("fast", [True, False], ids=["operator", "fallback"])
@pytest.mark.parametrize("library_is_wide", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_product_and_gradients_are_torch_s_own(monkeypatch, fast, library_is_wide, dtype):
    monkeypatch.setattr(products, "SMALL_PRODUCT", 0)
    monkeypatch.setattr(products, "LIBRARY_IS_WIDE", library_is_wide)
    if not fast:
        monkeypatch.setattr(products, "OPERATOR", None)
    x, wide, bias = operands(dtype)
    upstream = torch.randn(3, 7, 10, generator=torch.Generator().manual_seed(1), dtype=dtype)
    for part in (slice(0, 10), slice(5, 15)):  # a slice of a wider weight, as in a last layer
        ours = torch.autograd.grad(products.affine(x, wide[:, part], bias), (x, wide, bias), upstream)
        theirs = torch.autograd.grad(x @ wide[:, part] + bias, (x, wide, bias), upstream)
        for mine, other in zip(ours, theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-5)


def test_a_table_taken_across_is_torch_s_own_product():
    x, table = torch.randn(3, 4, 8, requires_grad=True), torch.randn(50, 8, requires_grad=True)
    upstream = torch.randn(3, 4, 50)
    torch.testing.assert_close(products.across(x, table), x @ table.t())
    ours = torch.autograd.grad(products.across(x, table), (x, table), upstream)
    theirs = torch.autograd.grad(x @ table.t(), (x, table), upstream)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other)


def test_single_precision_is_as_accurate_as_torch_s():
    x, weight = torch.randn(256, 512), torch.randn(512, 64)
    assert x.shape[0] * weight.numel() >= products.SMALL_PRODUCT, "the operator's own case"
    exact = x.double() @ weight.double()
    error = (products.affine(x, weight).double() - exact).norm() / exact.norm()
    assert error < 1e-6


def test_gelu_after_a_product_is_the_same_with_and_without_gradients():
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(shape, generator=generator) for shape in ((3, 5, 8), (8, 20), (20,)))
    with torch.no_grad():
        fused = products.affine_gelu(x, weight, bias)
    torch.testing.assert_close(fused, products.affine_gelu(x, weight.requires_grad_(), bias), rtol=1e-5, atol=1e-6)
