"""Compiles a folder of C++ sources into a shared library, once for each machine, and keeps it in the user's cache."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent
OPTIONS = ("-std=c++17", "-O3", "-march=native", "-fno-math-errno", "-fopenmp", "-fPIC", "-shared")


def find_compiler() -> str | None:
    """The path of `c++`, or of what the variable CXX names; None where there is no such program."""
    return shutil.which(os.environ.get("CXX", "c++"))


@functools.cache
def compiler_version(compiler: str) -> str:
    """The first line that `COMPILER --version` prints; the path alone where it prints none."""
    try:
        done = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return compiler
    return next(iter(done.stdout.splitlines()), compiler)


def digest(name: str, compiler: str) -> str:
    """16 hexadecimal digits, of all that a library's code follows from: sources, options, compiler and processor."""
    found = hashlib.sha256("\0".join((*OPTIONS, compiler, platform.machine(), _processor())).encode())
    for folder in (SOURCES / "common", SOURCES / name):
        for source in sorted(folder.glob("*.?pp")):
            found.update(source.read_bytes())
    found.update(str(Path(compiler).resolve().stat().st_mtime_ns).encode())
    return found.hexdigest()[:16]


def compiled(name: str, compiler: str) -> Path:
    """The library of the sources in folder `name`, compiled where it is not in the cache yet.

    Raises RuntimeError with the first error that the compiler names, or where others could have written the library,
    or OSError.
    """
    path = _kept(name, compiler)
    if not path.exists():
        _compile(name, compiler, path)
    unsafe = why_unsafe(name, compiler)
    if unsafe is not None:
        raise RuntimeError(unsafe)
    return path


def why_unsafe(name: str, compiler: str) -> str | None:
    """Why the library in the cache may be somebody else's code; None where it can only be this user's, or is not there.
    """
    path = _kept(name, compiler)
    for place, found in ((path.parent, path.parent.stat), (path, path.lstat)):
        try:
            status = found()
        except FileNotFoundError:
            return None
        if status.st_uid != os.geteuid():
            return f"{place} belongs to another user: set XDG_CACHE_HOME to a folder of your own"
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return f"others can write to {place}: remove it, and it is made anew"
    return None


def _compile(name: str, compiler: str, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Beside its place and then moved there: several processes may be the first at the same time.
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        done = subprocess.run([compiler, *OPTIONS, "-o", str(fresh), str(SOURCES / name / f"{name}.cpp")],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(_first_error(done.stderr) or f"{compiler} ended with {done.returncode}")
        fresh.chmod(0o700)
        os.replace(fresh, path)


def _first_error(output: str) -> str:
    lines = output.strip().splitlines()
    return next((line for line in lines if "error" in line), lines[0] if lines else "")


def _kept(name: str, compiler: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "harness" / "compiled" / f"{name}-{digest(name, compiler)}.so"


def _processor() -> str:
    """What the processor can do, as the system lists it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())
