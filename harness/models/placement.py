"""Puts a model on a device and in a precision, as a study's `compute` says."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from harness.errors import InputError
from harness.training.settings import ComputeSettings


@dataclass(frozen=True, kw_only=True)
class Placement:
    """dtype: of the weights as they are loaded."""

    device: torch.device
    dtype: torch.dtype


SINGLE_ON_CPU = Placement(device=torch.device("cpu"), dtype=torch.float32)


def frozen(compute: ComputeSettings) -> Placement:
    """For models that are only read: in half precision where that is the precision of the study.

    Raises InputError where the study wants a GPU and there is none.
    """
    dtype = torch.bfloat16 if compute.precision == "bf16" else torch.float32
    return Placement(device=_device(compute), dtype=dtype)


def trained(compute: ComputeSettings) -> Placement:
    """For models that are trained: in single precision, which the optimizer keeps. Raises InputError as `frozen`."""
    return Placement(device=_device(compute), dtype=torch.float32)


def _device(compute: ComputeSettings) -> torch.device:
    available = torch.cuda.is_available()
    if compute.device == "cuda" and not available:
        raise InputError("the study wants a GPU, and torch finds none", key="compute.device",
                         cure="Set compute.device to auto or cpu, or install a torch that was built for your GPU.")
    return torch.device("cuda" if available and compute.device != "cpu" else "cpu")
