"""Queries on disk: one Arrow file a split, of which a stage reads only the rows that it uses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from harness.records import Query

_SCHEMA = pa.schema([
    ("id", pa.string()), ("tokens", pa.list_(pa.int32())), ("text", pa.string()), ("source", pa.string()),
    ("reference", pa.string()), ("reference_tokens", pa.list_(pa.int32())), ("facts", pa.string()),
    ("has_preamble", pa.bool_()),
])
_BATCH = 4096


def write_queries(path: Path, queries: Iterable[Query]) -> int:
    """Write the queries in their order; returns how many. Memory stays that of one record batch."""
    iterator, count = iter(queries), 0
    with pa.ipc.new_file(path, _SCHEMA) as writer:
        while rows := list(islice(iterator, _BATCH)):
            writer.write_table(pa.table({
                "id": [query.id for query in rows], "tokens": [query.tokens for query in rows],
                "text": [query.text for query in rows], "source": [query.source for query in rows],
                "reference": [query.reference for query in rows],
                "reference_tokens": [query.reference_tokens for query in rows],
                "facts": [json.dumps(query.facts) for query in rows],
                "has_preamble": [query.has_preamble for query in rows],
            }, schema=_SCHEMA))
            count += len(rows)
    return count


class QueryTable:
    """A split's file, left on disk: only the rows that are asked for are read.

    The file is mapped anew each time, because pages that stay mapped count as the process's memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = int(self._open().num_rows)

    def __len__(self) -> int:
        return self._count

    def take(self, rows: Sequence[int] | np.ndarray) -> list[Query]:
        """The queries at these rows, in the order asked for."""
        return _records(self._open().take(pa.array(np.asarray(rows, dtype=np.int64))))

    def tokens(self, rows: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """Token ids alone of these rows, one int32 array a query."""
        batches = self._open()["tokens"].chunks
        # Mapped memory is read-only and goes again; torch wants to own what it is given.
        return [batches[row // _BATCH][row % _BATCH].values.to_numpy().copy() for row in map(int, rows)]

    def _open(self) -> pa.Table:
        with pa.memory_map(str(self._path)) as file:
            return pa.ipc.open_file(file).read_all()


def read_queries(path: Path) -> list[Query]:
    """All queries of a split, in order."""
    table = QueryTable(path)
    return table.take(range(len(table)))


def _records(table: pa.Table) -> list[Query]:
    return [Query(id=row["id"], tokens=tuple(row["tokens"]), text=row["text"], source=row["source"],
                  reference=row["reference"], reference_tokens=tuple(row["reference_tokens"]),
                  facts=tuple(tuple(group) for group in json.loads(row["facts"])), has_preamble=row["has_preamble"])
            for row in table.to_pylist()]
