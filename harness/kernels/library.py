"""The two compiled libraries as this process uses them: loaded, or off and why."""

from __future__ import annotations

import ctypes
import logging
import os
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.kernels import compiler

SWITCH = "HARNESS_KERNELS"
"""Set to 0, this variable leaves both libraries out: torch's own operators do their work."""

_WITHOUT = "kernels for %s models are off (%s): torch's own operators do the work, for small models at half the speed"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LibraryInUse:
    """digest: of sources, options, compiler and processor; None where the library is off. off: why, else None."""

    digest: str | None
    off: str | None = None

    def __str__(self) -> str:
        """The digest, or `off (why)`."""
        return self.digest or f"off ({self.off})"


@dataclass(frozen=True)
class KernelsInUse:
    """What this process computes with, for a record. compiler: its name and version, None where there is none."""

    small: LibraryInUse
    large: LibraryInUse
    compiler: str | None


class Library:
    """One folder of C++ sources as a library of this process, compiled and loaded when it is first asked for."""

    def __init__(self, name: str) -> None:
        """name: of the folder, and of the source file in it."""
        self.name = name
        self._functions: ctypes.CDLL | None = None
        self._state: LibraryInUse | None = None

    def is_available(self) -> bool:
        """False where the library is switched off, or this machine has no compiler that makes it."""
        if self._state is None:
            self._load()
        return self._functions is not None

    @property
    def functions(self) -> ctypes.CDLL:
        """Of a library that is available."""
        assert self.is_available() and self._functions is not None
        return self._functions

    def size(self, function: str, *arguments: object) -> int:
        """What one of the functions that count gives: how many numbers a workspace or a packed matrix has."""
        counting = getattr(self.functions, function)
        counting.restype = ctypes.c_int64
        return int(counting(*(ctypes.byref(one) if isinstance(one, ctypes.Structure) else one for one in arguments)))

    def takes(self, tensor: Tensor) -> bool:
        """Whether its functions can read the tensor: float32 or bfloat16, on the CPU, and the library is available."""
        return (tensor.dtype in (torch.float32, torch.bfloat16) and tensor.device.type == "cpu"
                and self.is_available())

    def in_use(self) -> LibraryInUse:
        """What is loaded, or why it is off. Loads the library where nothing has asked for it yet, for only then is it
        known.
        """
        if self._state is None:
            self._load()
        assert self._state is not None
        return self._state

    def forget(self) -> None:
        """As before the first call, so that a change of the environment counts."""
        self._functions = self._state = None

    def _expected(self) -> LibraryInUse:
        if os.environ.get(SWITCH) == "0":
            return LibraryInUse(None, f"{SWITCH}=0")
        path = compiler.find_compiler()
        if path is None:
            return LibraryInUse(None, "no C++ compiler")
        try:
            unsafe = compiler.why_unsafe(self.name, path)
            return LibraryInUse(None, unsafe) if unsafe else LibraryInUse(compiler.digest(self.name, path))
        except OSError as error:
            return LibraryInUse(None, f"could not be read: {error}")

    def _load(self) -> None:
        state, path = self._expected(), compiler.find_compiler()
        if state.digest is not None and path is not None:
            try:
                self._functions = ctypes.CDLL(str(compiler.compiled(self.name, path)))
            except (OSError, RuntimeError) as error:
                state = LibraryInUse(None, f"could not be compiled: {error}")
        if self._functions is None and os.environ.get(SWITCH) != "0":
            log.info(_WITHOUT, self.name, state.off)
        self._state = state


SMALL, LARGE = Library("small"), Library("large")


def describe() -> KernelsInUse:
    """What this process computes with, each library loaded or off and why."""
    path = compiler.find_compiler()
    return KernelsInUse(SMALL.in_use(), LARGE.in_use(), compiler.compiler_version(path) if path else None)


def address(tensor: Tensor | None) -> ctypes.c_void_p:
    """Of a contiguous tensor's numbers; null for None."""
    assert tensor is None or tensor.is_contiguous()
    return ctypes.c_void_p(None if tensor is None else tensor.data_ptr())
