"""The test, validation and train queries of a task, of which no two splits share one."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Any

import numpy as np

from harness.errors import InputError
from harness.records import Query
from harness.tasks.continuation import continuation_queries
from harness.tasks.sources import Document, Split
from harness.tasks.spec import TaskSpec
from harness.tasks.summarization import summary_queries

_CURES = {"test": "set task.queries.test lower", "valid": "another split", "train": "set labels.budgets lower"}


def split_queries(task: TaskSpec, tokenizer: Any) -> Iterator[tuple[Split, Iterator[Query]]]:
    """Test, valid, train with the queries of each; no query is given twice, so the splits share none."""
    taken: set[bytes] = set()
    order: tuple[Split, ...] = ("test", "valid", "train")
    for split in order:
        yield split, _unseen(task_queries(task, tokenizer, split), taken)


def task_queries(task: TaskSpec, tokenizer: Any, split: Split) -> Iterator[Query]:
    """All queries of a split, in the order of its documents."""
    documents = task.source.documents(split)
    if task.kind == "continuation":
        return continuation_queries(documents, tokenizer, query_tokens=task.query_tokens,
                                    query_tokens_min=task.query_tokens_min, start=task.start, end=task.end,
                                    response=task.response, per_document=task.queries.per_document)
    return summary_queries(documents, tokenizer, query_tokens=task.query_tokens, prefix=task.prefix,
                           suffix=task.suffix, cut_at=task.cut_at, response=task.response)


def check_enough_queries(task: TaskSpec, tokenizer: Any, *, labels: int) -> None:
    """Raises InputError where the text gives fewer queries than the study needs; reads no more than it must."""
    needed = _needed(task, labels)
    for split, queries in split_queries(task, tokenizer):
        count = sum(1 for _ in islice(queries, needed[split]))
        check_count(split, count, needed[split])


def check_enough_text(task: TaskSpec, *, labels: int) -> None:
    """Raises InputError where the text is too short for that, whatever byte-level tokenizer will be made of it."""
    for split, needed in _needed(task, labels).items():
        count = 0
        for document in task.source.documents(split):
            count += _most_queries(task, document)
            if count >= needed:
                break
        check_count(split, count, needed, most="at most ")


def _most_queries(task: TaskSpec, document: Document) -> int:
    """A token has a byte or more."""
    if task.kind == "summarization":
        return int(bool(document.text.strip() and (document.reference or "").strip()))
    most = len(document.text.encode()) // (task.query_tokens_min + task.response.tokens)
    return most if task.queries.per_document is None else min(most, task.queries.per_document)


def _needed(task: TaskSpec, labels: int) -> dict[Split, int]:
    return {"test": task.queries.test, "valid": 1, "train": labels}


def check_count(split: Split, count: int, wanted: int, *, most: str = "") -> None:
    """Raises InputError where the text gives fewer queries of a split than are wanted. most: whether the count is one.
    """
    if count < wanted:
        raise InputError(f"the text gives {most}{count} {split} queries, fewer than the {wanted} that the study needs",
                         key=f"task.queries.{split}",
                         cure=f"Give more text, shorter queries, or {_CURES[split]}.")


def _unseen(queries: Iterator[Query], taken: set[bytes]) -> Iterator[Query]:
    for query in queries:
        # The tokens themselves would take more memory than all else in this stage.
        digest = blake2b(np.array(query.tokens, dtype=np.int32).tobytes(), digest_size=16).digest()
        if digest not in taken:
            taken.add(digest)
            yield query
