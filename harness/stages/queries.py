"""Stage: the queries of the three splits, which never share one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from harness.artifacts.call import StageCall
from harness.artifacts.files import model_path
from harness.artifacts.log import StageLog
from harness.models.loading import load_tokenizer
from harness.records import Done, Query
from harness.study.slices import QueriesSlice
from harness.tasks.queries import check_count, split_queries
from harness.tasks.query_table import write_queries


def run(call: StageCall[QueriesSlice], log: StageLog) -> Done:
    """Test first, then validation, then train; a query that an earlier split has is left out of the later ones."""
    task = call.settings.task
    tokenizer = load_tokenizer(model_path(call.inputs["base"]))
    wanted = {"test": task.queries.test, "valid": task.queries.valid, "train": task.queries.train}
    found = {}
    for split, queries in split_queries(task, tokenizer):
        most = wanted[split]
        found[split] = write_queries(call.out / f"{split}.arrow", _reported(islice(queries, most), most, log))
        check_count(split, found[split], most if split == "test" else 1)
    return Done({f"{split}_queries": float(count) for split, count in found.items()})


def _reported(queries: Iterator[Query], most: int, log: StageLog) -> Iterator[Query]:
    for count, query in enumerate(queries, 1):
        log.progress(count, most)
        yield query
