"""Stage: the queries of the three splits, which never share one."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

import numpy as np

from harness.artifacts.call import StageCall, StageLog
from harness.artifacts.files import model_path
from harness.errors import InputError
from harness.models.loading import load_tokenizer
from harness.records import Done, Query
from harness.tasks.continuation import continuation_queries
from harness.tasks.query_table import write_queries
from harness.tasks.spec import ContinuationTask, SummarizationTask
from harness.tasks.summarization import summary_queries

_CURES = {"test": "set task.queries.test lower", "valid": "another split", "train": "set labels.budgets lower"}


def run(call: StageCall, log: StageLog) -> Done:
    """Test first, then validation, then train; a query that an earlier split has is left out of the later ones."""
    task = call.settings.task
    tokenizer = load_tokenizer(model_path(call.inputs["base"]))
    found = {}
    for split, queries in split_queries(task, tokenizer):
        most = getattr(task.queries, split)
        found[split] = write_queries(call.out / f"{split}.arrow", _reported(islice(queries, most), most, log))
        _check_count(split, found[split], most if split == "test" else 1)
    return Done({f"{split}_queries": float(count) for split, count in found.items()})


def check_enough_queries(task: ContinuationTask | SummarizationTask, tokenizer: Any, *, labels: int) -> None:
    """Raises InputError where the text gives fewer queries than the study needs; reads no more than it must."""
    needed = {"test": task.queries.test, "valid": 1, "train": labels}
    for split, queries in split_queries(task, tokenizer):
        count = sum(1 for _ in islice(queries, needed[split]))
        _check_count(split, count, needed[split])


def split_queries(task: ContinuationTask | SummarizationTask,
                  tokenizer: Any) -> Iterator[tuple[str, Iterator[Query]]]:
    """Test, valid, train with the queries of each; no query is given twice, so the splits share none."""
    taken: set[bytes] = set()
    for split in ("test", "valid", "train"):
        yield split, _unseen(task_queries(task, tokenizer, split), taken)


def task_queries(task: ContinuationTask | SummarizationTask, tokenizer: Any, split: str) -> Iterator[Query]:
    """All queries of a split, in the order of its documents."""
    documents = task.source.documents(split)  # type: ignore[arg-type]
    if task.kind == "continuation":
        return continuation_queries(documents, tokenizer, query_tokens=task.query_tokens,
                                    query_tokens_min=task.query_tokens_min, start=task.start, end=task.end,
                                    response=task.response, per_document=task.queries.per_document)
    return summary_queries(documents, tokenizer, query_tokens=task.query_tokens, prefix=task.prefix,
                           suffix=task.suffix, cut_at=task.cut_at, response=task.response)


def _unseen(queries: Iterator[Query], taken: set[bytes]) -> Iterator[Query]:
    for query in queries:
        # The tokens themselves would take more memory than all else in this stage.
        digest = blake2b(np.array(query.tokens, dtype=np.int32).tobytes(), digest_size=16).digest()
        if digest not in taken:
            taken.add(digest)
            yield query


def _reported(queries: Iterator[Query], most: int, log: StageLog) -> Iterator[Query]:
    for count, query in enumerate(queries, 1):
        log.progress(count, most)
        yield query


def _check_count(split: str, count: int, wanted: int) -> None:
    if count < wanted:
        raise InputError(f"the text gives {count} {split} queries, fewer than the {wanted} that the study needs",
                         key=f"task.queries.{split}",
                         cure=f"Give more text, shorter queries, or {_CURES[split]}.")
