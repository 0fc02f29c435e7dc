"""A library is made once, is off with its reason, and takes nothing else down with it."""

import logging
import os
import shutil

import pytest
import torch

from harness.kernels import compiler
from harness.kernels.large import gemm_skinny
from harness.kernels.library import LARGE, SMALL, describe
from harness.models.compiled_trunk import CompiledTrunk
from harness.models.gpt2_trunk import GPT2Trunk
from harness.models.policy import Policy
from harness.models.products import affine
from harness.models.trunks import trunk_of
from tests import tiny

needs_a_compiler = pytest.mark.skipif(compiler.find_compiler() is None, reason="needs a C++ compiler")


@pytest.fixture
def loose_umask():
    """New files can be written by everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@needs_a_compiler
def test_a_library_is_made_once(fresh_kernels):
    assert SMALL.is_available()
    (made,) = fresh_kernels.iterdir()
    assert made.name == f"small-{SMALL.in_use()}.so"
    before = made.stat().st_mtime_ns
    SMALL.forget()
    assert SMALL.is_available()
    assert [path.stat().st_mtime_ns for path in fresh_kernels.iterdir()] == [before]


@pytest.mark.parametrize(("variable", "value", "reason", "logged"), [
    ("HARNESS_KERNELS", "0", "off (HARNESS_KERNELS=0)", False),
    ("CXX", "no-such-compiler", "off (no C++ compiler)", True),
    ("CXX", "false", "off (could not be compiled: ", True)])
def test_without_kernels_torchs_operators_do_the_work(fresh_kernels, monkeypatch, caplog, variable, value, reason,
                                                      logged):
    monkeypatch.setenv(variable, value)
    with caplog.at_level(logging.INFO):
        assert type(trunk_of(tiny.gpt2())) is GPT2Trunk
        assert not LARGE.is_available()
    assert all(str(library).startswith(reason) for library in (describe().small, describe().large))
    assert ("torch's own operators do the work" in caplog.text) is logged
    assert not [path for path in fresh_kernels.rglob("*") if path.is_file()]


@needs_a_compiler
def test_a_library_is_this_users_alone(fresh_kernels, loose_umask):
    assert SMALL.is_available()
    (made,) = fresh_kernels.iterdir()
    assert [path.stat().st_mode & 0o777 for path in (fresh_kernels, made)] == [0o700, 0o700]


@needs_a_compiler
@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_library_that_others_can_write_is_not_loaded(fresh_kernels, caplog, what, mode):
    assert SMALL.is_available()
    (made,) = fresh_kernels.iterdir()
    place = fresh_kernels if what == "folder" else made
    place.chmod(mode)
    SMALL.forget()
    said = f"off (others can write to {place}: remove it, and it is made anew)"
    with caplog.at_level(logging.INFO):
        assert type(trunk_of(tiny.gpt2())) is GPT2Trunk
    assert said in caplog.text
    assert str(describe().small) == said
    shutil.rmtree(place) if what == "folder" else place.unlink()
    SMALL.forget()
    assert type(trunk_of(tiny.gpt2())) is CompiledTrunk


@needs_a_compiler
def test_a_library_in_a_folder_that_others_can_write_is_not_even_made(fresh_kernels):
    fresh_kernels.mkdir(parents=True)
    fresh_kernels.chmod(0o777)
    assert not SMALL.is_available() and not LARGE.is_available()
    assert list(fresh_kernels.iterdir()) == []


@needs_a_compiler
def test_a_link_in_a_librarys_place_is_not_followed(fresh_kernels, tmp_path):
    assert SMALL.is_available()
    (made,) = fresh_kernels.iterdir()
    made.rename(tmp_path / "elsewhere.so")
    made.symlink_to(tmp_path / "elsewhere.so")
    SMALL.forget()
    assert not SMALL.is_available()


@needs_a_compiler
def test_a_library_of_another_user_is_not_loaded(fresh_kernels, monkeypatch):
    assert SMALL.is_available()
    SMALL.forget()
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    assert not SMALL.is_available()
    assert "belongs to another user: set XDG_CACHE_HOME" in str(describe().small)


@needs_a_compiler
def test_what_is_in_use_is_what_was_compiled_and_loaded(fresh_kernels):
    found = describe()
    assert {path.name for path in fresh_kernels.iterdir()} == {f"small-{found.small}.so", f"large-{found.large}.so"}
    assert SMALL.is_available() and LARGE.is_available()
    assert found.small.digest != found.large.digest
    assert found.compiler


@pytest.fixture(params=["small", "large"])
def broken(request, fresh_kernels, monkeypatch, tmp_path):
    """The name of the library whose sources have an error of syntax."""
    sources = tmp_path / "sources"
    shutil.copytree(compiler.SOURCES, sources)
    with (sources / request.param / f"{request.param}.cpp").open("a") as source:
        source.write("\nthis is no C++;\n")
    monkeypatch.setattr(compiler, "SOURCES", sources)
    return request.param


@needs_a_compiler
def test_an_error_in_one_library_leaves_the_other_working(broken):
    """The numbers are torch's own in any case: those of the module in float64, and of a plain product."""
    oracle, policy = Policy(tiny.gpt2(dtype=torch.float64), temperature=0.7), Policy(tiny.gpt2(), temperature=0.7)
    assert type(policy.trunk) is (GPT2Trunk if broken == "small" else CompiledTrunk)
    queries, responses = tiny.random_queries([3, 7, 1, 5]), torch.arange(24).view(4, 6)
    found, expected = policy.evaluate(queries, responses), oracle.evaluate(queries, responses)
    torch.testing.assert_close(found.logprobs.double(), expected.logprobs, rtol=1e-4, atol=1e-4)

    generator = torch.Generator().manual_seed(0)
    x, matrix = torch.randn(3, 512, generator=generator), torch.randn(512, 1024, generator=generator)
    assert gemm_skinny.serves(x, matrix) is (broken == "small")
    torch.testing.assert_close(affine(x, matrix).double(), x.double() @ matrix.double(), rtol=1e-5, atol=1e-3)

    libraries = {"small": describe().small, "large": describe().large}
    assert libraries.pop(broken).off.startswith("could not be compiled: ")
    assert all(library.digest for library in libraries.values())
