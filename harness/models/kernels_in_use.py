"""Which compiled kernels this process computes with, for records of provenance."""

from harness.kernels.facade import KernelsInUse, LibraryInUse, describe

__all__ = ["KernelsInUse", "LibraryInUse", "describe"]
