"""Queries on disk: one Parquet file a split, read by column so that a stage loads only what it uses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from harness.records import Query

_SCHEMA = pa.schema([
    ("id", pa.string()), ("tokens", pa.list_(pa.int32())), ("text", pa.string()), ("source", pa.string()),
    ("reference", pa.string()), ("reference_tokens", pa.list_(pa.int32())), ("facts", pa.string()),
    ("has_preamble", pa.bool_()),
])
_ROW_GROUP = 4096


def write_queries(path: Path, queries: Iterable[Query]) -> int:
    """Write the queries in their order; returns how many. Memory stays that of one row group."""
    iterator, count = iter(queries), 0
    with pq.ParquetWriter(path, _SCHEMA) as writer:
        while rows := list(islice(iterator, _ROW_GROUP)):
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
    """A split's file in memory as Arrow columns; rows become records when they are asked for."""

    def __init__(self, path: Path) -> None:
        self._table = pq.read_table(path)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def take(self, rows: Sequence[int] | np.ndarray) -> list[Query]:
        """The queries at these rows, in the order asked for."""
        return _records(self._table.take(pa.array(np.asarray(rows, dtype=np.int64))))

    def tokens(self) -> list[np.ndarray]:
        """Token ids alone, one int32 array a query."""
        column = self._table["tokens"].combine_chunks()
        # Arrow's memory is read-only, and torch wants to own what it is given.
        values, offsets = column.values.to_numpy().copy(), column.offsets.to_numpy()
        return [values[begin:end] for begin, end in pairwise(offsets)]


def read_queries(path: Path) -> list[Query]:
    """All queries of a split, in order."""
    return _records(pq.read_table(path))


def _records(table: pa.Table) -> list[Query]:
    return [Query(id=row["id"], tokens=tuple(row["tokens"]), text=row["text"], source=row["source"],
                  reference=row["reference"], reference_tokens=tuple(row["reference_tokens"]),
                  facts=tuple(tuple(group) for group in json.loads(row["facts"])), has_preamble=row["has_preamble"])
            for row in table.to_pylist()]
