"""Labels as one table: in memory where they are made, and on disk, read by batches, where a model is fitted to them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.records import PAD

_FILE = "labels.npy"
READ_AT_ONCE = 4096


@dataclass(frozen=True)
class LabelTable:
    """n labels. queries: (n, time) int32, padded on the left. candidates: (n, k, R) int32, truncated. best: (n,).

    scores: (n, k), the simulated labeler's own scores, NaN where people or a file chose. rows: (n,) which train
    query, −1 for labels that came with queries of their own.
    """

    queries: np.ndarray
    candidates: np.ndarray
    best: np.ndarray
    scores: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.best)

    def save(self, folder: Path) -> None:
        """One record a label, so that reading some of them reads no other."""
        columns = vars(self)
        records = np.empty(len(self), dtype=[(name, column.dtype, column.shape[1:])
                                             for name, column in columns.items()])
        for name, column in columns.items():
            records[name] = column
        temporary = folder / f"part-{_FILE}"
        np.save(temporary, records)
        os.replace(temporary, folder / _FILE)

    @staticmethod
    def load(folder: Path) -> LabelTable:
        return _columns(np.load(folder / _FILE))


class LabelFiles:
    """The labels of stages that follow each other, on disk: none is read before it is asked for."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._paths = [folder / _FILE for folder in folders]
        headers = [np.load(path, mmap_mode="r") for path in self._paths]
        self._records = [(header.dtype, header.offset) for header in headers]
        self._ends = np.cumsum([len(header) for header in headers])
        self.query_width = max(header.dtype["queries"].shape[0] for header in headers)
        self.candidates_shape: tuple[int, int] = headers[0].dtype["candidates"].shape

    def __len__(self) -> int:
        return int(self._ends[-1])

    def take(self, rows: np.ndarray) -> LabelTable:
        """The labels with these numbers, in the order asked for; queries as wide as the longest of all."""
        places = np.searchsorted(self._ends, rows, side="right")
        begins = np.concatenate([[0], self._ends])[places]
        parts, order = [], []
        for place in np.unique(places):
            at = np.flatnonzero(places == place)
            parts.append(self._read(int(place), (rows - begins)[at]))
            order.append(at)
        back = np.argsort(np.concatenate(order))
        queries = np.concatenate([pad_left(part.queries, self.query_width) for part in parts])
        rest = {name: np.concatenate([getattr(part, name) for part in parts])[back]
                for name in ("candidates", "best", "scores", "rows")}
        return LabelTable(queries=queries[back], **rest)

    def batches(self, numbers: np.ndarray) -> Iterator[LabelTable]:
        """The labels with these numbers in their order, some thousands at a time."""
        for start in range(0, len(numbers), READ_AT_ONCE):
            yield self.take(numbers[start:start + READ_AT_ONCE])

    def _read(self, place: int, numbers: np.ndarray) -> LabelTable:
        kind, offset = self._records[place]
        with self._paths[place].open("rb", buffering=0) as file:
            # Read, not mapped: pages that stay mapped count as this process's memory.
            found = [os.pread(file.fileno(), kind.itemsize, offset + kind.itemsize * int(number))
                     for number in numbers]
        return _columns(np.frombuffer(b"".join(found), dtype=kind))


def _columns(records: np.ndarray) -> LabelTable:
    return LabelTable(**{name: np.ascontiguousarray(records[name]) for name in LabelTable.__dataclass_fields__})


def pad_left(tokens: np.ndarray, width: int) -> np.ndarray:
    """(n, time) -> (n, width), PAD in front."""
    return np.pad(tokens, ((0, 0), (width - tokens.shape[1], 0)), constant_values=PAD)


def query_rows(queries: Sequence[Sequence[int]]) -> np.ndarray:
    """(n, time) int32 as a label table keeps them, PAD in front: to the longest, where a batch may be wider."""
    width = max(map(len, queries), default=0)
    rows = [[*[PAD] * (width - len(query)), *query] for query in queries]
    return np.array(rows, dtype=np.int32).reshape(len(queries), width)
