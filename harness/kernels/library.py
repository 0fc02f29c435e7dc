"""The compiled kernels as a library of this process, made once for a machine and kept in the user's cache."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import torch
from torch import Tensor

FOLDER = Path(__file__).parent
OPTIONS = ("-std=c++17", "-O3", "-march=native", "-fno-math-errno", "-fopenmp", "-fPIC", "-shared")
SWITCH = "HARNESS_KERNELS"
"""Set to 0, this variable leaves the kernels out: torch's own operators do their work."""

_WITHOUT = "%s: torch's own operators do the work, for small models at about half the speed"

log = logging.getLogger(__name__)


@functools.cache
def library() -> ctypes.CDLL | None:
    """The kernels, or None where they are switched off or this machine has no compiler that makes them."""
    if os.environ.get(SWITCH) == "0":
        return None
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if compiler is None:
        log.info(_WITHOUT, "no C++ compiler")
        return None
    try:
        made = _cache() / f"gpt2-{_digest(compiler)}.so"
        if not made.is_file():
            _compile(compiler, made)
        return ctypes.CDLL(str(made))
    except (OSError, RuntimeError) as error:
        log.info(_WITHOUT, f"the kernels could not be made ({error})")
        return None


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "harness" / "kernels"


def _digest(compiler: str) -> str:
    """Of all that the library's code follows from: sources, options, compiler and processor."""
    digest = hashlib.sha256("\0".join((*OPTIONS, compiler, platform.machine(), _processor())).encode())
    for source in sorted(FOLDER.glob("*.?pp")):
        digest.update(source.read_bytes())
    digest.update(str(Path(compiler).resolve().stat().st_mtime_ns).encode())
    return digest.hexdigest()[:16]


def _processor() -> str:
    """What the processor can do, as the system lists it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


def _compile(compiler: str, made: Path) -> None:
    """Raises RuntimeError with the compiler's first words, or OSError."""
    made.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place and then moved there: stages side by side may all be the first.
    with tempfile.TemporaryDirectory(dir=made.parent) as folder:
        fresh = Path(folder) / made.name
        done = subprocess.run([compiler, *OPTIONS, "-o", str(fresh), str(FOLDER / "gpt2.cpp")], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(next(iter(done.stderr.strip().splitlines()), f"{compiler} ended with {done.returncode}"))
        os.replace(fresh, made)


def takes(tensor: Tensor) -> bool:
    """Whether the kernels for large models can read it: float32 or bfloat16, on the CPU, and they are there."""
    return tensor.dtype in (torch.float32, torch.bfloat16) and tensor.device.type == "cpu" and library() is not None


def kernels() -> ctypes.CDLL:
    """The library, where it is known to be there."""
    found = library()
    assert found is not None
    return found


def numbers(function: str, *arguments: object) -> int:
    """What one of the kernels' counting functions gives."""
    counting = getattr(kernels(), function)
    counting.restype = ctypes.c_int64
    return int(counting(*(ctypes.byref(one) if isinstance(one, ctypes.Structure) else one for one in arguments)))


def address(tensor: Tensor | None) -> ctypes.c_void_p:
    """Of a contiguous tensor's numbers; null for None."""
    assert tensor is None or tensor.is_contiguous()
    return ctypes.c_void_p(None if tensor is None else tensor.data_ptr())
