"""What unit tests of more than one room use."""

import platform
import resource
from pathlib import Path

import pytest

from harness.kernels import compiler
from harness.kernels.library import LARGE, SMALL


@pytest.fixture
def fresh_kernels(monkeypatch, tmp_path):
    """Both libraries as before their first use, with an empty cache, which is what this gives."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for library in (SMALL, LARGE):
        library.forget()
    yield tmp_path / "harness" / "compiled"
    for library in (SMALL, LARGE):
        library.forget()


@pytest.fixture(params=["native", "x86-64-v3"])
def small_kernels(request, monkeypatch, tmp_path_factory):
    """The small library for this processor, and for one whose vectors are half as wide."""
    if request.param != "native":
        if platform.machine() != "x86_64":
            pytest.skip("needs an x86 processor")
        options = [f"-march={request.param}" if option.startswith("-march") else option for option in compiler.OPTIONS]
        monkeypatch.setattr(compiler, "OPTIONS", tuple(options))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / request.param))
        SMALL.forget()
    yield SMALL
    SMALL.forget()


@pytest.fixture
def spare_memory():
    """The process may take a gigabyte more than it has: what would take all of it ends in MemoryError."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 2**30, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.fixture
def clock():
    """A clock that stands still until it is moved."""
    from rating_helpers import Clock

    return Clock()


@pytest.fixture
def store(tmp_path, clock, monkeypatch):
    """An empty rating store, which the environment names, so that what opens the store finds this one."""
    from harness.ratings.store import open_store

    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{tmp_path / 'ratings.db'}")
    return open_store(clock=clock)
