"""Queries on disk are the queries that were written."""

from harness.records import Query
from harness.tasks.query_table import QueryTable, read_queries, write_queries


def test_query_tables_give_back_what_was_written(tmp_path):
    """More queries than are written at once, some thousands."""
    count = 10_000
    queries = [Query(id=str(number), tokens=tuple(range(number % 7 + 1)), text=f"t{number}",
                     reference=None if number % 2 else "r", reference_tokens=(1, 2),
                     facts=(("a", "b"), ("c",)), has_preamble=None) for number in range(count)]
    assert write_queries(tmp_path / "q.arrow", iter(queries)) == count
    assert read_queries(tmp_path / "q.arrow") == queries
    table = QueryTable(tmp_path / "q.arrow")
    rows = [9_999, 0, 4_095, 4_096, 8_192]
    assert table.take(rows) == [queries[row] for row in rows]
    assert [tuple(row.tolist()) for row in table.tokens(rows)] == [queries[row].tokens for row in rows]
