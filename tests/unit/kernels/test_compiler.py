"""A library's digest follows from all that its code follows from, and from nothing else."""

import shutil

import pytest

from harness.kernels import compiler

FOUND = compiler.find_compiler()
pytestmark = pytest.mark.skipif(FOUND is None, reason="needs a C++ compiler")


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A copy of the sources, which are then the ones that are compiled."""
    shutil.copytree(compiler.SOURCES, tmp_path / "sources")
    monkeypatch.setattr(compiler, "SOURCES", tmp_path / "sources")
    return tmp_path / "sources"


@pytest.mark.parametrize(("changed", "moved"), [
    ("small/blocks.hpp", {"small"}), ("large/adam.hpp", {"large"}), ("common/vector.hpp", {"small", "large"}),
    ("small/blocks.py", set())])
def test_a_source_moves_the_digest_of_the_libraries_that_read_it(sources, changed, moved):
    def digests():
        return {name: compiler.digest(name, FOUND) for name in ("small", "large")}

    before = digests()
    with (sources / changed).open("a") as file:
        file.write("\n")
    after = digests()
    assert {name for name in before if before[name] != after[name]} == moved


def test_options_move_the_digest(monkeypatch):
    before = compiler.digest("small", FOUND)
    monkeypatch.setattr(compiler, "OPTIONS", (*compiler.OPTIONS, "-g"))
    assert compiler.digest("small", FOUND) != before


def test_a_failed_compilation_names_the_first_error_and_leaves_nothing(sources, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (sources / "small" / "small.cpp").write_text("int broken = ;\n")
    with pytest.raises(RuntimeError, match=r"small\.cpp:1.*error"):
        compiler.compiled("small", FOUND)
    assert not list((tmp_path / "cache" / "harness" / "compiled").iterdir())


def test_the_version_is_a_line_of_the_compilers_own():
    assert compiler.compiler_version(FOUND).strip()
    assert "\n" not in compiler.compiler_version(FOUND)
