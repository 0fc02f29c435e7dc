"""Random numbers by counting: each is a hash of its seed and its place, so batches and devices do not matter."""

from __future__ import annotations

import torch
from torch import Tensor

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_BITS = 48


def _signed(value: int) -> int:
    value &= _MASK
    return value - (1 << 64) if value >> 63 else value


def _shift_right(x: Tensor, bits: int) -> Tensor:
    """Of the 64 bits as unsigned."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def _mix(x: Tensor) -> Tensor:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): every output bit depends on every input bit."""
    x = (x ^ _shift_right(x, 30)) * _signed(0xBF58476D1CE4E5B9)
    x = (x ^ _shift_right(x, 27)) * _signed(0x94D049BB133111EB)
    return x ^ _shift_right(x, 31)


def uniforms(*, seed: int, stream_ids: Tensor, candidates: int, length: int) -> Tensor:
    """(rows, candidates, length) float64 in [0, 1): a function of (seed, stream id, candidate, position) alone.

    stream_ids: (rows,) int64. 48 random bits each, so that the product with a sum near 1 stays below that sum.
    """
    device = stream_ids.device
    state = _mix(torch.full((), _signed(seed), device=device) + _signed(_GOLDEN))
    state = _mix(state + (stream_ids + 1) * _signed(_GOLDEN))
    for count in (candidates, length):
        places = torch.arange(1, count + 1, device=device)
        state = _mix(state.unsqueeze(-1) + places * _signed(_GOLDEN))
    return _shift_right(state, 64 - _BITS).double() / float(1 << _BITS)
