"""Products of large matrices in AMX beside the double-precision product."""

import pytest
import torch

from harness.kernels.large.gemm_amx import gemm_amx, has_amx, serves
from tests.unit.kernels.large.same_bits import assert_same_bits

pytestmark = pytest.mark.skipif(not has_amx(), reason="needs a processor with AMX, and a C++ compiler")

SIZES = {"one block": (130, 700, 140), "several blocks, and groups of columns": (500, 512, 3200),
         "deep": (128, 2600, 129), "blocks that are no whole number of packings": (2000, 520, 150)}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("across", [(False, False), (False, True), (True, False), (True, True)],
                         ids=["by rows", "right across", "left across", "both across"])
def test_amx_give_the_double_precision_product(dtype, size, across):
    generator = torch.Generator().manual_seed(0)
    rows, inner, columns = size

    def numbers(height, width, is_across):
        made = torch.randn((width, height) if is_across else (height, width), generator=generator).to(dtype)
        return made.t() if is_across else made

    x, matrix = numbers(rows, inner, across[0]), numbers(inner, columns, across[1])
    bias = numbers(1, columns, False)[0]
    assert serves(x, matrix), "the kernel's own case"
    ours, exact = gemm_amx(x, matrix, bias), x.double() @ matrix.double() + bias.double()
    if dtype is torch.bfloat16:
        torch.testing.assert_close(ours.double(), exact, rtol=2.0**-8, atol=1e-4)
    else:
        # As near as the usual library, whose products are in single precision throughout.
        assert (ours.double() - exact).norm() < 4e-7 * exact.norm()
        assert (ours.double() - exact).abs().max() < 2e-5 * exact.std()
    without = gemm_amx(x, matrix, None)
    rtol = 2.0**-8 if dtype is torch.bfloat16 else 1e-5
    torch.testing.assert_close(without.double(), exact - bias.double(), rtol=rtol, atol=1e-3)
    assert_same_bits(gemm_amx, x, matrix, bias, rows=[77])


def test_amx_keep_single_precision_whatever_a_line_s_size():
    generator = torch.Generator().manual_seed(1)
    x = torch.ldexp(torch.randn(128, 700, generator=generator), torch.randint(-60, 60, (128, 1), generator=generator))
    sizes = torch.randint(-30, 30, (130,), generator=generator)
    matrix = torch.ldexp(torch.randn(700, 130, generator=generator), sizes)
    ours, exact = gemm_amx(x, matrix, None).double(), x.double() @ matrix.double()
    norms = x.double().norm(dim=1, keepdim=True) * matrix.double().norm(dim=0)
    assert ((ours - exact) / norms).norm() < 4e-7 * (exact / norms).norm()


@pytest.mark.parametrize("size", [30.0, 1e3, 1e6])
def test_amx_are_right_to_single_precision_s_last_bit_beside_numbers_that_stand_out(size):
    """Measured by the norms of what is multiplied: their product's last bit is 2^-24."""
    generator = torch.Generator().manual_seed(2)
    x, matrix = torch.randn(256, 768, generator=generator), torch.randn(768, 256, generator=generator)
    x[:, 100] *= size
    matrix[:, 50] = 0.0
    matrix[600, 7] = size
    exact = x.double() @ matrix.double()
    norms = x.double().norm(dim=1, keepdim=True) * matrix.double().norm(dim=0).clamp(min=1e-30)
    errors = (gemm_amx(x, matrix, None).double() - exact) / norms
    assert errors.square().mean().sqrt() < 2.0**-24
    assert errors.abs().max() < 2.0**-21
    assert not errors[:, 50].any()


@pytest.mark.parametrize("bad", [float("inf"), float("nan")])
def test_amx_say_where_a_number_is_none(bad):
    x, matrix = torch.randn(128, 600), torch.randn(600, 128)
    whole = gemm_amx(x, matrix, None)
    x[5, 7], matrix[580, 9] = bad, bad
    ours = gemm_amx(x, matrix, None)
    assert not ours[5].isfinite().any() and not ours[:, 9].isfinite().any()
    kept = torch.ones(128, 128, dtype=torch.bool)
    kept[5], kept[:, 9] = False, False
    assert torch.equal(ours[kept], whole[kept])


def test_amx_leave_to_others_what_they_do_not_serve():
    x, matrix = torch.ones(128, 512), torch.ones(512, 128)
    assert serves(x, matrix) and serves(x.bfloat16(), matrix.bfloat16())
    assert serves(x[:, :192], matrix[:192])
    assert not serves(x[:127], matrix)
    assert not serves(x[:, :191], matrix[:191])
    assert not serves(x[:, :511].bfloat16(), matrix[:511].bfloat16())
    assert not serves(x, matrix[:, :127])
    assert not serves(x, torch.ones(512, 256)[:, ::2])
    assert not serves(x.double(), matrix.double())
    assert not serves(x.bfloat16(), matrix)
