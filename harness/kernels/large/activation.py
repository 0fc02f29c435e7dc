"""The activation in GPT-2's feed-forward layers (gelu) and its gradient, with compiled kernels for large models.

Tensors are float32 or bfloat16, contiguous, on the CPU. See activation.hpp.
"""

from __future__ import annotations

from ctypes import c_bool, c_int64

import torch
from torch import Tensor

from harness.kernels.library import LARGE, address


def serves(x: Tensor) -> bool:
    """Whether `activate` takes it."""
    return LARGE.takes(x)


def activate(x: Tensor) -> Tensor:
    """gelu(x) in its tanh form."""
    out = torch.empty_like(x)
    LARGE.functions.activate(c_bool(x.dtype is torch.bfloat16), address(x), c_int64(x.numel()),
                             c_int64(torch.get_num_threads()), address(out))
    return out


def activate_backward(x: Tensor, grad: Tensor) -> Tensor:
    """The gradient of x, from that of `activate(x)`."""
    out = torch.empty_like(x)
    LARGE.functions.activate_backward(c_bool(x.dtype is torch.bfloat16), address(x), address(grad), c_int64(x.numel()),
                                      c_int64(torch.get_num_threads()), address(out))
    return out
