"""Computes the GPT-2 blocks of a small model with compiled kernels, forward and backward.

All tensors are float32, contiguous, on the CPU. small.cpp says what each function does.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_bool, c_float, c_int64, c_void_p
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.kernels.library import SMALL, address
from harness.kernels.rows import Rows


class NativeModel(Structure):
    """As Model in blocks.hpp."""

    _fields_ = (("layers", c_int64), ("width", c_int64), ("heads", c_int64), ("epsilon", c_float),
                ("parameters", POINTER(c_void_p)), ("scales", POINTER(c_float)))


class KVCaches(Structure):
    """As in decode.hpp."""

    _fields_ = (("rows", c_int64), ("candidates", c_int64), ("time", c_int64), ("length", c_int64),
                ("decoded", c_int64), ("first", c_void_p), ("queries", c_void_p), ("own", c_void_p))


@dataclass(frozen=True)
class Shape:
    """scales: of the attention scores, one a layer."""

    width: int
    heads: int
    epsilon: float
    scales: tuple[float, ...]


def cache_sizes(shape: Shape, *, candidates: int, time: int, length: int) -> tuple[int, int]:
    """Numbers of a layer's KV caches of one query: (of the query, of its candidates' own tokens)."""
    model, caches = NativeModel(width=shape.width, heads=shape.heads), KVCaches(0, candidates, time, length)
    return SMALL.size("query_cache_size", model, caches), SMALL.size("own_cache_size", model, caches)


class Blocks:
    """The kernels on one model's weights as they are now, packed for products.

    parameters: of each layer weight and bias of the first norm, the qkv product, the projection, the second norm and
    the two products of the feed-forward part; then the two of the final norm.
    """

    def __init__(self, shape: Shape, parameters: Sequence[Tensor], *, for_backward: bool = False) -> None:
        self._parameters = [parameter.detach().contiguous() for parameter in parameters]
        self._addresses = _addresses(self._parameters)
        self._scales = (c_float * len(shape.scales))(*shape.scales)
        self._model = NativeModel(len(shape.scales), shape.width, shape.heads, shape.epsilon, self._addresses,
                                  self._scales)
        self.shape = shape
        self._packed = torch.empty(SMALL.size("packed_size", self._model))
        SMALL.functions.pack_weights(byref(self._model), c_bool(for_backward), address(self._packed))

    def forward(self, x: Tensor, rows: Rows, *, keep: bool = False, queries: Tensor | None = None
                ) -> tuple[Tensor, Tensor | None]:
        """(hidden states (rows, m, width), what `backward` needs if it is to be kept). x: (rows, time, width)."""
        native = rows.native()
        out = x.new_empty(*rows.picks.shape, self.shape.width)
        kept = torch.empty(len(rows.picks), SMALL.size("kept_size", self._model, native)) if keep else None
        scratch = torch.empty(SMALL.size("forward_workspace", self._model, native))
        SMALL.functions.forward(byref(self._model), byref(native), address(self._packed), address(x), address(out),
                                address(kept), address(queries), address(scratch))
        return out, kept

    def backward(self, grad: Tensor, rows: Rows, kept: Tensor, gradients: Sequence[Tensor]) -> Tensor:
        """The gradient of x; those of the parameters are added to `gradients`."""
        for_x = grad.new_empty(grad.shape[0], rows.time, self.shape.width)
        native = rows.native()
        scratch = torch.empty(SMALL.size("backward_workspace", self._model, native))
        SMALL.functions.backward(byref(self._model), _addresses(gradients), byref(native), address(self._packed),
                                 address(kept), address(grad), address(for_x), address(scratch))
        return for_x

    def caches(self, *, rows: int, candidates: int, time: int, length: int) -> tuple[Tensor, Tensor]:
        """(of the queries, to be filled by `forward`; of the candidates' own tokens), each (layers, rows, numbers)."""
        of_query, own = cache_sizes(self.shape, candidates=candidates, time=time, length=length)
        layers = len(self.shape.scales)
        return torch.empty(layers, rows, of_query), torch.zeros(layers, rows, own)

    def decode(self, caches: KVCaches, tokens: Tensor, lengths: Tensor, token_table: Tensor, position_table: Tensor,
               out: Tensor) -> None:
        """Hidden states after one more token of each candidate, into `out`; the caches' tensors grow by it."""
        scratch = torch.empty(SMALL.size("decode_workspace", self._model, caches))
        SMALL.functions.decode(byref(self._model), byref(caches), address(self._packed), address(tokens),
                               address(lengths), address(token_table), address(position_table), address(out),
                               address(scratch))


def _addresses(tensors: Sequence[Tensor]) -> ctypes.Array[c_void_p]:
    return (c_void_p * len(tensors))(*(tensor.data_ptr() for tensor in tensors))
