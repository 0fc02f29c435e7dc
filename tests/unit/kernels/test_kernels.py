"""The trunk's own kernels beside torch's: the activation, attention in blocks."""

import pytest
import torch
from torch.nn import functional

from harness.kernels import heads, logits, tiled
from harness.kernels.blocks import Rows
from harness.kernels.few_rows import few_rows, serves
from harness.kernels.library import library
from harness.models import attention
from harness.models.activations import gelu
from harness.models.products import affine_gelu


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
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


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
def test_gelu_in_bfloat16_keeps_what_is_no_number():
    x = torch.tensor([float("nan"), float("inf"), -3.0, 1e30]).bfloat16()
    assert gelu(x).isnan().tolist() == [True, False, False, False]
    assert gelu(x)[1:].tolist() == functional.gelu(x, approximate="tanh")[1:].tolist()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gelu_and_its_derivative_are_torch_s(dtype):
    x = torch.cat([torch.linspace(-12, 12, 2001), torch.tensor([-1e4, 0.0, 1e4])]).to(dtype).requires_grad_()
    upstream = torch.linspace(-1, 1, x.numel(), dtype=dtype)
    theirs = functional.gelu(x, approximate="tanh")
    torch.testing.assert_close(gelu(x), theirs, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(torch.autograd.grad(gelu(x), x, upstream)[0],
                               torch.autograd.grad(theirs, x, upstream)[0], rtol=1e-5, atol=1e-6)


def test_gelu_after_a_product_is_the_same_with_and_without_gradients():
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (torch.randn(shape, generator=generator) for shape in ((3, 5, 8), (8, 20), (20,)))
    with torch.no_grad():
        fused = affine_gelu(x, weight, bias)
    torch.testing.assert_close(fused, affine_gelu(x, weight.requires_grad_(), bias), rtol=1e-5, atol=1e-6)


LAYOUTS = {
    "by columns": lambda numbers: numbers(64, 4128),
    "part of a wider one": lambda numbers: numbers(64, 9000)[:, 40:4168],
    "by rows": lambda numbers: numbers(4131, 64).t(),
    "long sums": lambda numbers: numbers(2080, 160),
}


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize("with_bias", [True, False])
def test_few_rows_times_a_large_matrix_is_the_double_precision_product(dtype, layout, with_bias):
    generator = torch.Generator().manual_seed(0)

    def numbers(*shape):
        return torch.randn(shape, generator=generator).to(dtype)

    matrix = layout(numbers)
    x, bias = numbers(8, matrix.shape[0]), numbers(matrix.shape[1]) if with_bias else None
    assert serves(x, matrix), "the kernel's own case"
    exact = x.double() @ matrix.double() + (0.0 if bias is None else bias.double())
    ours = few_rows(x, matrix, bias)
    tolerance = {"rtol": 2.0**-8, "atol": 1e-5} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-4}
    torch.testing.assert_close(ours.double(), exact, **tolerance)
    assert (ours.double() - exact).norm() < (3e-3 if dtype is torch.bfloat16 else 5e-7) * exact.norm()
    # Neither the rows beside a row nor the threads change a bit of it.
    for rows in (1, 3, 7):
        assert torch.equal(few_rows(x[:rows], matrix, bias), ours[:rows])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        assert torch.equal(few_rows(x, matrix, bias), ours)
    finally:
        torch.set_num_threads(threads)


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
def test_few_rows_times_a_single_column():
    """It lies by rows as well as by columns."""
    matrix = torch.ones(1 << 18, 1)
    assert serves(torch.ones(3, 1 << 18), matrix), "the kernel's own case"
    assert few_rows(torch.ones(3, 1 << 18), matrix, torch.ones(1)).flatten().tolist() == [2.0**18 + 1] * 3


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
def test_few_rows_leaves_to_torch_what_it_does_not_serve():
    x, matrix = torch.ones(8, 1024), torch.ones(1024, 1024)
    assert serves(x, matrix)
    assert not serves(torch.ones(9, 1024), matrix)
    assert not serves(x, matrix[:, ::2])
    assert not serves(x.double(), matrix.double())
    assert not serves(x[:, :1001], matrix[:1001])
    assert not serves(x[:, :64], matrix[:64, :64])


