"""Stage: the queries of the three splits, which never share one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.errors import InputError
from harness.models.loading import load_tokenizer
from harness.records import Done, Query
from harness.stages.artifacts import model_path
from harness.stages.context import StageCall, StageLog
from harness.study.spec import ContinuationTask, SummarizationTask
from harness.tasks.continuation import continuation_queries
from harness.tasks.query_table import write_queries
from harness.tasks.summarization import summary_queries


def run(call: StageCall, log: StageLog) -> Done:
    """Test first, then validation, then train; a query that an earlier split has is left out of the later ones."""
    task = call.settings.task
    tokenizer = load_tokenizer(model_path(call.inputs["base"]))
    wanted = {"test": task.queries.test, "valid": task.queries.valid, "train": task.queries.train}
    taken: set[tuple[int, ...]] = set()
    found = {}
    for split, most in wanted.items():
        chosen = _unseen(task_queries(task, tokenizer, split), taken, most, log)
        found[split] = write_queries(call.out / f"{split}.parquet", chosen)
        _check_count(split, found[split], most)
    return Done({f"{split}_queries": float(count) for split, count in found.items()})


def task_queries(task: ContinuationTask | SummarizationTask, tokenizer: Any, split: str) -> Iterator[Query]:
    """All queries of a split, in the order of its documents."""
    documents = task.source.documents(split)  # type: ignore[arg-type]
    if task.kind == "continuation":
        return continuation_queries(documents, tokenizer, query_tokens=task.query_tokens,
                                    query_tokens_min=task.query_tokens_min, start=task.start, end=task.end,
                                    response=task.response, per_document=task.queries.per_document)
    return summary_queries(documents, tokenizer, query_tokens=task.query_tokens, prefix=task.prefix,
                           suffix=task.suffix, cut_at=task.cut_at, response=task.response)


def _unseen(queries: Iterator[Query], taken: set[tuple[int, ...]], most: int,
            log: StageLog) -> Iterator[Query]:
    count = 0
    for query in queries:
        if count == most:
            return
        if query.tokens in taken:
            continue
        taken.add(query.tokens)
        count += 1
        if count % 500 == 0:
            log.progress(count, most)
        yield query


def _check_count(split: str, count: int, wanted: int) -> None:
    if count == 0 or (split == "test" and count < wanted):
        raise InputError(f"the text gives {count} {split} queries, fewer than the {wanted} that the study needs",
                         key=f"task.queries.{split}",
                         cure=f"Give more text, shorter queries, or --set task.queries.{split}={max(count, 1)}.")
