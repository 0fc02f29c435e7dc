"""Which positions of a batch's rows are read, and which of them each may see, as both libraries take them."""

from __future__ import annotations

from ctypes import Structure, c_int64, c_void_p
from dataclasses import dataclass

from torch import Tensor


class NativeRows(Structure):
    """As Rows in attention_mask.hpp."""

    _fields_ = (("rows", c_int64), ("time", c_int64), ("picked", c_int64), ("picks", c_void_p), ("visible", c_void_p),
                ("visible_row", c_int64))


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

    def native(self) -> NativeRows:
        """Addresses of the tensors, which must outlive what is returned."""
        rows, picked = self.picks.shape
        shared = self.visible is None or self.visible.shape[0] == 1
        return NativeRows(rows, self.time, picked, self.picks.data_ptr(),
                          None if self.visible is None else self.visible.data_ptr(),
                          0 if shared else self.time * self.time)
