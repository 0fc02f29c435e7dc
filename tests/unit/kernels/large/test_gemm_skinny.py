"""Products of a few rows with a large matrix beside the double-precision product."""

import pytest
import torch

from harness.kernels.large.gemm_skinny import gemm_skinny, serves
from harness.kernels.library import LARGE
from tests.unit.kernels.large.same_bits import assert_same_bits

pytestmark = pytest.mark.skipif(not LARGE.is_available(), reason="needs a C++ compiler")

LAYOUTS = {
    "by columns": lambda numbers: numbers(64, 4128),
    "part of a wider one": lambda numbers: numbers(64, 9000)[:, 40:4168],
    "by rows": lambda numbers: numbers(4131, 64).t(),
    "long sums": lambda numbers: numbers(2080, 160),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("with_bias", [True, False])
def test_a_skinny_product_times_a_large_matrix_is_the_double_precision_product(dtype, layout, with_bias):
    generator = torch.Generator().manual_seed(0)

    def numbers(*shape):
        return torch.randn(shape, generator=generator).to(dtype)

    matrix = layout(numbers)
    x, bias = numbers(8, matrix.shape[0]), numbers(matrix.shape[1]) if with_bias else None
    assert serves(x, matrix), "the kernel's own case"
    exact = x.double() @ matrix.double() + (0.0 if bias is None else bias.double())
    ours = gemm_skinny(x, matrix, bias)
    tolerance = {"rtol": 2.0**-8, "atol": 1e-5} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-4}
    torch.testing.assert_close(ours.double(), exact, **tolerance)
    assert (ours.double() - exact).norm() < (3e-3 if dtype is torch.bfloat16 else 5e-7) * exact.norm()
    assert_same_bits(gemm_skinny, x, matrix, bias, rows=[1, 3, 7])


def test_a_skinny_product_times_a_single_column():
    """It lies by rows as well as by columns."""
    matrix = torch.ones(1 << 18, 1)
    assert serves(torch.ones(3, 1 << 18), matrix), "the kernel's own case"
    assert gemm_skinny(torch.ones(3, 1 << 18), matrix, torch.ones(1)).flatten().tolist() == [2.0**18 + 1] * 3


def test_a_skinny_product_leaves_to_torch_what_it_does_not_serve():
    x, matrix = torch.ones(8, 1024), torch.ones(1024, 1024)
    assert serves(x, matrix)
    assert not serves(torch.ones(9, 1024), matrix)
    assert not serves(x, matrix[:, ::2])
    assert not serves(x.double(), matrix.double())
    assert not serves(x[:, :1001], matrix[:1001])
    assert not serves(x[:, :64], matrix[:64, :64])
