"""The kernels' functions on tensors: all float32, contiguous, on the CPU. See gpt2.cpp for what each does."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_bool, c_float, c_int64, c_void_p
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.kernels.library import address, kernels, numbers


class _Model(Structure):
    _fields_ = (("layers", c_int64), ("width", c_int64), ("heads", c_int64), ("epsilon", c_float),
                ("parameters", POINTER(c_void_p)), ("scales", POINTER(c_float)))


class _Rows(Structure):
    _fields_ = (("rows", c_int64), ("time", c_int64), ("picked", c_int64), ("picks", c_void_p), ("visible", c_void_p),
                ("visible_row", c_int64))


class Cache(Structure):
    """See decode.hpp."""

    _fields_ = (("rows", c_int64), ("candidates", c_int64), ("time", c_int64), ("length", c_int64), ("said", c_int64),
                ("first", c_void_p), ("queries", c_void_p), ("own", c_void_p))


@dataclass(frozen=True)
class Shape:
    """scales: of the attention scores, one a layer."""

    width: int
    heads: int
    epsilon: float
    scales: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """picks: (rows, m) int64, the positions at which the last layer is computed. visible: (1 or rows, time, time) bool,
    of which only what is not after a position counts, or None where every token sees all before it."""

    time: int
    picks: Tensor
    visible: Tensor | None

    def at(self, row: int) -> Rows:
        """One row alone."""
        visible = self.visible
        if visible is not None and visible.shape[0] > 1:
            visible = visible[row:row + 1]
        return Rows(self.time, self.picks[row:row + 1], visible)

    def native(self) -> _Rows:
        rows, picked = self.picks.shape
        shared = self.visible is None or self.visible.shape[0] == 1
        return _Rows(rows, self.time, picked, self.picks.data_ptr(),
                     None if self.visible is None else self.visible.data_ptr(), 0 if shared else self.time * self.time)


def cache_numbers(shape: Shape, *, candidates: int, time: int, length: int) -> tuple[int, int]:
    """What a layer keeps of one query while it is sampled from: (of the query, of what its candidates say)."""
    model, cache = _Model(width=shape.width, heads=shape.heads), Cache(0, candidates, time, length)
    return numbers("query_numbers", model, cache), numbers("own_numbers", model, cache)


class Blocks:
    """The kernels on one model's weights as they are now, packed for products.

    parameters: of each layer weight and bias of the first norm, the qkv product, the projection, the second norm and
    the two products of the feed-forward part; then the two of the final norm.
    """

    def __init__(self, shape: Shape, parameters: Sequence[Tensor], *, for_backward: bool = False) -> None:
        self._held = [parameter.detach().contiguous() for parameter in parameters]
        self._addresses = _addresses(self._held)
        self._scales = (c_float * len(shape.scales))(*shape.scales)
        self._model = _Model(len(shape.scales), shape.width, shape.heads, shape.epsilon, self._addresses, self._scales)
        self.shape = shape
        self._packed = torch.empty(numbers("packed_numbers", self._model))
        kernels().pack_weights(byref(self._model), c_bool(for_backward), address(self._packed))

    def forward(self, x: Tensor, rows: Rows, *, keep: bool = False, queries: Tensor | None = None
                ) -> tuple[Tensor, Tensor | None]:
        """(hidden states (rows, m, width), what `backward` needs if it is to be kept). x: (rows, time, width)."""
        native = rows.native()
        out = x.new_empty(*rows.picks.shape, self.shape.width)
        kept = torch.empty(len(rows.picks), numbers("kept_numbers", self._model, native)) if keep else None
        scratch = torch.empty(numbers("forward_room", self._model, native))
        kernels().forward(byref(self._model), byref(native), address(self._packed), address(x), address(out),
                          address(kept), address(queries), address(scratch))
        return out, kept

    def backward(self, grad: Tensor, rows: Rows, kept: Tensor, gradients: Sequence[Tensor]) -> Tensor:
        """The gradient of x; those of the parameters are added to `gradients`."""
        for_x = grad.new_empty(grad.shape[0], rows.time, self.shape.width)
        native = rows.native()
        scratch = torch.empty(numbers("backward_room", self._model, native))
        kernels().backward(byref(self._model), _addresses(gradients), byref(native), address(self._packed),
                           address(kept), address(grad), address(for_x), address(scratch))
        return for_x

    def caches(self, *, rows: int, candidates: int, time: int, length: int) -> tuple[Tensor, Tensor]:
        """(of the queries, to be filled by `forward`; of what the candidates say), each (layers, rows, numbers)."""
        of_query, own = cache_numbers(self.shape, candidates=candidates, time=time, length=length)
        layers = len(self.shape.scales)
        return torch.empty(layers, rows, of_query), torch.zeros(layers, rows, own)

    def decode(self, cache: Cache, tokens: Tensor, lengths: Tensor, token_table: Tensor, position_table: Tensor,
               out: Tensor) -> None:
        """Hidden states after one more token of each candidate, into `out`; the cache's tensors grow by it."""
        scratch = torch.empty(numbers("decode_room", self._model, cache))
        kernels().decode(byref(self._model), byref(cache), address(self._packed), address(tokens), address(lengths),
                         address(token_table), address(position_table), address(out), address(scratch))


def _addresses(tensors: Sequence[Tensor]) -> ctypes.Array[c_void_p]:
    return (c_void_p * len(tensors))(*(tensor.data_ptr() for tensor in tensors))
