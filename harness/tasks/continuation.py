"""Queries of the task to continue a text, cut from running text (Ziegler 3.1; released lm_tasks.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harness.records import Query
from harness.tasks.sources import Document
from harness.tasks.text_tokens import beginning_tokens, decode, encode, single_token
from harness.training.settings import EndRule

_AT_ONCE = 512


def continuation_queries(documents: Iterable[Document], tokenizer: Any, *, query_tokens: int, query_tokens_min: int,
                         start: str | None, end: str | None, response: EndRule,
                         per_document: int | None) -> Iterator[Query]:
    """Queries with the human continuation that follows each, in the order of the documents.

    A query begins just after the first `start` token (at once without one), is cut to query_tokens, ends at its last
    `end` token, and is left out when shorter than query_tokens_min. The next begins behind its continuation.
    """
    first = beginning_tokens(tokenizer)
    start_token = None if start is None else single_token(tokenizer, start, key="task.start")
    end_token = None if end is None else single_token(tokenizer, end, key="task.end")
    response_end = single_token(tokenizer, response.end, key="task.response.end")
    for batch in _batches(documents, _AT_ONCE):
        found = []
        for document, tokens in zip(batch, encode(tokenizer, [document.text for document in batch]), strict=True):
            windows = _windows(tokens, start_token, end_token, query_tokens - len(first), query_tokens_min,
                               response.tokens)
            for number, (query, answer) in enumerate(windows):
                if per_document is not None and number >= per_document:
                    break
                found.append((f"{document.id}#{number}", first + tuple(query), tuple(answer)))
        texts = decode(tokenizer, [query for _, query, _ in found])
        references = decode(tokenizer, [_until_end(answer, response_end, response.truncate_after)
                                        for _, _, answer in found])
        for (name, query, answer), text, reference in zip(found, texts, references, strict=True):
            yield Query(id=name, tokens=query, text=text, reference=reference, reference_tokens=answer)


def _windows(tokens: Sequence[int], start: int | None, end: int | None, longest: int, shortest: int,
             answer_length: int) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    position = 0
    while True:
        if start is not None:
            try:
                position = tokens.index(start, position) + 1
            except ValueError:
                return
        query = tokens[position:position + longest]
        if end is not None:
            last = next((index for index in range(len(query) - 1, -1, -1) if query[index] == end), None)
            query = query[:last + 1] if last is not None else []
        answer = tokens[position + len(query):position + len(query) + answer_length]
        if len(answer) < answer_length:
            return
        if len(query) >= shortest:
            yield query, answer
        position += max(len(query), 1) + answer_length


def _until_end(tokens: Sequence[int], end: int, after: int) -> Sequence[int]:
    """A human continuation, cut like a response; one without an end there stays whole."""
    for index in range(after, len(tokens)):
        if tokens[index] == end:
            return tokens[:index + 1]
    return tokens


def _batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