SIZES = {"one block": (130, 700, 140), "several blocks, and groups of columns": (500, 512, 3200),
         "deep": (128, 2600, 129), "blocks that are no whole number of packings": (2000, 520, 150)}


@pytest.mark.skipif(not tiled.has_tiles(), reason="needs a processor with matrix tiles, and a C++ compiler")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("across", [(False, False), (False, True), (True, False), (True, True)],
                         ids=["by rows", "right across", "left across", "both across"])
def test_tiles_give_the_double_precision_product(dtype, size, across):
    generator = torch.Generator().manual_seed(0)
    rows, inner, columns = size

    def numbers(height, width, is_across):
        made = torch.randn((width, height) if is_across else (height, width), generator=generator).to(dtype)
        return made.t() if is_across else made

    x, matrix = numbers(rows, inner, across[0]), numbers(inner, columns, across[1])
    bias = numbers(1, columns, False)[0]
    assert tiled.serves(x, matrix), "the kernel's own case"
    ours, exact = tiled.tiled_product(x, matrix, bias), x.double() @ matrix.double() + bias.double()
    if dtype is torch.bfloat16:
        torch.testing.assert_close(ours.double(), exact, rtol=2.0**-8, atol=1e-4)
    else:
        # As near as the usual library, whose products are in single precision throughout.
        assert (ours.double() - exact).norm() < 4e-7 * exact.norm()
        assert (ours.double() - exact).abs().max() < 2e-5 * exact.std()
    without = tiled.tiled_product(x, matrix, None)
    rtol = 2.0**-8 if dtype is torch.bfloat16 else 1e-5
    torch.testing.assert_close(without.double(), exact - bias.double(), rtol=rtol, atol=1e-3)
    # Neither the rows beside a row nor the threads change a bit of it.
    assert torch.equal(tiled.tiled_product(x[:77], matrix, bias), ours[:77])
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        assert torch.equal(tiled.tiled_product(x, matrix, bias), ours)
    finally:
        torch.set_num_threads(threads)


@pytest.mark.skipif(not tiled.has_tiles(), reason="needs a processor with matrix tiles, and a C++ compiler")
def test_tiles_keep_single_precision_whatever_a_line_s_size():
    generator = torch.Generator().manual_seed(1)
    x = torch.ldexp(torch.randn(128, 700, generator=generator), torch.randint(-60, 60, (128, 1), generator=generator))
    sizes = torch.randint(-30, 30, (130,), generator=generator)
    matrix = torch.ldexp(torch.randn(700, 130, generator=generator), sizes)
    ours, exact = tiled.tiled_product(x, matrix, None).double(), x.double() @ matrix.double()
    norms = x.double().norm(dim=1, keepdim=True) * matrix.double().norm(dim=0)
    assert ((ours - exact) / norms).norm() < 4e-7 * (exact / norms).norm()


@pytest.mark.skipif(not tiled.has_tiles(), reason="needs a processor with matrix tiles, and a C++ compiler")
@pytest.mark.parametrize("size", [30.0, 1e3, 1e6])
def test_tiles_are_right_to_single_precision_s_last_bit_beside_numbers_that_stand_out(size):
    """Measured by the norms of what is multiplied: their product's last bit is 2^-24."""
    generator = torch.Generator().manual_seed(2)
    x, matrix = torch.randn(256, 768, generator=generator), torch.randn(768, 256, generator=generator)
    x[:, 100] *= size
    matrix[:, 50] = 0.0
    matrix[600, 7] = size
    exact = x.double() @ matrix.double()
    norms = x.double().norm(dim=1, keepdim=True) * matrix.double().norm(dim=0).clamp(min=1e-30)
    errors = (tiled.tiled_product(x, matrix, None).double() - exact) / norms
    assert errors.square().mean().sqrt() < 2.0**-24
    assert errors.abs().max() < 2.0**-21
    assert not errors[:, 50].any()


