"""Queries of the task to summarize a text: the source cut to fit, in its frame (Ziegler 3.2; released lm_tasks.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from harness.errors import InputError
from harness.records import Query
from harness.tasks.query_frame import QueryFrame
from harness.tasks.sources import Document
from harness.tasks.text_tokens import decode, encode, single_token
from harness.training.settings import EndRule

_AT_ONCE = 256


def summary_queries(documents: Iterable[Document], tokenizer: Any, *, query_tokens: int, prefix: str, suffix: str,
                    cut_at: str | None, response: EndRule) -> Iterator[Query]:
    """One query a document, with its reference summary, in the order of the documents.

    A source that does not fit is cut to the tokens that do, then back to the last `cut_at` text in it, if there is one.
    Query.source is the part that the model sees. Documents without text or summary are left out. Raises InputError
    where prefix and suffix leave no room for a source.
    """
    frame = QueryFrame.of(tokenizer, prefix=prefix, suffix=suffix)
    room = query_tokens - len(frame)
    if room < 1:
        raise InputError(f"{query_tokens} tokens leave none for the text: prefix and suffix take {len(frame)}",
                         key="task.query_tokens", cure=f"Set it above {len(frame)}, or shorten task.prefix.")
    end_token = single_token(tokenizer, response.end, key="task.response.end")
    iterator = iter(documents)
    while batch := list(islice(iterator, _AT_ONCE)):
        batch = [document for document in batch if document.text.strip() and (document.reference or "").strip()]
        sources = [_fit(tokenizer, tokens, room, cut_at)
                   for tokens in encode(tokenizer, [document.text for document in batch])]
        answers = encode(tokenizer, [f" {document.reference.strip()}" for document in batch if document.reference])
        texts = decode(tokenizer, sources)
        for document, source, text, answer in zip(batch, sources, texts, answers, strict=True):
            yield Query(id=document.id, tokens=frame.complete(source), text=text, source=text,
                        reference=(document.reference or "").strip(),
                        reference_tokens=(*answer[:response.tokens - 1], end_token), facts=document.facts,
                        has_preamble=document.has_preamble)


def _fit(tokenizer: Any, tokens: Sequence[int], room: int, cut_at: str | None) -> Sequence[int]:
    if len(tokens) <= room:
        return tokens
    kept = tokens[:room]
    if cut_at is None:
        return kept
    text = decode(tokenizer, [kept])[0]
    position = text.rfind(cut_at)
    if position <= 0:
        return kept
    return encode(tokenizer, [text[:position + len(cut_at)].rstrip()])[0][:room]
