"""What this process computes with: the machine, its processor or GPU, torch, and the compiled kernels."""

from __future__ import annotations

import functools
import platform
from pathlib import Path

import torch

from harness.kernels.facade import describe
from harness.models.placement import frozen
from harness.records import Environment
from harness.training.settings import ComputeSettings


def environment(*, threads: int, compute: ComputeSettings | None) -> Environment:
    """Of a stage with so many threads. compute: None for one whose study says nothing of a device; it has the CPU."""
    on_gpu = compute is not None and frozen(compute).device.type == "cuda"
    kernels = describe()
    return Environment(
        host=platform.node(), cpu=_cpu(), threads=threads, torch=str(torch.__version__),
        device=torch.cuda.get_device_name() if on_gpu else "cpu",
        small_kernels=str(kernels.small), large_kernels=str(kernels.large), compiler=kernels.compiler or "none")


@functools.cache
def _cpu() -> str:
    """The processor's model, as the system names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()