@pytest.mark.skipif(not tiled.has_tiles(), reason="needs a processor with matrix tiles, and a C++ compiler")
@pytest.mark.parametrize("bad", [float("inf"), float("nan")])
def test_tiles_say_where_a_number_is_none(bad):
    x, matrix = torch.randn(128, 600), torch.randn(600, 128)
    whole = tiled.tiled_product(x, matrix, None)
    x[5, 7], matrix[580, 9] = bad, bad
    ours = tiled.tiled_product(x, matrix, None)
    assert not ours[5].isfinite().any() and not ours[:, 9].isfinite().any()
    kept = torch.ones(128, 128, dtype=torch.bool)
    kept[5], kept[:, 9] = False, False
    assert torch.equal(ours[kept], whole[kept])


@pytest.mark.skipif(not tiled.has_tiles(), reason="needs a processor with matrix tiles, and a C++ compiler")
def test_tiles_leave_to_others_what_they_do_not_serve():
    x, matrix = torch.ones(128, 512), torch.ones(512, 128)
    assert tiled.serves(x, matrix) and tiled.serves(x.bfloat16(), matrix.bfloat16())
    assert tiled.serves(x[:, :192], matrix[:192])
    assert not tiled.serves(x[:127], matrix)
    assert not tiled.serves(x[:, :191], matrix[:191])
    assert not tiled.serves(x[:, :511].bfloat16(), matrix[:511].bfloat16())
    assert not tiled.serves(x, matrix[:, :127])
    assert not tiled.serves(x, torch.ones(512, 256)[:, ::2])
    assert not tiled.serves(x.double(), matrix.double())
    assert not tiled.serves(x.bfloat16(), matrix)


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
    ours = attention.attend(q, k, v, bias, scale=0.3, first=time - queries if side_by_side else None)
    theirs = plain_attention(q, k, v, bias, 0.3)
    torch.testing.assert_close(ours, theirs)
    upstream = torch.randn(ours.shape, generator=generator, dtype=torch.float64)
    for mine, other in zip(torch.autograd.grad(ours, (q, k, v), upstream),
                           torch.autograd.grad(theirs, (q, k, v), upstream), strict=True):
        torch.testing.assert_close(mine, other)


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
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
    ours = heads.attend_heads(query, key_value, Rows(time, asked.contiguous(), visible), heads=count, scale=0.3)
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


@pytest.mark.skipif(library() is None, reason="needs a C++ compiler")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [1, 17, 256, 257, 50_257])
def test_log_probabilities_from_logits_are_the_double_precision_ones(dtype, size):
    generator = torch.Generator().manual_seed(size)
    x = (5 * torch.randn(3, 4, size, generator=generator)).to(dtype).requires_grad_()
    tokens = torch.randint(0, size, (3, 4), generator=generator)
    tokens[0, 0] = size - 1
    upstream = torch.randn(3, 4, generator=generator)
    ours, entropies = logits.token_logprobs(x, tokens)
    exact = x.detach().double().requires_grad_()
    everything = torch.log_softmax(exact, dim=-1)
    theirs = everything.gather(-1, tokens[..., None])[..., 0]
    torch.testing.assert_close(ours.double(), theirs, rtol=1e-6, atol=1e-5)
    torch.testing.assert_close(entropies.double(), -(everything.exp() * everything).sum(dim=-1), rtol=1e-5, atol=1e-5)
    mine = torch.autograd.grad(ours, x, upstream)[0]
    other = torch.autograd.grad(theirs, exact, upstream.double())[0]
    tolerance = {"rtol": 2.0**-8, "atol": 1e-9} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-7}
    torch.testing.assert_close(mine.double(), other, **tolerance)
